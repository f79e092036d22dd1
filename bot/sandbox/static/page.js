// Draws the page and keeps it in step with the sandbox.
import { act, listen } from "/static/server.js";
import { bubble, dayOf, summary } from "/static/bubbles.js";
import { beginEdit, drawFoot, setUpFoot } from "/static/foot.js";
import { byId, face, make, menu, item } from "/static/nodes.js";
import { botName, inGroup, openRoom, person, readAddress, refresh, roomsOf, state, unreadOf, writeAddress } from "/static/state.js";
import { setUpTools } from "/static/tools.js";
import { alertBox, showPicture, toast, trying } from "/static/notices.js";

const log = byId("log");
const scroll = byId("scroll");
const NEAR_END = 160;

const on = {
  command: (text) => say(text),
  edit: (message) => beginEdit(message),
  picture: showPicture,
  loaded: () => stuck && toEnd(),
  link: followLink,
  press,
};
let stuck = true;
let typing = 0;

const say = trying((text) => act("text", { user_id: state.me, chat_id: state.room, text }));

// A deep link to this bot starts it here instead of leaving the page.
function followLink(url) {
  const found = url.match(/^https?:\/\/t\.me\/([A-Za-z0-9_]+)(?:\?start=([\w-]{0,64}))?$/);
  if (!found || found[1].toLowerCase() !== state.bot.username.toLowerCase()) return false;
  trying(async () => {
    await act("start", { user_id: state.me, payload: found[2] || "" });
    await go(state.me, state.me);
  })();
  return true;
}

async function press(button, message, element) {
  if (button.copy_text) {
    await navigator.clipboard?.writeText(button.copy_text.text).catch(() => {});
    return toast("已经复制");
  }
  if (!button.callback_data) return toast("这种按钮在这里用不了");
  element.setAttribute("aria-busy", "true");
  setTimeout(() => element.removeAttribute("aria-busy"), 4000);
  const where = { user_id: state.me, chat_id: state.room, message_id: message.message_id };
  await trying(act)("tap", { ...where, data: button.callback_data, stale: true });
}

async function go(me, room) {
  Object.assign(state, { me, room });
  writeAddress();
  await openRoom();
  document.documentElement.classList.remove("people-shown");
  beginEdit(null);
  drawAll();
  toEnd();
  seen();
}

function seen() {
  if (document.visibilityState !== "visible") return;
  if (state.chats.get(state.room)?.unread[state.me]) act("read", { user_id: state.me, chat_id: state.room }).catch(() => {});
}

function drawAll() {
  drawPeople();
  drawHead();
  drawLog();
  drawFoot();
}

function drawPeople() {
  const rows = state.people.map((one) => {
    const current = one.id === state.me;
    const count = unreadOf(one.id);
    const last = state.chats.get(one.id)?.last;
    const line = make("span", { class: "line" }, make("strong", {}, one.name), one.role !== one.name && make("span", { class: "role" }, one.role));
    const text = make("span", { class: "text" }, line, make("span", { class: "last" }, summary(last) || one.about));
    const badge = count && !current ? make("span", { class: "badge", "aria-label": `${count} 条没看` }, `${Math.min(count, 99)}`) : null;
    return make("button", { type: "button", "aria-current": `${current}`, title: one.about, onclick: trying(() => go(one.id, one.id)) }, face(one.name, one.colour), text, badge);
  });
  byId("people-list").replaceChildren(...rows);
  const others = state.people.reduce((sum, one) => sum + (one.id === state.me ? 0 : unreadOf(one.id)), 0);
  byId("others-unread").hidden = !others;
  byId("others-unread").textContent = Math.min(others, 99);
}

function drawHead() {
  const me = person(state.me);
  const disc = byId("who-face");
  disc.textContent = [...me.name][0];
  disc.style.setProperty("--colour", me.colour);
  byId("who-name").textContent = me.name;
  byId("who-role").textContent = me.role === me.name ? "" : me.role;
  byId("people-open").setAttribute("aria-label", `现在是${me.name},点这里换人`);
  byId("with-name").textContent = inGroup() ? state.chats.get(state.room).title : botName();
  drawState();
  const rooms = roomsOf(state.me);
  byId("rooms").hidden = rooms.length < 2;
  byId("rooms").replaceChildren(...rooms.map(roomTab));
}

function roomTab(chat) {
  const current = chat.id === state.room;
  const count = current ? 0 : chat.unread[state.me];
  const title = chat.type === "private" ? "和机器人" : chat.title;
  return make("button", { type: "button", role: "tab", "aria-selected": `${current}`, onclick: trying(() => go(state.me, chat.id)) }, title, count ? make("span", { class: "badge" }, `${count}`) : null);
}

function drawState() {
  const chat = state.chats.get(state.room);
  const rest = inGroup() ? `${chat.members.length} 个人和机器人` : chat.bot_status === "kicked" ? "已屏蔽" : "机器人";
  const busy = typing > Date.now();
  byId("with-state").textContent = busy ? "正在输入…" : rest;
  byId("with-state").classList.toggle("busy", busy);
}

function view() {
  return { me: state.me, group: inGroup(), on };
}

// Messages of one album in a row make one bubble.
function groups(messages) {
  const out = [];
  for (const message of messages) {
    const last = out.at(-1)?.at(-1);
    if (last?.media_group_id && last.media_group_id === message.media_group_id) out.at(-1).push(message);
    else out.push([message]);
  }
  return out;
}

