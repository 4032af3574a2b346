// The till with no network: asks by a code of its own, takes a receipt or six digits (the payer has a
// network), or a voucher (nobody has), keeps vouchers and uploads them. merchants/offline/reference/till.py
// is the same in Python, in the same order.

import { generate, mode } from "../wallet/vendor/lean-qr-2.7.4/lean-qr.js";
import { keeper } from "../offline/kept.js";
import * as wire from "../offline/wire.js";

const kept = keeper("jigap-till");
const now = () => Math.floor(Date.now() / 1000);
const refuse = (code) => { throw new wire.Refused(code); };
const EMPTY = { asked: {}, seen: {}, kept: {}, digests: [], day: "", day_total: 0, clock: 0, uploaded_at: 0, listed_at: 0, revoked: [] };
const MOST_TRIES = 3, HOUR = 3600, LAST = 200;
const KEPT_KEYS = ["issuers", "terms", "store", "label", "terminal"];

export const state = async () => ({ till: await kept.get("till"), book: (await kept.get("book")) ?? structuredClone(EMPTY) });

// One change of the book at a time, on disk before anybody is told of it.
const change = (act) => kept.alone(async () => {
  const { till, book } = await state();
  const result = await act(book, till);
  await kept.put("book", book);
  return result;
});

function lookAtClock(book, at) {
  if (at < book.clock) refuse("clock_back");
  book.clock = at;
}

export const ask = (amount, order_no) => change(async (book, till) => {
  const at = now(), certificate = wire.record("till", till.body);
  lookAtClock(book, at);
  if (at >= certificate.expires_at) refuse("certificate_expired");
  for (const [old, one] of Object.entries(book.asked)) if (at - one.asked_at > 24 * HOUR) delete book.asked[old];
  const nonce = crypto.getRandomValues(new Uint8Array(8));
  book.asked[wire.hex(nonce)] = { amount, currency: certificate.currency, asked_at: at, order_no, tries: 0 };
  const body = wire.body("ask", { nonce, amount, currency: certificate.currency, asked_at: at, order_no });
  const signature = await wire.sign(till.key, await wire.message("ask", body, till.body));
  return { nonce: wire.hex(nonce), text: wire.seal("JGT1:", [till.body, till.issued, body, signature]) };
});

const askedFor = (book, nonce) => book.asked[nonce] ?? refuse("nonce_unknown");

const takeReceipt = (text) => change(async (book, till) => {
  lookAtClock(book, now());
  const [body, signature] = wire.unseal("JGR1:", text, 1);
  const receipt = wire.record("receipt", body);
  await wire.requireIssued("receipt", receipt, signature, till.issuers);
  const nonce = wire.hex(receipt.nonce), asked = askedFor(book, nonce);
  const own = wire.record("till", till.body).till_id;
  if (!wire.same(receipt.till_id, own) || receipt.amount !== asked.amount || receipt.currency !== asked.currency) refuse("receipt_other");
  delete book.asked[nonce];
  return { amount: receipt.amount, nonce, how: "receipt", number: receipt.number };
});

