// Messages as elements: bubbles, albums, media, inline keyboards, service lines.
import { fileUrl } from "/static/server.js";
import { icon, make } from "/static/nodes.js";
import { link, words } from "/static/words.js";

const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const calendar = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "short" });

export const dayOf = (message) => calendar.format(message.date * 1000);

// One line that says what a message is, for lists and quotes.
export function summary(message) {
  if (!message) return "";
  const kinds = { photo: "[照片]", document: "[文件]", voice: "[语音]", sticker: "[贴纸]", location: "[位置]", contact: "[联系方式]", poll: "[投票]", video: "[视频]", animation: "[动图]", audio: "[音频]", venue: "[地点]", dice: "[骰子]" };
  const kind = Object.keys(kinds).find((name) => message[name]);
  const said = message.text || message.caption || "";
  return `${kind ? kinds[kind] : ""}${said}`.replaceAll("\n", " ") || service(message) || "";
}

export function service(message) {
  const name = message.from?.first_name || "";
  if (message.new_chat_members) return `${message.new_chat_members.map((one) => one.first_name).join("、")} 进群了`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} 退群了`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return "这个群升级成了超级群";
  return message.text || message.caption ? "" : `${name} 发来一条消息`;
}

// `group` is one message, or the messages of an album. `view`: me, group chat or not, what taps do.
export function bubble(group, view) {
  const [first] = group;
  const last = group.at(-1);
  const mine = first.from?.id === view.me;
  const plain = !first.text && !first.caption && !hasMedia(first);
  if (plain) return make("div", { class: "service", "data-id": first.message_id }, service(first));
  const box = make("article", { class: `message${mine ? " mine" : ""}`, "data-id": first.message_id });
  box.append(make("div", { class: "bubble" }, ...content(group, view, mine), meta(last)));
  if (mine && (first.text || first.caption)) box.append(editButton(first, view));
  if (last.reply_markup) box.append(inlineKeyboard(last, view));
  return box;
}

function hasMedia(message) {
  return ["photo", "document", "voice", "sticker", "location", "contact", "poll", "video", "animation", "audio", "venue", "dice", "video_note"].some((kind) => message[kind]);
}

function content(group, view, mine) {
  const [first] = group;
  const out = [];
  const author = first.from || first.sender_chat || {};
  const name = author.first_name || author.title || "";
  if (view.group && !mine) out.push(make("span", { class: "author" }, name));
  else out.push(make("span", { class: "unseen" }, `${mine ? "我" : name}说:`));
  if (first.forward_origin) out.push(make("div", { class: "origin" }, `转发自 ${origin(first.forward_origin)}`));
  if (first.reply_to_message) out.push(make("span", { class: "quote" }, summary(first.reply_to_message)));
  out.push(...media(group, view));
  const said = group.find((message) => message.text || message.caption);
  if (said?.text) out.push(words(said.text, said.entities, view.on));
  else if (said) out.push(words(said.caption, said.caption_entities, view.on));
  return out;
}

function origin(from) {
  return from.sender_user?.first_name || from.sender_user_name || from.chat?.title || "";
}

function meta(message) {
  const time = make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock.format(message.date * 1000));
  return make("div", { class: "meta" }, message.edit_date && "改过", time);
}

function editButton(message, view) {
  return make("button", { type: "button", class: "icon change", "aria-label": "改这条消息", onclick: () => view.on.edit(message) }, icon("edit"));
}

function media(group, view) {
  const photos = group.filter((message) => message.photo);
  if (photos.length) {
    const pictures = photos.map((message) => picture(message, view));
    return [make("div", { class: `media${photos.length > 1 ? " many" : ""}` }, ...pictures)];
  }
  return group.map((message) => attached(message)).filter(Boolean);
}

function picture(message, view) {
  const { file_id, width, height } = message.photo.at(-1);
  const src = fileUrl(file_id);
  const image = make("img", { src, width, height, alt: message.caption || "照片", loading: "lazy", onload: view.on.loaded });
  return make("button", { type: "button", "aria-label": "看大图", onclick: () => view.on.picture(src) }, image);
}

function attached(message) {
  const { document: file, location, venue, contact, voice, sticker, poll, dice } = message;
  if (voice) return row("voice", "语音", `${voice.duration} 秒`);
  if (sticker) return make("div", { class: "sticker" }, sticker.emoji || "🙂");
  if (dice) return make("div", { class: "sticker" }, dice.emoji);
  if (venue) return row("pin", venue.title, venue.address);
  if (location) return row("pin", location.live_period ? "实时位置" : "位置", `${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}`);
  if (contact) return row("person", contact.first_name, contact.phone_number);
  if (poll) return pollBox(poll);
  const other = file || message.video || message.animation || message.audio || message.video_note;
  return other && row("file", other.file_name || "文件", size(other.file_size), fileUrl(other.file_id));
}

function row(symbol, title, small, href) {
  const parts = [make("span", { class: "disc" }, icon(symbol)), make("span", {}, make("strong", {}, title), make("small", {}, small))];
  return href ? make("a", { class: "attached", href, download: title }, ...parts) : make("div", { class: "attached" }, ...parts);
}

function pollBox(poll) {
  const options = poll.options.map((option) => make("li", {}, option.text));
  return make("div", { class: "poll" }, make("strong", {}, poll.question), make("ul", {}, ...options));
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} 字节` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function inlineKeyboard(message, view) {
  const rows = message.reply_markup.inline_keyboard.map((buttons) => make("div", {}, ...buttons.map((button) => inlineButton(button, message, view))));
  return make("div", { class: "buttons", role: "group", "aria-label": "可以点的按钮" }, ...rows);
}

function inlineButton(button, message, view) {
  if (button.url) {
    const anchor = link(button.url, [button.text], view.on);
    anchor.classList.add("out");
    return anchor;
  }
  const press = (event) => view.on.press(button, message, event.currentTarget);
  return make("button", { type: "button", onclick: press }, button.text);
}
