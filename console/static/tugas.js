// A technician's telephone on a bad line. What is typed is kept; what is pressed is kept, shown as
// not sent, and sent when there is a line again. Each sending bears a mark, so that the server does
// nothing twice. Without this script the forms work as plain forms. foto.js keeps their files.

const box = document.querySelector("#antrean");
const me = box.dataset.me;
const WAITING = `tugas.antrean.${me}`;
const TYPED = `tugas.ketikan.${me}`;
const OLD = 14 * 24 * 3600_000;
const LONGEST = 20_000; // milliseconds that one sending may take
const LONGEST_FILES = 110_000; // the server gives up after 120 seconds
const QUIET = /^(dilihat|shown|berkas-|ada-)/; // fields that nobody typed
const MANY = new Set(["note", "ask-supervisor", "check-stock"]); // may be done again and again

let csrf = box.dataset.csrf;
let sending = false;
let wait = 3_000;
let timer = 0;
let away = ""; // why sending stopped: "entry" wants a new login
const photos = await import(box.dataset.foto).catch(() => null); // a line that broke meanwhile

// --- what the telephone keeps -----------------------------------------------------------------
const read = (key, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
};

const write = (key, held) => {
  try {
    localStorage.setItem(key, JSON.stringify(held));
    return true;
  } catch {
    return false; // no room, or a private window: the forms stay plain forms
  }
};

const queue = () => read(WAITING, []);

const change = (mark, changes) =>
  write(WAITING, queue().map((one) => (one.mark === mark ? { ...one, ...changes } : one)));

const drop = (mark) => write(WAITING, queue().filter((one) => one.mark !== mark));

const pressedFiles = () => new Set(queue().flatMap((one) => (one.files ?? []).map((file) => file.id)));

// Chosen for a form that has not been pressed yet.
const chosen = (form) => {
  const pressed = pressedFiles();
  const here = `${form.dataset.number} ${form.dataset.act}`;
  return photos?.all().filter((one) => one.place === here && !pressed.has(one.id)) ?? [];
};

const randomMark = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

// --- what is typed ----------------------------------------------------------------------------
const place = (form, name) => `${form.dataset.number} ${form.dataset.act} ${name}`;

const keep = (control) => {
  const form = control.form;
  if (!form?.dataset.act) return;
  const typed = read(TYPED, {});
  const key = place(form, control.name);
  if (control.value) typed[key] = { value: control.value, at: Date.now() };
  else delete typed[key];
  write(TYPED, typed);
};

const forget = (number, act) => {
  const typed = read(TYPED, {});
  for (const key of Object.keys(typed)) if (key.startsWith(`${number} ${act} `)) delete typed[key];
  write(TYPED, typed);
};