function drawLog() {
  const { messages } = state.shown;
  const out = [];
  let day = "";
  for (const group of groups(messages)) {
    if (dayOf(group[0]) !== day) out.push(make("div", { class: "day" }, (day = dayOf(group[0]))));
    out.push(bubble(group, view()));
  }
  log.replaceChildren(...out);
  drawEmpty(!messages.length);
}

function drawEmpty(empty) {
  byId("empty").hidden = !empty;
  if (!empty) return;
  const about = state.words["description:"] || "有事可以直接打字问,也可以发照片、位置。";
  const title = inGroup() ? state.chats.get(state.room).title : botName();
  byId("empty").replaceChildren(face(title, "var(--accent)"), make("h2", {}, title), make("p", {}, inGroup() ? "还没有人说话。" : about));
}

// A new or changed message: only its own bubble is drawn again, so that reading is not disturbed.
function drawMessage(message, isNew) {
  const list = state.shown.messages;
  const at = list.findIndex((one) => one.message_id === message.message_id);
  if (at < 0) list.push(message);
  else list[at] = message;
  const group = groups(list).find((one) => one.some((each) => each.message_id === message.message_id));
  const old = log.querySelector(`[data-id="${group[0].message_id}"]`);
  const fresh = bubble(group, view());
  fresh.classList.add(isNew && !old ? "new" : "touched");
  if (old) return old.replaceWith(fresh);
  const before = list[list.length - 2];
  if (!before || dayOf(before) !== dayOf(message)) log.append(make("div", { class: "day" }, dayOf(message)));
  log.append(fresh);
  drawEmpty(false);
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}

const redraw = trying(async () => {
  await refresh();
  await openRoom();
  drawAll();
  if (stuck) toEnd();
});

const events = {
  message({ chat_id, message }) {
    const chat = state.chats.get(chat_id);
    if (!chat) return redraw();
    Object.assign(chat, { last: message, opened: chat.opened || message.from?.id === chat_id });
    if (chat_id === state.room) {
      if (message.from?.id !== state.me) typing = 0;
      drawMessage(message, true);
      drawState();
      drawFoot();
      if (stuck || message.from?.id === state.me) toEnd();
    }
    drawPeople();
  },
  edited({ chat_id, message }) {
    const chat = state.chats.get(chat_id);
    if (chat?.last?.message_id === message.message_id) chat.last = message;
    if (chat_id === state.room) drawMessage(message, false);
    if (stuck) toEnd();
    drawPeople();
  },
  deleted({ chat_id, message_id }) {
    if (chat_id !== state.room) return;
    state.shown.messages = state.shown.messages.filter((one) => one.message_id !== message_id);
    drawLog();
  },
  unread({ chat_id, user_id, count }) {
    const chat = state.chats.get(chat_id);
    if (chat) chat.unread[user_id] = count;
    if (chat_id === state.room && user_id === state.me && count) seen();
    drawPeople();
    drawHead();
  },
  action({ chat_id }) {
    if (chat_id !== state.room) return;
    typing = Date.now() + 5000;
    drawState();
    setTimeout(drawState, 5100);
  },
  toast({ user_id, text, alert, url }) {
    for (const busy of log.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    if (user_id !== state.me) return;
    if (url) followLink(url);
    if (text) (alert ? alertBox : toast)(text);
  },
  keyboard({ chat_id }) {
    if (chat_id === state.room) trying(openRoom)().then(drawFoot).then(() => stuck && toEnd());
  },
  commands: () => trying(openRoom)().then(drawFoot),
  profile: redraw,
  chats: redraw,
  reset: redraw,
};

function setUpMenus() {
  menu(byId("more-open"), byId("more"), (close) => {
    const then = (action) => trying(async () => (close(), await action()));
    const kicked = state.chats.get(state.me).bot_status === "kicked";
    const block = item(kicked ? "解除屏蔽机器人" : "屏蔽机器人", null, then(() => act(kicked ? "unblock" : "block", { user_id: state.me })));
    const paper = item("看文字记录", null, then(() => window.open(`/sim/transcript/${state.room}`)));
    return [block, paper];
  });
  const root = document.documentElement.classList;
  const hide = () => root.remove("people-shown");
  byId("people-open").addEventListener("click", () => {
    root.add("people-shown");
    byId("people-list").querySelector("[aria-current=true]")?.focus();
  });
  byId("people-close").addEventListener("click", hide);
  byId("people-shade").addEventListener("click", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function setUpScroll() {
  let before = 0;
  scroll.addEventListener("scroll", () => {
    const near = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END;
    // Only a hand that moves up lets go of the end; a picture that loads does not.
    if (near || scroll.scrollTop < before) stuck = near;
    before = scroll.scrollTop;
    byId("to-end").hidden = stuck;
  });
  byId("to-end").addEventListener("click", toEnd);
  new ResizeObserver(() => stuck && toEnd()).observe(scroll);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("hashchange", trying(async () => (readAddress(), await go(state.me, state.room))));
}

function connection(how) {
  const line = byId("link");
  // Whatever happened before the stream was open is read anew.
  if (how === "on") redraw();
  line.className = `link ${how}`;
  line.textContent = how === "on" ? "连上了,正在看着" : "断开了,正在重连…";
}

readAddress();
await refresh();
setUpMenus();
setUpScroll();
setUpFoot();
setUpTools();
await go(state.me, state.room);
listen((event) => events[event.kind]?.(event), connection);
