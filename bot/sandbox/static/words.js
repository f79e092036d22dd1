// A message's text with its entities as elements. Offsets count UTF-16 units, as JavaScript does.
import { make } from "/static/nodes.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

// `on.command(text)` and `on.link(url)` hear of taps; on.link returns true when it has dealt with it.
export function words(text, entities, on) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return make("div", { class: "words" }, ...pieces(text, 0, text.length, sorted, on));
}

function pieces(text, start, end, entities, on) {
  const out = [];
  let at = start;
  while (entities.length) {
    const [entity, ...rest] = entities;
    const stop = Math.min(entity.offset + entity.length, end);
    const within = rest.filter((other) => other.offset < stop);
    entities = rest.filter((other) => other.offset >= stop);
    if (entity.offset < at) continue;
    if (entity.offset > at) out.push(text.slice(at, entity.offset));
    out.push(dress(entity, text.slice(entity.offset, stop), pieces(text, entity.offset, stop, within, on), on));
    at = stop;
  }
  if (at < end) out.push(text.slice(at, end));
  return out;
}

function dress(entity, raw, inside, on) {
  if (TAGS[entity.type]) return make(TAGS[entity.type], {}, ...inside);
  if (entity.type === "url" || entity.type === "text_link") return link(entity.url || raw, inside, on);
  if (entity.type === "bot_command") {
    return make("button", { type: "button", class: "command", onclick: () => on.command(raw) }, ...inside);
  }
  if (entity.type === "spoiler") {
    const show = (event) => event.currentTarget.classList.add("shown");
    return make("button", { type: "button", class: "spoiler", "aria-label": "点开看", onclick: show }, ...inside);
  }
  return make("span", { class: entity.type }, ...inside);
}

export function link(url, inside, on) {
  const safe = /^(https?|tg|tel|mailto):/i.test(url) ? url : "#";
  const follow = (event) => on.link(url) && event.preventDefault();
  return make("a", { href: safe, target: "_blank", rel: "noopener noreferrer", onclick: follow }, ...inside);
}
