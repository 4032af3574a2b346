// The page of the till with no network: keypad, code, what the customer shows, and the queue.

import * as till from "./offline.js";

const page = document.getElementById("offline");
const find = (what) => page.querySelector(what);
const words = document.getElementById("words").content;
const say = (code) => words.querySelector(`[data-code="${code}"]`)?.textContent ?? words.querySelector("[data-code=broken]").textContent;
const money = (minor) => page.dataset.money.replace("{}", String(minor).replace(/\B(?=(\d{3})+$)/g, ","));
const complaint = find("[data-says]"), scan = document.getElementById("scan"), pad = find("[data-keypad]");
let asked;

function show(name) {
  for (const view of page.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
  complaint.hidden = true;
}
function complain(code) {
  complaint.textContent = say(code);
  complaint.hidden = false;
}

async function showQueue() {
  const { till: own, book } = await till.state();
  const waiting = Object.keys(book.kept).length, last = await till.lastUpload();
  find("[data-count]").textContent = waiting;
  find("[data-count]").classList.toggle("pill--wait", waiting > 0);
  find("[data-waiting]").hidden = !waiting;
  find("[data-done]").hidden = Boolean(waiting) || !last;
  find("[data-failed]").hidden = !last?.failed;
  if (own) {
    document.querySelector("[data-store]").textContent = own.store;
    document.querySelector("[data-label]").textContent = own.label;
  }
  return own;
}

async function connect() {
  let isOnline = false;
  if (navigator.onLine) isOnline = await till.synchronize().then(() => true, () => false);
  for (const pill of document.querySelectorAll("[data-net]")) pill.hidden = (pill.dataset.net === "yes") !== isOnline;
  return showQueue();
}

const digitsOf = (text) => text.replace(/[^0-9]/g, "");
pad.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (!key) return;
  const field = pad.elements.amount, digits = digitsOf(field.value);
  field.value = (key === "back" ? digits.slice(0, -1) : digits + key).slice(0, 9);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

pad.addEventListener("submit", async (event) => {
  event.preventDefault();
  const amount = Number(digitsOf(pad.elements.amount.value));
  if (!amount) return;
  const { till: own } = await till.state();
  const order = `${own.terminal}-${[...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
  try { asked = { amount, ...(await till.ask(amount, order)) }; } catch (error) { return complain(error.code); }
  till.draw(find("canvas"), asked.text);
  for (const sum of page.querySelectorAll("[data-amount]")) sum.textContent = money(amount);
  scan.elements.payload.value = "";
  show("show");
});

scan.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = scan.elements.payload.value;
  scan.elements.payload.value = "";
  try {
    const isDigits = /^\s*[0-9]{3}\s*[0-9]{3}\s*$/.test(text);
    const found = isDigits ? await till.takeDigits(asked.nonce, digitsOf(text)) : await till.take(text);
    if (found.wrong) return complain(found.wrong);
    if (found.nonce !== asked.nonce) return complain("nonce_unknown");
    find("[data-kept]").hidden = found.how !== "voucher";
    pad.elements.amount.value = "";
    show("paid");
    announce(say("paid").replace("{}", money(found.amount)));
    await connect();
  } catch (error) { complain(error.code ?? "broken"); }
});

function announce(text) {
  if (localStorage.getItem("till.quiet") === "yes" || !globalThis.speechSynthesis) return;
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.lang = document.documentElement.lang;
  speechSynthesis.speak(spoken);
}

for (const button of page.querySelectorAll("[data-again]")) button.addEventListener("click", () => show("ask"));
addEventListener("online", connect);
setInterval(connect, 20_000);
if (await connect()) show("ask");
