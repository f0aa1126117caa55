// A board that renews itself waits while something is typed into it, or a form of it is open, and
// catches up afterwards.
const board = () => document.querySelector("#papan");

let missed = false;

const inUse = () => {
  const held = board();
  if (!held) return false;
  if (held.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button")) return true;
  if (held.querySelector("details[open]")) return true;
  return [...held.querySelectorAll("textarea, input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target !== board() || !inUse()) return;
  missed = true;
  event.preventDefault();
});

// Asked for before somebody opened a form, answered after.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== board() || !inUse()) return;
  missed = true;
  event.detail.shouldSwap = false;
});

const catchUp = () => {
  if (!missed || inUse()) return;
  missed = false;
  document.body.dispatchEvent(new CustomEvent("langsung"));
};

for (const kind of ["toggle", "focusout"]) {
  document.addEventListener(kind, () => setTimeout(catchUp, 300), true);
}
