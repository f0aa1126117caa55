// Fast hands: keys, the palette, chosen lines. Everything here is also done by links and forms.
const all = (what, within = document) => [...within.querySelectorAll(what)];
const one = (what, within = document) => within.querySelector(what);

// --- chosen lines -----------------------------------------------------------------------------
const boxesOf = () => all(".pick__box input");
const told = () => {
  const words = one("[data-chosen]");
  if (!words) return;
  const count = boxesOf().filter((box) => box.checked).length;
  words.textContent = count ? words.dataset.chosen.replace("#", count) : "";
};
document.addEventListener("change", (event) => {
  if (event.target.matches?.(".pick__box input")) told();
});
// A list in which something is chosen keeps still; what happened is seen when it is let go.
document.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target.closest?.("[data-list]");
  if (list && event.target === list && boxesOf().some((box) => box.checked)) event.preventDefault();
});
// … also where it was asked for before anything was chosen.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  if (target.matches("[data-list]") && boxesOf().some((box) => box.checked)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  told();
  if (!one("#borong .bulk__line--good", event.target)) return;
  for (const box of boxesOf()) box.checked = false;
  told();
  document.body.dispatchEvent(new CustomEvent("langsung"));
});

// --- the list by keys -------------------------------------------------------------------------
const lines = () => all(".lines .line");
const place = () => {
  const found = lines();
  const focused = found.indexOf(document.activeElement);
  return focused >= 0 ? focused : found.findIndex((line) => line.hasAttribute("aria-current"));
};
const step = (by) => {
  const found = lines();
  const at = place();
  const next = at < 0 ? found[0] : found[Math.min(found.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

// --- what a ticket offers ---------------------------------------------------------------------
const opened = (form) => {
  const fold = form?.closest("details");
  if (fold) {
    for (let outer = fold; outer; outer = outer.parentElement.closest("details")) outer.open = true;
  }
  const field = form && one("select, textarea, input:not([type=hidden]), button", form);
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return Boolean(field);
};
const act = (name) => opened(one(`.ticket form[action$="/${name}"]`));
const back = () => {
  const desk = one(".desk--open");
  const current = one(".line[aria-current]");
  if (desk && matchMedia("(max-width: 46rem)").matches) one(".ticket__back a")?.click();
  else current?.focus();
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const box = one(".pick__box input", document.activeElement.closest(".pick") ?? document.createElement("i"));
    box?.click();
  },
  r: () => act("answer"),
  n: () => act("note"),
  a: () => act("assign"),
  d: () => act("dispose"),
  e: () => act("resolve"),
  c: () => one("[data-new]")?.click(),
  "/": () => {
    one("#cari")?.focus();
    one("#cari")?.select();
  },
  "?": () => help(),
  Escape: back,
};

// --- one key, or g and a letter ---------------------------------------------------------------
const OFF = "tombol-mati";
const off = () => localStorage.getItem(OFF) === "1";
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");
let going = 0;

const pressed = (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    palette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape" && event.target.matches?.("input:not([type=checkbox]), textarea, select") && !event.target.closest("dialog")) {
    event.target.blur();
    return;
  }
  if (off() || (typing(event.target) && !event.target.matches(".pick__box input"))) return;
  if (going && performance.now() - going < 1500) {
    going = 0;
    const way = one(`[data-go="${CSS.escape(event.key)}"]`);
    if (way) {
      event.preventDefault();
      way.click();
      return;
    }
  }
  if (event.key === "g") {
    going = performance.now();
    return;
  }
  const does = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (does) {
    event.preventDefault();
    does();
  }
};
document.addEventListener("keydown", pressed);

// --- help -------------------------------------------------------------------------------------
const help = () => {
  const dialog = one("#tombol");
  const listed = one("[data-keys-boxes]", dialog);
  listed.replaceChildren(
    ...all("[data-go]").flatMap((way) => {
      const keys = document.createElement("dt");
      const [g, letter] = ["g", way.dataset.go].map((key) => {
        const shown = document.createElement("kbd");
        shown.textContent = key;
        return shown;
      });
      keys.append(g, ` ${listed.dataset.then} `, letter);
      const words = document.createElement("dd");
      words.textContent = (one("span", way) ?? way).textContent;
      return [keys, words];
    }),
  );
  one("#tombol-mati").checked = off();
  dialog.showModal();
};
one("#tombol-mati")?.addEventListener("change", (event) => {
  if (event.target.checked) localStorage.setItem(OFF, "1");
  else localStorage.removeItem(OFF);
});
one("[data-keys]")?.addEventListener("click", (event) => {
  event.preventDefault();
  help();
});

// --- the palette ------------------------------------------------------------------------------
const board = one("#palet");
const field = one("#palet-isi");
const choices = one("#palet-pilihan");
let offered = [];
let asking = 0;

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const entry = (kind, words, does) => ({ kind, words: words.trim().replace(/\s+/g, " "), does });

const gathered = () => {
  const found = [];
  for (const deed of all(".ticket .deed > summary")) {
    found.push(entry(choices.dataset.act, deed.textContent, () => opened(one("form", deed.parentElement))));
  }
  for (const deed of all(".ticket form.deed button")) {
    found.push(entry(choices.dataset.act, deed.textContent, () => deed.focus()));
  }
  for (const form of all(".ticket .composer__form")) {
    const button = one("button[type=submit]", form);
    if (button) found.push(entry(choices.dataset.act, button.textContent, () => opened(form)));
  }
  for (const way of all(".boxes a")) {
    const kind = way.hasAttribute("data-kept") ? choices.dataset.kept : choices.dataset.box;
    found.push(entry(kind, (one("span", way) ?? way).textContent, () => way.click()));
  }
  for (const way of all(".bar__ways a")) {
    found.push(entry(choices.dataset.page, way.textContent, () => way.click()));
  }
  return found;
};

const select = (item) => {
  for (const other of choices.children) other.setAttribute?.("aria-selected", String(other === item));
  if (item) {
    field.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
};

const laid = (does, index) => {
  const item = document.createElement("li");
  item.className = "palette__one";
  item.id = `palet-${index}`;
  item.setAttribute("role", "option");
  const words = document.createElement("span");
  words.className = "palette__words";
  words.textContent = does.words;
  const kind = document.createElement("span");
  kind.className = "quiet";
  kind.textContent = does.kind;
  item.append(words, kind);
  item.does = does.does;
  return item;
};

const searched = async (typed) => {
  const mine = ++asking;
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (mine !== asking) return;
  const csrf = one(".bar__search [name=csrf]").value;
  const headers = { "HX-Request": "true", "HX-Target": "palet" };
  const answer = await fetch("/console/cari", { method: "POST", headers, body: new URLSearchParams({ q: typed, csrf }) }).catch(() => null);
  if (mine !== asking || !answer?.ok || answer.headers.has("HX-Redirect")) return;
  const text = await answer.text();
  if (mine !== asking) return;
  const found = new DOMParser().parseFromString(text, "text/html");
  one(".palette__nothing", choices)?.remove();
  choices.append(...all("li", found.body));
  if (!one("[aria-selected=true]", choices)) select(one(".palette__one", choices));
};

const shown = () => {
  const typed = field.value.trim();
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const fits = offered.filter((does) => words.every((word) => plain(does.words).includes(word)));
  const items = fits.slice(0, 12).map(laid);
  const search = one(".bar__search");
  if (typed && search) {
    items.push(laid(entry(choices.dataset.search, `“${typed}”`, () => {
      one("#cari").value = typed;
      search.requestSubmit();
    }), "cari"));
  }
  if (!items.length) {
    const nothing = document.createElement("li");
    nothing.className = "palette__nothing";
    nothing.textContent = choices.dataset.nothing;
    items.push(nothing);
  }
  choices.replaceChildren(...items);
  select(one(".palette__one", choices));
  if (search && typed.length > 2) searched(typed);
  else asking += 1;
};

const palette = () => {
  if (!board || board.open) return;
  offered = gathered();
  field.value = "";
  shown();
  board.showModal();
};

const taken = (item) => {
  if (!item) return;
  board.close();
  if (item.dataset.href) location.assign(item.dataset.href);
  else item.does?.();
};

board?.addEventListener("keydown", (event) => {
  const items = all(".palette__one", choices);
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const by = event.key === "ArrowDown" ? 1 : -1;
    if (items.length) select(items[(at + by + items.length) % items.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    taken(items[at]);
  }
});
field?.addEventListener("input", shown);
choices?.addEventListener("click", (event) => taken(event.target.closest(".palette__one")));
board?.addEventListener("click", (event) => {
  if (event.target === board) board.close();
});
one("[data-palette]")?.addEventListener("click", (event) => {
  event.preventDefault();
  palette();
});

// --- what only a script can do is offered by it ------------------------------------------------
for (const hidden of all("[data-palette], [data-keys], [data-print]")) hidden.hidden = false;
one("[data-print]")?.addEventListener("click", () => print());
