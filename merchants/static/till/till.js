// The till once scripts run: keys for the thumb, a scanner that types, and a voice that says aloud
// what was paid, each payment once.

const QUIET = "till.quiet", SAID = "till.said", CODE = 20;

function remembered() {
  try { return JSON.parse(sessionStorage.getItem(SAID)) || []; } catch { return []; }
}
const isQuiet = () => localStorage.getItem(QUIET) === "yes";

// Two rising notes, for who hears them sooner than words, and for where there is no voice.
function chime() {
  const sound = new AudioContext();
  for (const [at, pitch] of [[0, 784], [0.12, 1175]]) {
    const tone = sound.createOscillator(), loudness = sound.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.2, sound.currentTime + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.3);
    tone.connect(loudness).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.3);
  }
  setTimeout(() => sound.close(), 800);
}

export function announce(text) {
  if (isQuiet()) return;
  if (navigator.userActivation?.hasBeenActive) chime();
  if (!globalThis.speechSynthesis) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = document.documentElement.lang;
  speechSynthesis.speak(words);
}

// What was there when the till was opened is known; what comes is said. The page of a payment that
// the cashier waits for says so at once, whatever was there.
function listen(isFirst) {
  const said = remembered();
  for (const element of document.querySelectorAll("[data-paid]")) {
    if (said.includes(element.dataset.paid)) continue;
    said.push(element.dataset.paid);
    if (!isFirst || wasWaitedFor(element.dataset.paid)) announce(element.dataset.say);
  }
  sessionStorage.setItem(SAID, JSON.stringify(said.slice(-50)));
}
// A till that left the keypad for this payment waits for it; one that looks it up later does not.
const wasWaitedFor = (number) => {
  const from = document.referrer && new URL(document.referrer).pathname;
  return location.pathname.endsWith(number) && (from === "/till" || from === "/till/scan");
};

listen(sessionStorage.getItem(SAID) === null || !document.getElementById("news"));
document.addEventListener("htmx:afterSettle", () => listen(false));

const button = document.querySelector("[data-sound]");
function showSound() {
  button?.setAttribute("aria-pressed", String(!isQuiet()));
}
button?.addEventListener("click", () => {
  localStorage.setItem(QUIET, isQuiet() ? "no" : "yes");
  showSound();
});
showSound();

const pad = document.querySelector("[data-keypad]");
if (pad) {
  const field = pad.elements.amount;
  field.setAttribute("inputmode", "none"); // the keys below are the keyboard
  const write = (digits) => {
    field.value = digits.slice(0, 12);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const digitsOf = (text) => text.replace(/[^0-9]/g, "");
  pad.addEventListener("click", (event) => {
    const key = event.target.closest?.("[data-key]")?.dataset.key;
    if (!key) return;
    const digits = digitsOf(field.value);
    write(key === "back" ? digits.slice(0, -1) : digits + key);
  });

  // A scanner types twenty digits and Enter, wherever the cursor is: they are no amount.
  let typed = "", before = [];
  addEventListener("keydown", (event) => {
    if (/^[0-9]$/.test(event.key)) {
      before.push(field.value);
      typed += event.key;
      if (event.target === document.body) write(digitsOf(field.value) + event.key);
    } else if (event.key === "Enter" && typed.length >= CODE) {
      event.preventDefault();
      field.value = before[typed.length - CODE];
      pad.elements.code.value = typed.slice(-CODE);
      pad.requestSubmit();
    } else if (event.key !== "Shift") { typed = ""; before = []; }
  }, true);
}

// A page that the browser kept has an order number that may be used up.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// The network may go at any moment: the page for that is kept, with what it needs, while there is one.
const SYNCHRONIZED = "till.synchronized", MINUTE = 60_000;
async function prepare(page) {
  if (Date.now() - Number(localStorage.getItem(SYNCHRONIZED)) > MINUTE) {
    const offline = await import("./offline.js");
    await offline.synchronize();
    localStorage.setItem(SYNCHRONIZED, String(Date.now()));
  }
  await navigator.serviceWorker.ready;
  page.dataset.prepared = "yes";
}
const atTill = document.querySelector("[data-at-till]");
if (atTill && "serviceWorker" in navigator && isSecureContext) {
  navigator.serviceWorker.register("/till/sw.js", { scope: "/till" });
  prepare(atTill).catch(() => {}); // the next page tries again
  addEventListener("offline", () => location.assign("/till/offline"));
}
