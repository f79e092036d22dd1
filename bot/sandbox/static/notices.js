// Toasts, alerts and the large picture.
import { byId, make } from "/static/nodes.js";

const SHOWN_FOR = 3500;

export function toast(text) {
  const line = make("p", {}, text);
  byId("toasts").append(line);
  setTimeout(() => line.remove(), SHOWN_FOR);
}

export function alertBox(text) {
  byId("alert-text").textContent = text;
  if (!byId("alert").open) byId("alert").showModal();
}

export function showPicture(src) {
  byId("picture").querySelector("img").src = src;
  byId("picture").showModal();
}

// Runs an action and shows why it failed, if it does.
export function trying(action) {
  return async (...given) => {
    try {
      return await action(...given);
    } catch (error) {
      toast(`没有成功:${error.message}`);
      return null;
    }
  };
}
