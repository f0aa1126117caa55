// Small comforts of the sandbox. Everything works without them by plain forms and links.

const talk = document.querySelector("#conversation");
const body = document.querySelector("#body");
const live = document.querySelector("#live");
const words = document.querySelector("#live-words");

// The mail program has no conversation: its newest mail is on top.
const toEnd = () => { if (talk) talk.scrollTop = talk.scrollHeight; };

const connected = (on) => {
  live.classList.toggle("live--on", on);
  live.classList.toggle("live--off", !on);
  const text = on ? "Terhubung langsung" : "Menyambung kembali";
  if (words.textContent !== text) words.textContent = text;
};

const offerCopy = () => {
  // The clipboard exists only on https and on this very machine.
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
};

document.addEventListener("htmx:sseOpen", () => connected(true));
document.addEventListener("htmx:sseError", () => connected(false));

document.addEventListener("htmx:afterSwap", (event) => {
  if (talk && event.target === talk) toEnd();
  offerCopy();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "writing" && event.detail.xhr.status < 300) {
    body.form.reset();
    body.value = "";
    body.focus({ preventScroll: true });
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Tersalin";
  } catch {
    button.textContent = "Tekan lama nomornya untuk menyalin";
  }
});

body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) body.form.requestSubmit();
});

// A picture has its height only once it is there.
talk?.addEventListener("load", toEnd, true);

offerCopy();
toEnd();