const giveBack = () => {
  const typed = read(TYPED, {});
  for (const key of Object.keys(typed)) if (Date.now() - typed[key].at > OLD) delete typed[key];
  write(TYPED, typed);
  for (const control of document.querySelectorAll("form[data-act] [data-keep]")) {
    const kept = typed[place(control.form, control.name)];
    if (!kept || (control.value && control.value !== control.dataset.usual)) continue;
    control.value = kept.value;
    for (let up = control.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
  }
};

// --- what is photographed -----------------------------------------------------------------------
const showChosen = () => {
  if (!photos) return;
  for (const part of document.querySelectorAll("[data-photos]")) {
    const files = chosen(part.closest("form"));
    part.classList.add("scripted");
    part.classList.toggle("photos--some", files.length > 0);
    part.querySelector(".photos__kept").textContent = photos.keeps() ? box.dataset.photosKept : box.dataset.photosUnkept;
    part.querySelector(".photos__list").replaceChildren(...files.map((one) => {
      const told = made("li", "photos__one");
      const off = button(box.dataset.photosOff, "", () => {
        photos.remove([one.id]);
        showChosen();
        part.querySelector("input").focus();
      });
      off.setAttribute("aria-label", `${box.dataset.photosOff} ${one.name}`);
      told.append(photos.drawn(one), made("bdi", "", one.name), made("span", "quiet", photos.size(one)), off);
      return told;
    }));
  }
};

document.addEventListener("change", async (event) => {
  const part = photos && event.target.type === "file" && event.target.closest("[data-photos]");
  if (!part) return;
  const form = part.closest("form");
  const [files, most, room] = [[...event.target.files], Number(box.dataset.most), Number(box.dataset.bytes)];
  event.target.value = "";
  const fault = part.querySelector(".field__fault");
  fault.textContent = "";
  for (const file of files) {
    if (chosen(form).length >= most) fault.textContent = box.dataset.photosMany;
    else if (!await photos.add(`${form.dataset.number} ${form.dataset.act}`, file, room)) {
      fault.textContent = `${box.dataset.photosLarge} ${file.name}`;
    }
    showChosen();
  }
});

// Where nothing can be queued the plain form takes the files along.
const intoForm = (form, files) => {
  const input = form.querySelector("[data-photos] input[multiple]");
  if (!input || !files.length) return;
  const carried = new DataTransfer();
  for (const file of photos.files(files)) carried.items.add(file);
  input.files = carried.files;
};

// --- what is pressed --------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("leave" in form.dataset) {
    // A shared telephone keeps nothing half-typed; what was pressed stays until it is sent.
    if (queue().length && !confirm(box.dataset.leave)) event.preventDefault();
    else {
      localStorage.removeItem(TYPED);
      const pressed = pressedFiles();
      photos?.remove(photos.all().map((one) => one.id).filter((id) => !pressed.has(id)));
    }
    return;
  }
  if (!form.dataset.act) return;
  const { csrf: _, tanda: mark, files: __, ...rest } = Object.fromEntries(new FormData(form));
  const files = chosen(form);
  if (!photos && [...form.querySelectorAll("input[type=file]")].some((one) => one.value)) return;
  const item = {
    mark,
    path: new URL(form.action).pathname,
    number: form.dataset.number,
    act: form.dataset.act,
    words: form.dataset.words,
    fields: rest,
    at: new Date().toISOString(),
    state: "waiting",
    files: files.map(({ id, name }) => ({ id, name })),
  };
  if (!write(WAITING, [...queue(), item])) {
    intoForm(form, files);
    return;
  }
  event.preventDefault();
  forget(item.number, item.act);
  form.elements.tanda.value = randomMark();
  for (const control of form.querySelectorAll("[data-keep]")) control.value = control.dataset.usual ?? "";
  for (const tick of form.querySelectorAll("[type=checkbox]")) tick.checked = false;
  document.querySelector("#gagal")?.remove();
  show();
  scrollTo({ top: 0 }); // where it is told what became of it
  send();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-keep]")) keep(event.target);
});

// --- sending ----------------------------------------------------------------------------------
const next = () => {
  const stopped = new Set();
  for (const one of queue()) {
    if (one.state === "refused") stopped.add(one.number);
    else if (!stopped.has(one.number)) return one;
  }
  return null;
};

const ask = async (path, how, longest = LONGEST) => {
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), longest);
  try {
    return await fetch(path, { redirect: "manual", signal: patience.signal, ...how });
  } catch {
    return null;
  } finally {
    clearTimeout(end);
  }
};

const json = async (answer) => {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
  return answer.json().catch(() => null);
};

const newMark = async () => {
  const answer = await ask("/console/tugas/tanda", { headers: { Accept: "application/json" } });
  if (!answer) return "line";
  if (answer.type === "opaqueredirect" || answer.status === 401) return "entry";
  const told = answer.ok ? await json(answer) : null;
  if (!told) return "line";
  if (String(told.me) !== me) return "entry"; // somebody else is in now: not in their name
  csrf = told.csrf;
  return "";
};

const post = (item, files) => {
  const fields = { ...item.fields, tanda: item.mark, ditekan: item.at, csrf };
  let body = new URLSearchParams(fields);
  if (files.length) {
    body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    for (const file of files) body.append("files", file, file.name);
  }
  const how = { method: "POST", headers: { Accept: "application/json" }, body };
  return ask(item.path, how, files.length ? LONGEST_FILES : LONGEST);
};

const dropWithFiles = (item) => {
  drop(item.mark);
  photos?.remove((item.files ?? []).map((one) => one.id));
};

