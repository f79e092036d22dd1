// Photos before they are sent: made smaller as Telegram's apps do, looked at, given a caption.
import { byId, make } from "/static/nodes.js";

const LONGEST = 1280;

// A JPEG of at most 1280 pixels; what the browser cannot read as a picture raises an error.
export async function shrink(file) {
  const picture = await createImageBitmap(file).catch(() => {
    throw new Error("这个文件不是照片");
  });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}

// Shows the photos and asks for a caption; null when the person thinks better of it.
export async function askPhotos(blobs) {
  const dialog = byId("photos");
  const urls = blobs.map((blob) => URL.createObjectURL(blob));
  byId("photos-grid").replaceChildren(...urls.map((src, at) => make("img", { src, alt: `第 ${at + 1} 张` })));
  byId("photos-title").textContent = blobs.length > 1 ? `发 ${blobs.length} 张照片` : "发照片";
  byId("photos-caption").value = "";
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.querySelector("[value=yes]").focus();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  urls.forEach((url) => URL.revokeObjectURL(url));
  return dialog.returnValue === "yes" ? byId("photos-caption").value : null;
}

// A drawn scene of the kind people report: a dark stairwell, things in the way, a broken cover.
export async function sampleScene(which = Math.floor(Math.random() * 3)) {
  const canvas = new OffscreenCanvas(960, 720);
  const pen = canvas.getContext("2d");
  [stairwell, clutter, cover][which](pen);
  grain(pen);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

function box(pen, colour, ...area) {
  pen.fillStyle = colour;
  pen.fillRect(...area);
}

function stairwell(pen) {
  box(pen, "#22252a", 0, 0, 960, 720);
  for (let step = 0; step < 9; step++) {
    box(pen, `hsl(30 6% ${13 + step * 3}%)`, 120 + step * 42, 250 + step * 50, 720 - step * 42, 50);
    box(pen, "#17181b", 120 + step * 42, 250 + step * 50, 720 - step * 42, 6);
  }
  box(pen, "#31353a", 0, 0, 960, 60);
  pen.fillStyle = "#3b3f3a";
  pen.beginPath();
  pen.arc(480, 92, 30, 0, Math.PI * 2);
  pen.fill();
  box(pen, "#4a4d50", 474, 56, 12, 24);
  box(pen, "#2b3036", 60, 150, 110, 420);
}

function clutter(pen) {
  box(pen, "#cfc8ba", 0, 0, 960, 440);
  box(pen, "#8d8779", 0, 440, 960, 280);
  const boxes = [[90, 330, 210, 200, "#b68b56"], [260, 400, 180, 170, "#a57a48"], [140, 230, 150, 110, "#c29a66"], [520, 300, 80, 260, "#5e7fa0"], [640, 430, 230, 130, "#7a6a5a"]];
  for (const [x, y, width, height, colour] of boxes) {
    box(pen, colour, x, y, width, height);
    box(pen, "rgb(0 0 0 / 18%)", x, y, width, 16);
  }
  pen.lineWidth = 12;
  pen.strokeStyle = "#39424e";
  for (const x of [690, 830]) {
    pen.beginPath();
    pen.arc(x, 590, 54, 0, Math.PI * 2);
    pen.stroke();
  }
}

function cover(pen) {
  box(pen, "#9a9a94", 0, 0, 960, 720);
  box(pen, "#858580", 0, 0, 960, 210);
  pen.fillStyle = "#55575a";
  pen.beginPath();
  pen.ellipse(480, 430, 250, 150, 0, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = "#101112";
  pen.beginPath();
  pen.moveTo(480, 430);
  pen.ellipse(480, 430, 236, 140, 0, -0.4, 1.5);
  pen.fill();
  pen.strokeStyle = "#404245";
  pen.lineWidth = 8;
  for (let x = 270; x < 470; x += 46) {
    pen.beginPath();
    pen.moveTo(x, 360);
    pen.lineTo(x, 500);
    pen.stroke();
  }
}

// A little noise makes each picture another file, as two real photos are.
function grain(pen) {
  for (let dot = 0; dot < 2600; dot++) {
    box(pen, `rgb(${Math.random() < 0.5 ? "255 255 255" : "0 0 0"} / 7%)`, Math.random() * 960, Math.random() * 720, 3, 3);
  }
}