// RFC 4226, 5.3, of SHA-256, with the key that the server gave this till.
export const takeDigits = (nonce, digits) => change(async (book, till) => {
  const asked = askedFor(book, nonce);
  const amount = new DataView(new ArrayBuffer(8));
  amount.setBigUint64(0, BigInt(asked.amount));
  const said = [...wire.unhex(nonce), ...new Uint8Array(amount.buffer), ...new TextEncoder().encode(asked.currency)];
  const digest = new DataView(await crypto.subtle.sign("HMAC", till.code_key, Uint8Array.from(said)));
  const right = String((digest.getUint32(digest.getUint8(31) & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
  if (right === digits) { delete book.asked[nonce]; return { amount: asked.amount, nonce, how: "digits" }; }
  asked.tries += 1;
  if (asked.tries >= MOST_TRIES) delete book.asked[nonce];
  return { wrong: asked.tries >= MOST_TRIES ? "digits_over" : "digits_wrong" };
});

function requireWithin(voucher, certificate) {
  const alike = wire.same(voucher.allowance_id, certificate.allowance_id) && voucher.currency === certificate.currency;
  if (!alike) refuse("voucher_other_payment");
  const fits = voucher.amount > 0 && voucher.amount <= certificate.each && voucher.amount <= voucher.cumulative;
  if (!fits || voucher.cumulative > certificate.cap) refuse("voucher_above_cap");
  if (voucher.counter < 1 || voucher.counter > certificate.count) refuse("voucher_above_cap");
}

const takeVoucher = (text) => change(async (book, till) => {
  const at = now(), terms = till.terms ?? refuse("not_accepted");
  lookAtClock(book, at);
  const [above, issued, body, signature] = wire.unseal("JGV1:", text, 2);
  const certificate = wire.record("allowance", above), voucher = wire.record("voucher", body);
  if (at - book.listed_at > terms.list_hours * HOUR || at - book.uploaded_at > terms.upload_hours * HOUR) refuse("must_synchronize");
  await wire.requireIssued("allowance", certificate, issued, till.issuers);
  const signed = await wire.message("voucher", body, above);
  if (!(await wire.verifies(certificate.device_key, signature, signed))) refuse("signature_wrong");
  if (at >= certificate.expires_at) refuse("voucher_expired");
  const id = wire.hex(certificate.allowance_id);
  if (book.revoked.includes(id)) refuse("voucher_revoked");
  const digest = wire.hex(await wire.sha256(signed));
  if (book.digests.includes(digest)) refuse("voucher_replayed");
  if (!wire.same(voucher.till_id, wire.record("till", till.body).till_id)) refuse("voucher_other_till");
  const nonce = wire.hex(voucher.nonce), asked = book.asked[nonce];
  if (!asked || voucher.amount !== asked.amount || voucher.currency !== asked.currency || voucher.asked_at !== asked.asked_at) refuse("voucher_other_payment");
  requireWithin(voucher, certificate);
  const seen = (book.seen[id] ??= { counter: 0, cumulative: 0, total: 0 });
  const before = voucher.cumulative - voucher.amount;
  const follows = voucher.counter === seen.counter + 1 ? before === seen.cumulative : before >= seen.cumulative;
  if (voucher.counter <= seen.counter || !follows) refuse("voucher_out_of_order");
  const today = new Date(at * 1000).toISOString().slice(0, 10);
  if (book.day !== today) Object.assign(book, { day: today, day_total: 0 });
  const stored = Object.values(book.kept).reduce((sum, one) => sum + one.amount, 0), sum = voucher.amount;
  const over = sum > terms.each || seen.total + sum > terms.allowance || book.day_total + sum > terms.day || stored + sum > terms.stored;
  if (over) refuse("limit_reached");
  Object.assign(seen, { counter: voucher.counter, cumulative: voucher.cumulative, total: seen.total + sum });
  book.digests.push(digest);
  book.kept[digest] = { text: wire.seal("JGS1:", [body, signature]), amount: sum, order_no: asked.order_no, at };
  book.day_total += sum;
  delete book.asked[nonce];
  return { amount: sum, nonce, how: "voucher" };
});

// Whatever the payer shows: a receipt, or a voucher.
export const take = (text) => (text.startsWith("JGR1:") ? takeReceipt(text) : takeVoucher(text));

const fromServer = async (path, options) => {
  const answer = await fetch(path, options);
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.json();
};

async function takeNews(told) {
  await kept.alone(async () => {
    const { till, book } = await state();
    if (till) await kept.put("till", { ...till, ...Object.fromEntries(KEPT_KEYS.map((key) => [key, told[key]])) });
    const [body, signature] = wire.unseal("JGL1:", told.revocations, 1);
    const list = wire.record("list", body);
    await wire.requireIssued("list", list, signature, told.issuers);
    if (list.listed_at < book.listed_at) return;
    Object.assign(book, { listed_at: list.listed_at, revoked: list.allowances.map(wire.hex), clock: Math.max(book.clock, list.listed_at) });
    if (!Object.keys(book.kept).length) book.uploaded_at = Math.max(book.uploaded_at, now());
    await kept.put("book", book);
  });
}

async function upload(token) {
  const { book } = await state();
  const waiting = Object.entries(book.kept).slice(0, LAST);
  if (!waiting.length) return 0;
  const vouchers = waiting.map(([, one]) => ({ voucher: one.text, order_no: one.order_no }));
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const told = await fromServer("/till/offline/vouchers", { method: "POST", headers, body: JSON.stringify({ vouchers }) });
  await change(async (book) => {
    for (const [digest] of waiting) delete book.kept[digest];
    if (!Object.keys(book.kept).length) book.uploaded_at = now();
  });
  const failed = told.outcomes.filter((one) => one.state !== "PAID").length;
  await kept.put("last_upload", { at: now(), count: waiting.length, failed });
  return waiting.length + (await upload(told.token));
}

// With a network: the list of the revoked, a certificate where there is none or it ends soon, the queue.
export async function synchronize() {
  const told = await fromServer("/till/offline/news");
  await takeNews(told);
  await upload(told.token);
  if (!told.terms) return false;
  const { till } = await state();
  const isFresh = till && till.terminal === told.terminal && wire.record("till", till.body).expires_at - now() > 3 * 24 * HOUR;
  if (isFresh) return true;
  const key = await wire.makeKey(), public_key = wire.hex(key.public);
  const proof = new TextEncoder().encode(`jigap.till-key.v1\n${told.terminal}\n${public_key}`);
  const form = new URLSearchParams({ public_key, signature: wire.hex(await wire.sign(key, proof)) });
  const made = await fromServer("/till/offline/certificate", { method: "POST", body: form, headers: { "X-CSRFToken": told.token } });
  const [body, issued] = wire.unseal("JGC1:", made.certificate, 1);
  const code_key = await crypto.subtle.importKey("raw", wire.unhex(made.code_key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await kept.put("till", { key, body, issued, code_key, ...Object.fromEntries(KEPT_KEYS.map((name) => [name, made[name]])) });
  return true;
}
export const lastUpload = () => kept.get("last_upload");

export function draw(canvas, text) {
  generate(text, { modes: [mode.alphaNumeric] }).toCanvas(canvas, { on: [18, 32, 27], off: [255, 255, 255] });
}
