// The payer's phone with no network: answers a till's code with a voucher of its allowance.
// merchants/offline/reference/telephone.py is the same in Python.

import { generate, mode } from "../wallet/vendor/lean-qr-2.7.4/lean-qr.js";
import { keeper } from "./kept.js";
import * as wire from "./wire.js";

const kept = keeper("jigap-allowance");
const now = () => Math.floor(Date.now() / 1000);
const refuse = (code) => { throw new wire.Refused(code); };
const MOST_WRONG = 5, ROUNDS = 200_000;

export const allowance = () => kept.get("allowance");

// Ten bits of a digest: enough to notice a wrong PIN, and too few to find the right one by, for who
// copies this browser's files.
async function mark(pin, salt) {
  const own = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, own, 16);
  return new DataView(bits).getUint16(0) & 1023;
}

export async function load(told, device, pin) {
  const [body, issued] = wire.unseal("JGA1:", told.certificate, 1);
  const certificate = wire.record("allowance", body);
  await wire.requireIssued("allowance", certificate, issued, told.issuers);
  const before = await allowance();
  if (before && wire.same(before.body, body)) return;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const own = { body, issued, issuers: told.issuers, counter: 0, spent: 0, salt, mark: await mark(pin, salt), wrong: 0 };
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", device.pair.publicKey));
  if (!wire.same(certificate.device_key, raw)) refuse("voucher_other_payment");
  await kept.put("allowance", { ...own, key: { private: device.pair.privateKey, is_ed: true } });
}

export async function look(text) {
  const own = (await allowance()) ?? refuse("allowance_spent");
  const { till, ask } = await wire.readAsk(text, own.issuers), certificate = wire.record("allowance", own.body);
  if (now() >= Math.min(till.expires_at, certificate.expires_at)) refuse("certificate_expired");
  if (ask.currency !== certificate.currency || till.currency !== ask.currency) refuse("voucher_other_payment");
  if (ask.amount < 1 || ask.amount > certificate.each || own.counter >= certificate.count) refuse("voucher_above_cap");
  if (ask.amount > certificate.cap - own.spent) refuse("allowance_spent");
  return { till, ask };
}

// The counters go up, and are on disk, before the voucher is there to be shown.
export const pay = (text, pin) => kept.alone(async () => {
  const { till, ask } = await look(text), own = await allowance();
  if (own.wrong >= MOST_WRONG) refuse("pin_over");
  if ((await mark(pin, own.salt)) !== own.mark) {
    await kept.put("allowance", { ...own, wrong: own.wrong + 1 });
    refuse(own.wrong + 1 >= MOST_WRONG ? "pin_over" : "pin_wrong");
  }
  const next = { ...own, wrong: 0, counter: own.counter + 1, spent: own.spent + ask.amount };
  await kept.put("allowance", next);
  const body = wire.body("voucher", {
    allowance_id: wire.record("allowance", own.body).allowance_id,
    counter: next.counter, amount: ask.amount, cumulative: next.spent, currency: ask.currency,
    till_id: till.till_id, nonce: ask.nonce, asked_at: ask.asked_at,
  });
  const signature = await wire.sign(own.key, await wire.message("voucher", body, own.body));
  return { text: wire.seal("JGV1:", [own.body, own.issued, body, signature]), amount: ask.amount, store: till.store_name };
});

export function draw(canvas, text) {
  generate(text, { modes: [mode.alphaNumeric] }).toCanvas(canvas, { on: [18, 32, 27], off: [255, 255, 255] });
}
export const left = (own) => { const said = wire.record("allowance", own.body); return { left: said.cap - own.spent, until: said.expires_at }; };
