// Small makers of elements. Text always goes in as text, never as HTML.

export const byId = (id) => document.getElementById(id);

// make("p", {class: "x"}, "text", child): null and false children are left out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function face(name, colour) {
  const disc = make("span", { class: "face", "aria-hidden": "true" }, [...name][0] || "?");
  if (colour) disc.style.setProperty("--colour", colour);
  return disc;
}

// A button that opens a menu: arrows move, Escape and a click elsewhere close it.
export function menu(button, panel, fill) {
  const close = () => {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  button.addEventListener("click", () => {
    if (!panel.hidden) return close();
    panel.replaceChildren(...fill(close));
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    panel.querySelector("button")?.focus();
  });
  panel.addEventListener("keydown", (event) => {
    const items = [...panel.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) items.at((at + step) % items.length)?.focus();
    if (event.key === "Escape") button.focus(), close();
    if (step || event.key === "Escape") event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !panel.contains(event.target) && !button.contains(event.target)) close();
  });
}

export function item(label, symbol, action) {
  return make("button", { type: "button", role: "menuitem", onclick: action }, symbol && icon(symbol), label);
}