// "": it is settled. "line": try again later. "entry": somebody must log in.
const deliver = async (item) => {
  const ids = (item.files ?? []).map((one) => one.id);
  if (ids.length && !photos) return "line"; // their script comes with the next page
  const files = ids.length ? await photos.named(ids) : [];
  if (!files) {
    change(item.mark, { state: "refused", sentence: box.dataset.photosLost, changes: [] });
    return "";
  }
  let answer = await post(item, files);
  let told = answer && (await json(answer));
  if (answer?.status === 403 && !told) {
    const why = await newMark();
    if (why) return why;
    answer = await post(item, files);
    told = answer && (await json(answer));
  }
  // 409 without words: another writer was faster, trying again is safe.
  const busy = answer && !told && answer.status === 409;
  if (!answer || busy || answer.status >= 500 || answer.status === 429) return "line";
  if (answer.type === "opaqueredirect" || answer.status === 401) return "entry";
  if (told?.state === "done" || told?.state === "repeated") {
    dropWithFiles(item);
    tell(`${item.words}: ${told.sentence}`);
    return "";
  }
  const sentence = told?.sentence ?? (answer.status === 404 ? box.dataset.gone : box.dataset.unread);
  change(item.mark, { state: "refused", sentence, changes: told?.changes ?? [], seen: told?.seen });
  return "";
};

const drain = async () => {
  let settled = false;
  away = "";
  for (let item = next(); item; item = next()) {
    show(item.mark);
    away = await deliver(item);
    if (away) break;
    settled = true;
  }
  show();
  if (away === "line") {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
    wait = Math.min(wait * 2, 60_000);
  } else wait = 3_000;
  if (settled) await renew();
};

const send = async () => {
  if (sending || !next()) return;
  sending = true;
  try {
    // Two tabs do not send the same at once; if they did, the server would tell it by the mark.
    if (navigator.locks) await navigator.locks.request(WAITING, drain);
    else await drain();
  } finally {
    sending = false;
  }
};

// --- what is seen -----------------------------------------------------------------------------
const made = (tag, name, text) => {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text) one.textContent = text;
  return one;
};

const button = (words, name, press) => {
  const one = made("button", `button button--quiet ${name}`, words);
  one.type = "button";
  one.addEventListener("click", press);
  return one;
};

const retry = (item) => {
  const fields = item.seen ? { ...item.fields, dilihat: String(item.seen) } : item.fields;
  change(item.mark, { state: "waiting", sentence: "", changes: [], fields });
  show();
  send();
};

const mend = (item) => {
  const typed = read(TYPED, {});
  for (const [name, value] of Object.entries(item.fields)) {
    if (value && !QUIET.test(name)) typed[`${item.number} ${item.act} ${name}`] = { value, at: Date.now() };
  }
  write(TYPED, typed);
  drop(item.mark);
  const here = `/console/tugas/${item.number}`;
  if (location.pathname !== here) location.assign(here);
  else {
    show();
    giveBack();
    document.querySelector(`[data-step="${item.act}"] [data-keep]`)?.focus();
  }
};

const throwAway = (item) => (event) => {
  if (event.target.textContent !== box.dataset.sure) {
    event.target.textContent = box.dataset.sure;
    return;
  }
  dropWithFiles(item);
  show();
  send();
};

const line = (item, underWay) => {
  const one = made("li", `unsent__one unsent__one--${item.state}`);
  const head = made("p", "unsent__what");
  head.append(made("strong", "", item.words), " ", made("span", "number", item.number));
  one.append(head);
  const typed = Object.entries(item.fields).filter(([name, value]) => value && !QUIET.test(name));
  for (const [, value] of typed) one.append(made("p", "unsent__text", value));
  if (item.files?.length) one.append(made("p", "unsent__files", `${box.dataset.photosWith} ${item.files.map((file) => file.name).join(", ")}`));
  if (underWay === item.mark) one.append(made("p", "quiet", box.dataset.sending));
  if (item.state !== "refused") return one;
  const why = made("p", "unsent__why", item.sentence);
  why.setAttribute("role", "alert");
  one.append(why);
  if (item.changes?.length) one.append(made("p", "", `${box.dataset.changes} ${item.changes.join(", ")}`));
  const ways = made("p", "unsent__ways");
  ways.append(button(box.dataset.again, "", () => retry(item)));
  if (typed.length || item.files?.length) ways.append(button(box.dataset.mend, "", () => mend(item)));
  ways.append(button(box.dataset.drop, "unsent__drop", throwAway(item)));
  one.append(ways);
  return one;
};

