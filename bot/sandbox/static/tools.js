// The test bench: what the sandbox noticed, troubles to try, the clock.
import { act, clearFaults, read } from "/static/server.js";
import { byId, make } from "/static/nodes.js";
import { trying } from "/static/notices.js";

const FAULTS = [
  ["太快了,等 3 秒", { method: "send*", retry_after: 3 }],
  ["服务器出错一次", { method: "send*", code: 502 }],
  ["送到了但没回音", { method: "send*", kind: "timeout", seconds: 15 }],
  ["连接断开一次", { method: "send*", kind: "drop" }],
  ["两成调用失败", { method: "*", code: 500, times: null, chance: 0.2, seed: 7 }],
  ["下一条重复到达", { kind: "duplicate" }],
];

export function setUpTools() {
  byId("tools-open").addEventListener("click", trying(async () => {
    document.documentElement.classList.remove("people-shown");
    byId("tools-note").textContent = "";
    drawChoices();
    byId("tools").showModal();
    await drawFacts();
  }));
}

async function drawFacts() {
  const [calls, violations, floods, faults, pending] = await Promise.all(["calls", "violations", "floods", "faults", "pending"].map(read));
  const on = faults.filter((fault) => fault.times === null || fault.hits < fault.times).length;
  const facts = [["机器人的调用", calls.length], ["不合规的", violations.length], ["发得太快", floods.breaches.length], ["等着送的", pending.length], ["开着的麻烦", on]];
  byId("tools-facts").replaceChildren(...facts.map(([name, count]) => make("div", {}, make("dt", {}, name), make("dd", {}, `${count}`))));
}

function drawChoices() {
  const faults = FAULTS.map(([label, fault]) => choice(label, () => act("faults", fault), `开了:${label}`));
  byId("tools-faults").replaceChildren(...faults, choice("全部关掉", clearFaults, "麻烦都关掉了"));
  byId("tools-more").replaceChildren(
    choice("时间快进 3 分钟", () => act("clock", { advance: 180 }), "快进了 3 分钟,旧的按钮点击已经过期"),
    choice("全部重来", () => act("reset"), "小镇回到了最初"),
    make("a", { href: "/sim/calls", target: "_blank" }, "看全部调用"),
    make("a", { href: "/sim/violations", target: "_blank" }, "看不合规的地方"),
  );
}

function choice(label, action, note) {
  const run = trying(async () => {
    await action();
    byId("tools-note").textContent = note;
    await drawFacts();
  });
  return make("button", { type: "button", onclick: run }, label);
}
