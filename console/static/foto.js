// Photos and files beside a technician's steps: made smaller, kept in the browser's own database
// until they are sent. Where that takes nothing they live as long as the page, and it is told.
const STORE = "berkas";
const LARGE = 700_000; // bytes of a photo above which it is made smaller
const SIDE = 2000; // pixels of its longer side then
const OLD = 14 * 24 * 3600_000;

const held = new Map(); // id -> file, of this person
let me = "";
let safe = true;

const opened = new Promise((done) => {
  try {
    const asking = indexedDB.open("tugas", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE, { keyPath: "id" });
    asking.onsuccess = () => done(asking.result);
    asking.onerror = asking.onblocked = () => done(null);
  } catch {
    done(null); // a private window
  }
});

const within = async (mode, work) => {
  const base = await opened;
  return new Promise((done, failed) => {
    if (!base) return failed(new Error("no database"));
    const transaction = base.transaction(STORE, mode);
    const asking = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => done(asking.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
};

export const begin = async (person, pressed) => {
  me = person;
  try {
    for (const one of await within("readonly", (store) => store.getAll())) {
      const forgotten = !pressed.has(one.id) && Date.now() - one.at > OLD;
      if (forgotten) await within("readwrite", (store) => store.delete(one.id));
      else if (one.me === me) held.set(one.id, one);
    }
  } catch {
    safe = false;
  }
};

// Whether what is chosen outlives this page.
export const keeps = () => safe;

export const all = () => [...held.values()];

const smaller = async (file) => {
  if (file.type !== "image/jpeg" || file.size < LARGE) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file; // as it is, then
  }
};

// Whether it was taken: it must hold something, and fit into the room.
export const add = async (place, chosen, room) => {
  const file = await smaller(chosen);
  if (!file.size || file.size > room) return false;
  const id = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  // Bytes, not the file: some browsers give files back empty after a restart.
  const one = { id, me, place, name: file.name, type: file.type, at: Date.now(), bytes: await file.arrayBuffer() };
  held.set(id, one);
  try {
    await within("readwrite", (store) => store.put(one));
  } catch {
    safe = false;
  }
  return true;
};

export const remove = (ids) => {
  for (const id of ids) {
    held.delete(id);
    within("readwrite", (store) => store.delete(id)).catch(() => {});
  }
};

const asFile = (one) => new File([one.bytes], one.name, { type: one.type });

export const files = (ones) => ones.map(asFile);

// By their ids, also what another tab has taken; null where one of them is not kept any more.
export const named = async (ids) => {
  const kept = (id) => within("readonly", (store) => store.get(id)).catch(() => undefined);
  const found = await Promise.all(ids.map((id) => held.get(id) ?? kept(id)));
  return found.includes(undefined) ? null : found.map(asFile);
};

export const size = (one) => {
  const count = one.bytes.byteLength;
  return count >= 1 << 20 ? `${(count / (1 << 20)).toFixed(1)} MB` : `${Math.max(1, Math.round(count / 1024))} KB`;
};

// A small picture of it, drawn; nothing where it is none.
export const drawn = (one) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 96;
  canvas.className = "photos__small";
  canvas.hidden = true;
  createImageBitmap(new Blob([one.bytes], { type: one.type })).then((picture) => {
    const side = Math.min(picture.width, picture.height);
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, 96, 96);
    canvas.hidden = false;
  }, () => {});
  return canvas;
};
