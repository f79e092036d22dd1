// What the page knows: people, chats, and which of them is looked at now.
import { read } from "/static/server.js";

export const state = { bot: {}, people: [], chats: new Map(), words: {}, me: 0, room: 0, shown: null };

export async function refresh() {
  const town = await read("settings");
  Object.assign(state, { bot: town.bot, people: town.people, words: town.words });
  state.chats = new Map(town.chats.map((chat) => [chat.id, chat]));
  if (!person(state.me)) state.me = state.people[0].id;
  if (!roomsOf(state.me).some((chat) => chat.id === state.room)) state.room = state.me;
}

export const person = (id) => state.people.find((one) => one.id === id);

// The chats a person is in: the private one first.
export function roomsOf(userId) {
  const rooms = [...state.chats.values()].filter((chat) => chat.members.includes(userId));
  return rooms.sort((a, b) => (b.type === "private") - (a.type === "private"));
}

export function unreadOf(userId) {
  return roomsOf(userId).reduce((sum, chat) => sum + (chat.unread[userId] || 0), 0);
}

export const botName = () => state.words["name:"] || state.bot.first_name || "";

export const inGroup = () => state.room !== state.me;

// The messages, keyboard and menu of the chat that is open.
export async function openRoom() {
  state.shown = await read(`chat/${state.room}?user_id=${state.me}`);
}

// Where the page stands is in its address, so that two windows can show two people.
export function readAddress() {
  const [me, room] = location.hash.slice(1).split("/").map(Number);
  state.me = me || state.me;
  state.room = room || state.me;
}

export function writeAddress() {
  const hash = inGroup() ? `#${state.me}/${state.room}` : `#${state.me}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}