// While something of a ticket is not sent, only what may follow it is offered.
const FOLLOWS = new Set(["arrive", "note-finding", "resolve", "pend", "depart", ...MANY]);

const showSteps = (items) => {
  const number = document.querySelector("main")?.dataset.number;
  const here = items.filter((one) => one.number === number);
  for (const step of document.querySelectorAll("[data-step]")) {
    const pressed = here.some((one) => one.act === step.dataset.step) && !MANY.has(step.dataset.step);
    const unfit = here.length ? !FOLLOWS.has(step.dataset.step) : "later" in step.dataset;
    step.hidden = pressed || unfit;
  }
};

const show = (underWay) => {
  const items = queue();
  box.hidden = !items.length;
  const words = box.querySelector(".unsent__words");
  const waiting = items.some((one) => one.state === "waiting");
  const text = away === "entry" ? box.dataset.entry : waiting ? box.dataset.waiting : "";
  if (words.textContent !== text) words.textContent = text;
  if (away === "entry") {
    const link = made("a", "", box.dataset.enter);
    link.href = `/console/masuk?lanjut=${encodeURIComponent(location.pathname)}`;
    words.append(" ", link);
  }
  box.querySelector(".unsent__list").replaceChildren(...items.map((one) => line(one, underWay)));
  showSteps(items);
  showChosen();
  for (const card of document.querySelectorAll("[data-task]")) {
    card.classList.toggle("task--unsent", items.some((one) => one.number === card.dataset.task));
  }
};

// The page as it stands now, put in place of the old one; on a bad line the old one stays.
const renew = async () => {
  const answer = await ask(location.pathname, { redirect: "error" });
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [main, old] = [page.querySelector("main"), document.querySelector("main")];
  if (!main || !old || old.contains(document.activeElement?.closest("textarea, input, select"))) return;
  csrf = page.querySelector("#antrean")?.dataset.csrf ?? csrf;
  old.replaceWith(document.adoptNode(main));
  giveBack();
  show();
  countDown();
};

// --- the line ---------------------------------------------------------------------------------
const lamp = document.querySelector("#jaringan");

const lineTold = () => {
  lamp.textContent = navigator.onLine ? "" : lamp.dataset.off;
};

const tell = (words) => {
  lamp.textContent = words;
  setTimeout(lineTold, 6_000);
};

const lineChanged = () => {
  lineTold();
  if (navigator.onLine) {
    wait = 3_000;
    send();
  }
};

addEventListener("online", lineChanged);
addEventListener("offline", lineChanged);

// Without a line a link would lead to the browser's own page, and away from what is open here.
// Some telephones say that there is no line while there is one: a second press goes through.
let tried = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || navigator.onLine || link === tried) return;
  tried = link;
  event.preventDefault();
  tell(box.dataset.offline);
});

let left = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    left = Date.now();
    return;
  }
  send();
  if (Date.now() - left > 60_000) renew();
});

// --- promises count down ----------------------------------------------------------------------
const countDown = () => {
  const english = document.documentElement.lang === "en";
  const [d, h, m] = english ? ["d", "h", "m"] : ["hr", "j", "m"];
  for (const badge of document.querySelectorAll("[data-due]")) {
    if (!badge.dataset.due) continue;
    const all = Math.round((Date.parse(badge.dataset.due) - Date.now()) / 60_000);
    const [days, hours, rest] = [Math.floor(Math.abs(all) / 1440), Math.floor((Math.abs(all) % 1440) / 60), Math.abs(all) % 60];
    const words = days ? `${days} ${d} ${hours} ${h}` : hours ? `${hours} ${h} ${rest} ${m}` : `${rest} ${m}`;
    badge.textContent = all < 0 ? `−${words}` : words;
    badge.classList.toggle("due--late", all < 0);
  }
};

// New tasks come by themselves, while the page is looked at and nothing of it is in use.
setInterval(() => {
  const busy = document.hidden || queue().length || document.querySelector("main details[open]");
  if (!busy && navigator.onLine) renew();
}, 90_000);

await photos?.begin(me, pressedFiles());
giveBack();
show();
lineChanged();
countDown();
setInterval(countDown, 30_000);
