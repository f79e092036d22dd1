// Talks to the sandbox: people's actions under /sim, and the stream of what happens.

export async function read(path) {
  const reply = await fetch(`/sim/${path}`);
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.error || `${reply.status}`);
  return body;
}

export async function act(action, body = {}) {
  const reply = await fetch(`/sim/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const result = await reply.json();
  if (!reply.ok) throw new Error(result.error || `${reply.status}`);
  return result;
}

export async function clearFaults() {
  await fetch("/sim/faults", { method: "DELETE" });
}

export function fileUrl(fileId) {
  return `/sim/file/${encodeURIComponent(fileId)}`;
}

// Calls `onEvent` for each event and `onState` with "on" or "off"; the browser reconnects by itself.
export function listen(onEvent, onState) {
  const source = new EventSource("/sim/events");
  source.onopen = () => onState("on");
  source.onerror = () => onState("off");
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
}

export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}
