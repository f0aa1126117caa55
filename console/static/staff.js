// Comforts of the console. Everything works without them by plain forms and links.

// --- what happens elsewhere -------------------------------------------------------------------
// One stream for all tabs of this browser: six connections are all that a browser gives one host.
const lamp = document.querySelector("#langsung");

const connected = (on) => {
  if (!lamp) return;
  lamp.classList.toggle("live--on", on);
  lamp.classList.toggle("live--off", !on);
  const words = lamp.querySelector("[role=status]");
  const text = on ? lamp.dataset.on : lamp.dataset.off;
  if (words.textContent !== text) words.textContent = text;
};

const happened = (marks) => {
  document.body.dispatchEvent(new CustomEvent("langsung"));
  const shown = document.querySelector(".ticket")?.dataset.mark;
  if (!marks || (shown && marks.includes(shown))) {
    document.body.dispatchEvent(new CustomEvent("langsung-tiket"));
  }
};

const heard = ({ kind, marks }) => {
  if (kind === "open") {
    connected(true);
    // Between the making of the page and the connection anything may have happened.
    happened(null);
  } else if (kind === "lost") connected(false);
  else happened(marks);
};

// A look that failed is made again: the word that set it off does not come twice.
let again = 0;
const lookAgain = () => {
  clearTimeout(again);
  again = setTimeout(() => happened(null), 3_000);
};
addEventListener("online", () => happened(null));
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, (event) => {
    if (event.detail.requestConfig?.verb === "get") lookAgain();
  });
}

const listen = () => {
  if (!lamp) return;
  if (window.SharedWorker) {
    const worker = new SharedWorker("/console/kabel.js", { name: "console" });
    worker.port.onmessage = (event) => heard(event.data);
    worker.port.start();
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    return;
  }
  const stream = new EventSource("/console/langsung");
  stream.onopen = () => heard({ kind: "open" });
  stream.onerror = () => heard({ kind: "lost" });
  stream.addEventListener("change", (event) => heard({ kind: "change", marks: JSON.parse(event.data).marks }));
};

// --- promises count down by themselves --------------------------------------------------------
const minutes = (count) => {
  const days = Math.floor(count / 1440);
  const hours = Math.floor((count % 1440) / 60);
  const [d, h, m] = document.documentElement.lang === "en" ? ["d", "h", "m"] : ["hr", "j", "m"];
  if (days) return `${days} ${d} ${hours} ${h}`;
  return hours ? `${hours} ${h} ${count % 60} ${m}` : `${count} ${m}`;
};

const countDown = () => {
  for (const badge of document.querySelectorAll("[data-due]")) {
    const left = Math.round((Date.parse(badge.dataset.due) - Date.now()) / 60_000);
    const text = left >= 0 ? minutes(left) : `−${minutes(-left)}`;
    if (badge.textContent !== text) badge.textContent = text;
    if (left < 0) badge.classList.add("due--late");
  }
};

// --- the pane ---------------------------------------------------------------------------------
document.addEventListener("htmx:afterSwap", (event) => {
  countDown();
  if (event.target.id !== "tiket") return;
  const desk = document.querySelector(".desk");
  desk?.classList.add("desk--open");
  const number = document.querySelector(".ticket .number")?.textContent;
  for (const line of document.querySelectorAll(".line")) {
    if (line.id === `baris-${number}`) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
  const failed = document.querySelector("#gagal");
  if (failed) failed.scrollIntoView({ block: "center" });
  else event.target.focus({ preventScroll: true });
});

// What is being filled in is not swapped away: the list waits while somebody uses its filter.
document.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target.closest?.("[data-list]");
  if (list && event.target === list && list.contains(document.activeElement)) event.preventDefault();
});

// --- what is read -----------------------------------------------------------------------------
// A page behind another tab follows what happens, and reads nothing.
let unseen = false;
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.path.endsWith("/cerita")) return;
  if (document.visibilityState === "visible") event.detail.headers["X-Dilihat"] = "1";
  else unseen = true;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || !unseen) return;
  unseen = false;
  document.body.dispatchEvent(new CustomEvent("langsung-tiket"));
});
document.body.addEventListener("dibaca", (event) => {
  const line = document.getElementById(`baris-${event.detail.value}`);
  line?.classList.remove("line--unread");
  line?.querySelector(".unread")?.remove();
});
// How many wait is told in the tab's name as well.
const named = () => {
  const count = document.querySelector("[data-unread]")?.dataset.unread;
  if (count === undefined) return;
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = count && count !== "0" ? `(${count}) ${bare}` : bare;
};
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "kotak") named();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.closest(".composer")) {
    form.requestSubmit();
  }
});

// Not before htmx is ready: a word that comes at once would find nobody who looks anew.
if (document.readyState === "complete") listen();
else document.addEventListener("DOMContentLoaded", listen);
countDown();
setInterval(countDown, 30_000);
