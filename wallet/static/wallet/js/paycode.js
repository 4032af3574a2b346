// The pay code that this phone makes itself. Two keys, neither of which a script can read back: one
// signs that the phone is bound (Ed25519), the other makes the codes (HMAC). Both stay in IndexedDB.

import { barsOf, qrBox, qrPath } from "./symbols.js";

const STEP = 30;

function store(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("jigap", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = act(opening.result.transaction("kept", mode).objectStore("kept"));
      asked.onsuccess = () => { opening.result.close(); resolve(asked.result); };
      asked.onerror = () => reject(asked.error);
    };
  });
}
const get = (name) => store("readonly", (kept) => kept.get(name));
const put = (name, value) => store("readwrite", (kept) => kept.put(value, name));

const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

// RFC 6238 with HMAC-SHA-256 and eight digits, then the check digits of ISO 7064 MOD 97-10.
async function codeNow(own) {
  const step = BigInt(Math.floor((Date.now() / 1000 + own.ahead) / STEP));
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, step);
  const digest = new DataView(await crypto.subtle.sign("HMAC", own.key, message));
  const number = (digest.getUint32(digest.getUint8(31) & 15) & 0x7fffffff) % 100000000;
  const body = own.prefix + own.handle + String(number).padStart(8, "0");
  return body + String(98n - (BigInt(body) * 100n) % 97n).padStart(2, "0");
}

async function showOwn(section) {
  const own = await get("code");
  if (!own || own.until * 1000 < Date.now()) return false;
  const draw = async () => {
    const code = await codeNow(own);
    const bars = barsOf(code);
    const paint = (element, box, path) => {
      if (!element.firstChild) element.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
      element.setAttribute("viewBox", box);
      element.firstChild.setAttribute("d", path);
    };
    paint(section.querySelector("[data-qr]"), qrBox, qrPath(code));
    section.querySelector("[data-bars]").setAttribute("preserveAspectRatio", "none");
    paint(section.querySelector("[data-bars]"), bars.box, bars.path);
    section.querySelector("[data-digits]").textContent = code.match(/.{4}/g).join(" ");
  };
  await draw();
  setInterval(draw, 1000);
  section.hidden = false;
  navigator.wakeLock?.request("screen").catch(() => {});
  return true;
}

async function bind(card, form) {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign"]);
  const key = toText(await crypto.subtle.exportKey("raw", pair.publicKey));
  const said = new TextEncoder().encode(`jigap.device.v1\n${card.dataset.number}\n${key}`);
  form.elements.name.value = navigator.userAgentData?.platform || navigator.platform || "Phone";
  form.elements.public_key.value = key;
  form.elements.signature.value = toText(await crypto.subtle.sign("Ed25519", pair.privateKey, said));
  await put("device", { pair, key });
  form.submit();
}

async function issue(card, form, device) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", card.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("public_key", device.key);
  body.set("pin", form.querySelector("input").value);
  const answer = await fetch(card.dataset.key, { method: "POST", body });
  form.querySelector("input").value = "";
  if (answer.status === 404) { await store("readwrite", (kept) => kept.delete("device")); return false; }
  form.querySelector("[data-wrong]").hidden = answer.ok;
  if (!answer.ok) return false;
  const told = await answer.json();
  const key = await crypto.subtle.importKey("raw", toBytes(told.key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const ahead = told.server_time - Math.floor(Date.now() / 1000);
  await put("code", { key, ahead, prefix: told.prefix, handle: told.handle, until: told.expires_at });
  return true;
}

async function prepare(card) {
  const [form, pin] = [card.querySelector("[data-bind]"), card.querySelector("[data-issue]")];
  const say = (state) => {
    for (const line of card.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== state;
    form.hidden = state !== "new";
    pin.hidden = state !== "bound";
    card.querySelector("[data-show]").hidden = state !== "ready";
  };
  const [device, own] = [await get("device"), await get("code")];
  const isBound = device && (new URLSearchParams(location.search).has("bound") || own);
  say(own && own.until * 1000 > Date.now() ? "ready" : isBound ? "bound" : "new");
  form.addEventListener("submit", (event) => { event.preventDefault(); bind(card, form); });
  pin.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await issue(card, pin, device)) say("ready");
  });
}

const card = document.getElementById("phone");
if (card && globalThis.indexedDB && crypto.subtle) prepare(card).catch(() => { card.hidden = true; });
const own = document.getElementById("own");
if (own && await showOwn(own).catch(() => false)) document.getElementById("none").hidden = true;
