// Files beside what is being written: chosen, dropped or pasted, sent up at once, one after the
// other. Without this the form takes them with a button.
const AGAIN = 5000;
const going = new Map(); // kind of form -> uploads that have not ended
let queue = Promise.resolve();

const formOf = (node) => node?.closest?.("form[data-kind]");
const here = (form) => `${form.closest("[data-composer]").dataset.composer} ${form.dataset.kind}`;
const standing = (place) => [...document.querySelectorAll("form[data-kind]")].find((form) => here(form) === place);
const path = (form) => form.getAttribute("action").replace(/\/[a-z]+$/, "/lampiran");

const enhance = () => {
  for (const choose of document.querySelectorAll("[data-choose]")) {
    // what has gone up already must not go once more with the form
    choose.querySelector("input").removeAttribute("name");
    choose.parentElement.classList.add("scripted");
  }
};

// --- one upload ---------------------------------------------------------------------------------
const data = (form, file) => {
  const body = new FormData();
  for (const name of ["csrf", "version", "kotak", "kind"]) body.set(name, form.elements[name].value);
  if (file) body.set("files", file, file.name);
  return body;
};

const ask = (address, body, one) => new Promise((done, failed) => {
  const asking = new XMLHttpRequest();
  asking.open("POST", address);
  asking.setRequestHeader("HX-Request", "true");
  asking.upload.onprogress = (event) => event.lengthComputable && one?.seen(event.loaded / event.total);
  asking.onload = () => done(asking);
  asking.onerror = asking.ontimeout = failed;
  asking.onabort = () => done(null);
  if (one) one.stop = () => asking.abort();
  asking.send(body);
});

const part = (text) => new DOMParser().parseFromString(text, "text/html");

const put = (place, text) => {
  const form = standing(place);
  const found = part(text).querySelector(".enclosed");
  if (!form || !found) return false;
  form.querySelector(".enclosed").replaceWith(document.adoptNode(found));
  show(place);
  // length, price and what the channel does with files are told anew
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
};

const say = (place, sentence) => {
  const box = standing(place)?.querySelector(".enclosed");
  if (!box) return;
  box.querySelector("p")?.remove();
  if (!sentence) return;
  const told = document.createElement("p");
  told.className = "field__fault";
  told.setAttribute("role", "alert");
  told.textContent = sentence;
  box.append(told);
};

const words = (place) => standing(place)?.querySelector("[data-choose]").dataset;

// --- what is on its way ---------------------------------------------------------------------------
const show = (place) => {
  const box = standing(place)?.querySelector(".enclosed");
  if (!box) return;
  const waiting = going.get(place) ?? [];
  let list = box.querySelector("ul");
  if (!list && waiting.length) {
    list = document.createElement("ul");
    list.className = "enclosed__list";
    box.prepend(list);
  }
  list?.querySelectorAll("[data-going]").forEach((line) => line.remove());
  for (const one of waiting) list.append(one.line);
  if (list && !list.children.length) list.remove();
};

const line = (place, file) => {
  const told = document.createElement("li");
  told.className = "enclosed__one";
  told.dataset.going = "";
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", `${words(place).going} ${file.name}`);
  const off = document.createElement("button");
  off.type = "button";
  off.className = "link enclosed__off";
  off.textContent = words(place).cancel;
  told.append(name, bar, off);
  return told;
};

const begin = (place, file) => {
  const one = { file, line: line(place, file), over: false, stop: () => {} };
  one.seen = (share) => (one.line.querySelector("progress").value = share);
  one.line.querySelector("button").addEventListener("click", () => {
    one.over = true;
    one.stop();
    end(place, one);
  });
  going.set(place, [...(going.get(place) ?? []), one]);
  show(place);
  return one;
};

const end = (place, one) => {
  going.set(place, (going.get(place) ?? []).filter((other) => other !== one));
  show(place);
};

const carry = async (place, one) => {
  while (!one.over) {
    const form = standing(place);
    if (!form) break; // another ticket is open; the file stays with whoever chose it
    try {
      const answer = await ask(path(form), data(form, one.file), one);
      if (!answer) break;
      if (answer.status === 503) throw answer;
      end(place, one);
      if (put(place, answer.responseText)) return;
      say(place, part(answer.responseText).querySelector("[role=alert], p")?.textContent.trim() || words(place)?.broken);
      return;
    } catch {
      say(place, words(place)?.away);
      await new Promise((done) => {
        setTimeout(done, AGAIN);
        addEventListener("online", done, { once: true });
      });
    }
  }
  end(place, one);
};

const take = (form, files) => {
  const place = here(form);
  say(place, "");
  for (const file of files) {
    if (file.size > Number(words(place).bytes)) {
      say(place, words(place).large.replace("{name}", file.name));
      continue;
    }
    const one = begin(place, file);
    queue = queue.then(() => carry(place, one));
  }
};

// --- chosen, dropped, pasted, taken away -----------------------------------------------------------
document.addEventListener("change", (event) => {
  const form = event.target.matches?.(".choose__input") && formOf(event.target);
  if (!form) return;
  const files = [...event.target.files];
  event.target.value = "";
  take(form, files);
});

const over = (event) => {
  const kind = [...(event.dataTransfer?.types ?? [])].includes("Files") && event.target.closest?.(".kind[open]");
  for (const other of document.querySelectorAll(".kind--over")) if (other !== kind) other.classList.remove("kind--over");
  return kind || null;
};

document.addEventListener("dragover", (event) => {
  const kind = over(event);
  if (!kind) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  kind.classList.add("kind--over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) over(event)?.classList.remove("kind--over");
});
document.addEventListener("drop", (event) => {
  const kind = over(event);
  if (!kind) return;
  event.preventDefault();
  kind.classList.remove("kind--over");
  take(kind.querySelector("form[data-kind]"), [...event.dataTransfer.files]);
});

// A picture from the clipboard has the same name each time.
const named = (file, place) => {
  if (!/^image\.(png|jpe?g)$/i.test(file.name)) return file;
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const at = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return new File([file], `${words(place).pasted}-${at}.${file.name.split(".").pop()}`, { type: file.type });
};

document.addEventListener("paste", (event) => {
  const form = formOf(event.target);
  const files = [...(event.clipboardData?.files ?? [])];
  // a table or text copied from an office program brings a picture of itself along
  if (!form || !files.length || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  take(form, files.map((file) => named(file, here(form))));
});

document.addEventListener("click", async (event) => {
  const off = event.target.closest?.("[data-remove]");
  if (!off) return;
  event.preventDefault();
  const form = formOf(off);
  const place = here(form);
  off.disabled = true;
  try {
    const answer = await ask(off.dataset.remove, data(form));
    if (!put(place, answer.responseText)) say(place, words(place).broken);
  } catch {
    say(place, words(place).away);
  }
  off.disabled = false;
  standing(place)?.querySelector(".choose__input").focus();
});

// --- sending waits for what is on its way ------------------------------------------------------------
document.addEventListener("menjelang-kirim", (event) => {
  const place = here(event.target);
  if (!going.get(place)?.length) return;
  say(place, words(place).busy);
  event.detail.push(queue.then(() => {
    if (going.get(place)?.length) throw new Error("still on its way");
  }));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "tiket") return;
  enhance();
  for (const place of going.keys()) show(place);
});
enhance();
