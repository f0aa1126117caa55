// Comforts of writing. Without them drafts are kept by a button, and replies come by a form.
const PAUSE = 800;
const typed = new Map();
let timer = 0;
let saving = Promise.resolve();

const place = (form) => `${form.closest("[data-composer]").dataset.composer} ${form.dataset.kind}`;
const formOf = (field) => (field?.name === "text" ? field.closest("form[data-kind]") : null);
const path = (form, name) => form.getAttribute("action").replace(/\/[a-z]+$/, `/${name}`);

// --- drafts -----------------------------------------------------------------------------------
const body = (form) => {
  const data = new URLSearchParams();
  for (const name of ["csrf", "version", "kind", "text"]) data.set(name, form.elements[name].value);
  return data;
};

const keep = async (form) => {
  const here = place(form);
  const text = form.elements.text.value;
  try {
    const answer = await fetch(path(form, "konsep"), { method: "POST", body: body(form), headers: { "HX-Request": "true" }, keepalive: text.length < 15_000 });
    if (!answer.ok) return;
    if (typed.get(here) === text) typed.delete(here);
    const shown = form.isConnected && form.querySelector(".measure");
    const words = await answer.text();
    if (shown && form.elements.text.value === text) shown.innerHTML = words;
  } catch {
    // The line is gone: what was typed stays in its field, and the next pause tries again.
    later(form, 5 * PAUSE);
  }
};

const later = (form, pause = PAUSE) => {
  clearTimeout(timer);
  timer = setTimeout(() => (saving = keep(form)), pause);
};

const changed = (form) => {
  typed.set(place(form), form.elements.text.value);
  later(form);
};

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form) changed(form);
});

const flush = () => {
  clearTimeout(timer);
  for (const form of document.querySelectorAll("form[data-kind]")) {
    if (typed.has(place(form))) saving = keep(form);
  }
};
addEventListener("pagehide", flush);

// What is sent must not come back as a draft that was still on its way.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target.closest?.("form[data-kind]");
  if (!form) {
    if (event.target.closest?.("a.line, .pane form")) flush();
    return;
  }
  event.preventDefault();
  clearTimeout(timer);
  typed.delete(place(form));
  const before = [saving.catch(() => {})];
  form.dispatchEvent(new CustomEvent("menjelang-kirim", { bubbles: true, detail: before }));
  Promise.all(before).then(() => event.detail.issueRequest(), () => {});
});

// What was typed while the pane was fetched stands in the new one.
const restore = () => {
  for (const form of document.querySelectorAll("form[data-kind]")) {
    const text = typed.get(place(form));
    if (text !== undefined && form.elements.text.value !== text) form.elements.text.value = text;
  }
};

// --- an answer that has not left ----------------------------------------------------------------
const started = new WeakMap();
const tick = () => {
  for (const form of document.querySelectorAll(".held[data-left]")) {
    if (!started.has(form)) started.set(form, performance.now() + 1000 * Number(form.dataset.left));
    const left = Math.ceil((started.get(form) - performance.now()) / 1000);
    const shown = form.querySelector(".held__left");
    const words = shown.dataset.words.replace("{n}", Math.max(0, left));
    if (shown.textContent !== words) shown.textContent = words;
    if (left > 0) continue;
    form.remove();
    for (const pause of [1500, 6000]) {
      setTimeout(() => document.body.dispatchEvent(new CustomEvent("langsung-tiket")), pause);
    }
  }
};
setInterval(tick, 500);

// --- replies worded beforehand --------------------------------------------------------------------
const insert = (area, text) => {
  const from = area.selectionStart;
  const slash = area.value.slice(0, from).endsWith("/") ? 1 : 0;
  area.setRangeText(text, from - slash, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
};

const close = (sheet) => {
  sheet.open = false;
  sheet.closest("form").elements.text.focus();
};

document.addEventListener("click", (event) => {
  const reply = event.target.closest?.(".canned__one");
  if (!reply) return;
  event.preventDefault();
  close(reply.closest(".canned"));
  insert(reply.form.elements.text, reply.dataset.text);
});

const show = (sheet) => {
  const filter = sheet.querySelector(".canned__filter");
  if (sheet.open && document.activeElement === filter) return;
  sheet.open = true;
  filter.hidden = false;
  filter.value = "";
  sieve(filter);
  filter.focus();
};

// The event comes late; whoever types on after a slash is in the filter at once.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".canned[open]")) show(event.target);
}, true);

const sieve = (filter) => {
  const wanted = filter.value.toLowerCase();
  for (const reply of filter.closest(".canned").querySelectorAll(".canned__one")) {
    reply.parentElement.hidden = !reply.textContent.toLowerCase().includes(wanted);
  }
};

document.addEventListener("input", (event) => {
  const area = event.target;
  if (area.matches?.(".canned__filter")) sieve(area);
  if (formOf(area)?.dataset.kind !== "answer" || event.data !== "/") return;
  const before = area.value.slice(0, area.selectionStart - 1);
  const sheet = area.form.querySelector(".canned");
  if (sheet && (before === "" || /\s$/.test(before))) show(sheet);
});

document.addEventListener("keydown", (event) => {
  const sheet = event.target.closest?.(".canned[open]");
  if (!sheet) return;
  const shown = [...sheet.querySelectorAll("li:not([hidden]) .canned__one")];
  const at = shown.indexOf(event.target);
  if (event.key === "Escape") close(sheet);
  else if (event.key === "Enter" && event.target.matches(".canned__filter")) shown[0]?.click();
  else if (event.key === "ArrowDown") (shown[at + 1] ?? shown[0])?.focus();
  else if (event.key === "ArrowUp") (at > 0 ? shown[at - 1] : sheet.querySelector(".canned__filter")).focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
});

// --- one kind at a time, and what was said last in view ---------------------------------------------
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".kind[open]")) return;
  for (const other of document.querySelectorAll(".kind[open]")) {
    if (other !== event.target) other.open = false;
  }
}, true);

const latest = () => {
  const pane = document.querySelector("#tiket");
  const last = document.querySelector("#cerita")?.lastElementChild?.getBoundingClientRect();
  const below = document.querySelector(".composer")?.getBoundingClientRect();
  if (last && below && !document.querySelector("#gagal")) pane.scrollBy(0, Math.max(0, last.bottom - below.top + 12));
};

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "tiket") {
    restore();
    latest();
  }
  tick();
});
latest();
tick();
