// Reads a code by the camera, and sends it as if it were typed. The browser's own reader is used
// where there is one that knows QR codes; else ours, which is fetched only then.

const { detector, wasm } = document.getElementById("scanner").dataset;
const form = document.getElementById("scan");
const start = form.querySelector("[data-start]");
const finder = form.querySelector("[data-viewfinder]");
const video = finder.querySelector("video");
const PAUSE = 120; // milliseconds between two looks

let stream;

async function reader() {
  const known = globalThis.BarcodeDetector ? await BarcodeDetector.getSupportedFormats() : [];
  if (known.includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code"] });
  const own = await import(new URL(detector, location.href));
  own.prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new own.BarcodeDetector({ formats: ["qr_code"] });
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
}

// A code counts once it was read the same twice: a single read may be of a torn frame.
async function watch(codes) {
  let last = "";
  while (stream) {
    const found = video.readyState >= 2 ? await codes.detect(video) : [];
    const text = found[0]?.rawValue ?? "";
    if (text && text === last) return text;
    last = text || last;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return "";
}

async function scan() {
  start.hidden = true;
  finder.hidden = false;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    const text = await watch(await reader());
    if (!text) return;
    stop();
    finder.hidden = true;
    navigator.vibrate?.(40);
    form.elements.payload.value = text;
    form.requestSubmit();
  } catch {
    stop();
    finder.hidden = true;
    form.querySelector("[data-no-camera]").hidden = false;
  }
}

start.addEventListener("click", scan);
form.elements.picture?.addEventListener("change", () => form.requestSubmit());
addEventListener("pagehide", stop);
document.addEventListener("visibilitychange", () => {
  if (document.hidden && stream) {
    stop();
    finder.hidden = true;
    start.hidden = false;
  }
});
// Who allowed the camera before is not asked to press a button, where scanning is what comes first.
if (!("wait" in form.dataset)) navigator.permissions?.query({ name: "camera" }).then(
  (given) => given.state === "granted" && scan(),
  () => {},
);
