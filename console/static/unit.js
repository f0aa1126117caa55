// A board that renews itself waits while something is typed into it, or a form of it is open.
const board = () => document.querySelector("#papan");

const inUse = () => {
  const held = board();
  if (!held) return false;
  if (held.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button")) return true;
  if (held.querySelector("details[open]")) return true;
  return [...held.querySelectorAll("textarea, input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === board() && inUse()) event.preventDefault();
});
