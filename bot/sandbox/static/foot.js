// The lower edge: composer, command menu, attachments, the bot's reply keyboard.
import { act, base64 } from "/static/server.js";
import { byId, icon, item, make, menu } from "/static/nodes.js";
import { askPhotos, sampleScene, shrink } from "/static/photos.js";
import { toast, trying } from "/static/notices.js";
import { inGroup, state } from "/static/state.js";

const entry = byId("entry");
const PLACES = [
  ["东湖社区广场", 27.80412, 114.38156],
  ["东湖小区 3 栋 2 单元", 27.80533, 114.38301],
  ["西街菜市场门口", 27.79968, 114.37722],
  ["街道办事处", 27.80127, 114.37985],
];
const LARGEST = 50 * 1024 * 1024;
let edited = null;
let keysShown = true;

const here = () => ({ user_id: state.me, chat_id: state.room });

export function beginEdit(message) {
  edited = message;
  byId("editing").hidden = !message;
  if (!message) return;
  byId("editing").querySelector("span").textContent = `正在改:${message.text || message.caption}`;
  entry.value = message.text || message.caption;
  entry.focus();
}

export function drawFoot() {
  const chat = state.chats.get(state.room);
  const blocked = !inGroup() && chat.bot_status === "kicked";
  const fresh = !inGroup() && !blocked && !chat.opened;
  byId("begin").hidden = !(fresh || blocked);
  byId("begin").textContent = blocked ? "解除屏蔽,接着用" : "开始";
  byId("composer").hidden = fresh || blocked;
  drawKeys(fresh || blocked);
}

function drawKeys(none) {
  const board = none ? null : state.shown.keyboard;
  const rows = board?.keyboard || [];
  byId("keys-toggle").hidden = !rows.length;
  byId("keys").hidden = !rows.length || !keysShown;
  byId("keys-toggle").setAttribute("aria-expanded", `${keysShown}`);
  entry.placeholder = board?.input_field_placeholder || "说点什么";
  byId("keys").replaceChildren(...rows.map((row) => make("div", {}, ...row.map(key))));
}

function key(button) {
  const label = button.text ?? button;
  const symbol = button.request_contact ? "person" : button.request_location ? "pin" : null;
  const press = trying(async () => {
    await act("press", { ...here(), label });
    if (state.shown.keyboard?.one_time_keyboard) (state.shown.keyboard = null), drawFoot();
  });
  return make("button", { type: "button", onclick: press }, symbol && icon(symbol), label);
}

const send = trying(async () => {
  const text = entry.value;
  if (!text.trim()) return;
  entry.value = "";
  if (edited) await act("edit", { ...here(), message_id: edited.message_id, text });
  else await act("text", { ...here(), text });
  beginEdit(null);
});

export function setUpFoot() {
  byId("composer").addEventListener("submit", (event) => (event.preventDefault(), send()));
  entry.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  byId("editing").querySelector("button").addEventListener("click", () => ((entry.value = ""), beginEdit(null)));
  byId("keys-toggle").addEventListener("click", () => ((keysShown = !keysShown), drawFoot()));
  byId("begin").addEventListener("click", trying(begin));
  menu(byId("commands-open"), byId("commands"), commandItems);
  menu(byId("attach-open"), byId("attach"), attachItems);
  byId("pick-photos").addEventListener("change", trying(pickedPhotos));
  byId("pick-file").addEventListener("change", trying(pickedFile));
}

async function begin() {
  const blocked = state.chats.get(state.me).bot_status === "kicked";
  await act(blocked ? "unblock" : "start", { user_id: state.me });
}

function commandItems(close) {
  const commands = state.shown.commands || [];
  if (!commands.length) return [make("p", {}, "机器人还没有登记命令。")];
  return commands.map(({ command, description }) => {
    const use = trying(async () => (close(), await act("text", { ...here(), text: `/${command}` })));
    return make("button", { type: "button", role: "menuitem", onclick: use }, make("code", {}, `/${command}`), make("span", {}, description));
  });
}

function attachItems(close) {
  const then = (action) => trying(async () => (close(), await action()));
  return [
    item("照片(可多张)", "photo", then(() => byId("pick-photos").click())),
    item("现成的照片", "photo", then(async () => sendPhotos([await sampleScene()]))),
    item("现成的三张", "photo", then(async () => sendPhotos([await sampleScene(0), await sampleScene(1), await sampleScene(2)]))),
    item("位置", "pin", then(askPlace)),
    item("我的电话", "person", then(() => act("contact", here()))),
    item("文件", "file", then(() => byId("pick-file").click())),
    item("一段语音", "voice", then(() => act("voice", here()))),
    item("贴纸", "person", then(() => act("sticker", here()))),
    item("实时位置", "pin", then(() => act("location", { ...here(), latitude: PLACES[0][1], longitude: PLACES[0][2], live_period: 900 }))),
    item("转发一段话", "send", then(() => act("forward", { ...here(), text: "听说明天停水,是真的吗?", hidden: "老邻居" }))),
    item("投票", "menu", then(() => act("poll", { ...here(), question: "周末一起打扫楼道吗?", options: ["去", "不去"] }))),
  ];
}

async function pickedPhotos(event) {
  const files = [...event.target.files].slice(0, 10);
  event.target.value = "";
  if (files.length) await sendPhotos(await Promise.all(files.map(shrink)));
}

async function sendPhotos(blobs) {
  const caption = await askPhotos(blobs);
  if (caption === null) return;
  const photos = await Promise.all(blobs.map(base64));
  if (photos.length === 1) await act("photo", { ...here(), data: photos[0], caption });
  else await act("album", { ...here(), photos, caption });
}

async function pickedFile(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  if (file.size > LARGEST) return toast("文件太大了,最多 50 MB");
  await act("document", { ...here(), name: file.name, mime: file.type, data: await base64(file) });
}

async function askPlace() {
  const dialog = byId("places");
  const buttons = PLACES.map(([name, latitude, longitude], at) => make("button", { type: "submit", value: `${at}` }, name, make("small", {}, `${latitude}, ${longitude}`)));
  byId("places-list").replaceChildren(...buttons);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  const place = PLACES[dialog.returnValue || -1];
  if (place) await act("location", { ...here(), latitude: place[1], longitude: place[2] });
}
