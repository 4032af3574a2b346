// The wire format of paying without a network, as docs/offline.md has it: base45, the small part of
// CBOR that records use, and signatures. The reference is merchants/offline/wire.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
export const TAGS = {
  allowance: "jigap.allowance-certificate.v1", till: "jigap.till-certificate.v1",
  ask: "jigap.till-ask.v1", voucher: "jigap.voucher.v1",
  receipt: "jigap.till-receipt.v1", list: "jigap.revocations.v1",
};
export class Broken extends Error {}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
const utf8 = new TextEncoder();
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

export function toBase45(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let value = pair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let j = 0; j < (pair ? 3 : 2); j++) { text += ALPHABET[value % 45]; value = Math.floor(value / 45); }
  }
  return text;
}

export function fromBase45(text) {
  const bytes = [];
  for (let i = 0; i < text.length; i += 3) {
    const group = [...text.slice(i, i + 3)].map((character) => ALPHABET.indexOf(character));
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (group.length === 1 || group.includes(-1) || value >= (group.length === 3 ? 65536 : 256)) throw new Broken();
    if (group.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return Uint8Array.from(bytes);
}

function head(kind, value) {
  if (value < 24) return [kind | value];
  const size = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
  const bytes = [];
  for (let i = size - 1; i >= 0; i--) bytes.push(Math.floor(value / 256 ** i) & 255);
  return [kind | { 1: 24, 2: 25, 4: 26 }[size], ...bytes];
}

// Numbers, bytes, text, null and arrays of them, in the shortest form (RFC 8949, 4.2.1).
export function write(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return Uint8Array.from(head(0, value));
  if (value instanceof Uint8Array) return join(head(0x40, value.length), value);
  if (typeof value === "string") { const text = utf8.encode(value); return join(head(0x60, text.length), text); }
  if (Array.isArray(value)) return join(head(0x80, value.length), ...value.map(write));
  throw new Broken();
}

export function read(bytes) {
  let at = 0;
  const take = (count) => {
    if (at + count > bytes.length) throw new Broken();
    return bytes.slice(at, (at += count));
  };
  const one = () => {
    const [first] = take(1);
    if (first === 0xf6) return null;
    const size = { 24: 1, 25: 2, 26: 4 }[first & 31] ?? 0;
    if ((first & 31) > 26) throw new Broken();
    const value = size ? take(size).reduce((sum, byte) => sum * 256 + byte, 0) : first & 31;
    if (first >> 5 === 0) return value;
    if (first >> 5 === 2) return take(value);
    if (first >> 5 === 3) return new TextDecoder("utf-8", { fatal: true }).decode(take(value));
    if (first >> 5 === 4) return Array.from({ length: value }, one);
    throw new Broken();
  };
  const value = one();
  // What is not written in the one way it is read is not what was signed.
  if (at !== bytes.length || !same(write(value), bytes)) throw new Broken();
  return value;
}

export const seal = (prefix, parts) => prefix + toBase45(write(parts));

export function unseal(prefix, text, count) {
  if (!text.startsWith(prefix)) throw new Broken();
  const parts = read(fromBase45(text.slice(prefix.length)));
  if (!Array.isArray(parts) || parts.length !== 2 * count) throw new Broken();
  if (!parts.every((part, i) => part instanceof Uint8Array && (i % 2 === 0 || part.length === 64))) throw new Broken();
  return parts;
}

const SHAPES = {
  allowance: ["v", "key_id:4", "allowance_id:8", "device_key:k", "currency:s", "cap:n", "each:n", "count:n", "issued_at:n", "expires_at:n"],
  till: ["v", "key_id:4", "till_id:8", "till_key:k", "merchant_id:s", "terminal_id:s", "store_name:s", "currency:s", "issued_at:n", "expires_at:n"],
  ask: ["v", "nonce:8", "amount:n", "currency:s", "asked_at:n", "order_no:o"],
  voucher: ["v", "allowance_id:8", "counter:n", "amount:n", "cumulative:n", "currency:s", "till_id:8", "nonce:8", "asked_at:n"],
  receipt: ["v", "key_id:4", "till_id:8", "nonce:8", "amount:n", "currency:s", "paid_at:n", "number:s"],
  list: ["v", "key_id:4", "listed_at:n", "allowances:l"],
};
const FITS = {
  n: Number.isInteger, s: (value) => typeof value === "string" && value.length > 0,
  o: (value) => value === null || typeof value === "string",
  k: (value) => value instanceof Uint8Array && (value.length === 32 || value.length === 33),
  l: (value) => Array.isArray(value) && value.every((id) => id instanceof Uint8Array && id.length === 8),
};

// A record of a kind, by the names of its fields, with the bytes it was read from.
export function record(kind, body) {
  const fields = read(body), shape = SHAPES[kind];
  if (!Array.isArray(fields) || fields.length !== shape.length || fields[0] !== 1) throw new Broken();
  const found = { body };
  shape.slice(1).forEach((said, i) => {
    const [name, type] = said.split(":"), value = fields[i + 1];
    const fits = FITS[type] ?? ((bytes) => bytes instanceof Uint8Array && bytes.length === Number(type));
    if (!fits(value)) throw new Broken();
    found[name] = value;
  });
  return found;
}
export const body = (kind, fields) => write(SHAPES[kind].map((said) => (said === "v" ? 1 : fields[said.split(":")[0]])));

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export async function message(kind, bytes, under) {
  return join(utf8.encode(TAGS[kind]), under ? await sha256(under) : [], bytes);
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
function power(base, exponent) {
  let result = 1n;
  for (base %= P; exponent; exponent >>= 1n, base = (base * base) % P) if (exponent & 1n) result = (result * base) % P;
  return result;
}
// Browsers import whole points only: y follows from x, since p is 3 modulo 4 (SEC 1, 2.3.4).
function whole(point) {
  const x = BigInt("0x" + hex(point.slice(1)));
  let y = power((x ** 3n - 3n * x + B) % P + P, (P + 1n) / 4n);
  if ((y & 1n) !== BigInt(point[0] & 1)) y = P - y;
  return join([4], point.slice(1), unhex(y.toString(16).padStart(64, "0")));
}

const ED = { name: "Ed25519" }, EC = { name: "ECDSA", namedCurve: "P-256" }, EC_SIGN = { name: "ECDSA", hash: "SHA-256" };
export async function verifies(key, signature, signed) {
  const is_ed = key.length === 32;
  const own = await crypto.subtle.importKey("raw", is_ed ? key : whole(key), is_ed ? ED : EC, false, ["verify"]);
  return crypto.subtle.verify(is_ed ? ED : EC_SIGN, own, signature, signed);
}

// A key that no script can read back; its public half as certificates have it.
export async function makeKey() {
  let pair;
  try { pair = await crypto.subtle.generateKey(ED, false, ["sign", "verify"]); }
  catch { pair = await crypto.subtle.generateKey(EC, false, ["sign", "verify"]); }
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const is_ed = raw.length === 32;
  return { private: pair.privateKey, public: is_ed ? raw : join([2 + (raw[64] & 1)], raw.slice(1, 33)), is_ed };
}
export const sign = async (key, signed) =>
  new Uint8Array(await crypto.subtle.sign(key.is_ed ? ED : EC_SIGN, key.private, signed));

// Refuse what none of the issuer's keys signed; ``keys`` are in hexadecimal by their ids.
export async function requireIssued(kind, found, signature, keys) {
  const key = keys[hex(found.key_id)];
  if (!key) throw new Refused("issuer_unknown");
  if (!(await verifies(unhex(key), signature, await message(kind, found.body)))) throw new Refused("signature_wrong");
}
export class Refused extends Error {
  constructor(code) { super(code); this.code = code; }
}

// A till's code, known to be genuine: what it asks, and who asks.
export async function readAsk(text, keys) {
  const [above, issued, asked, signature] = unseal("JGT1:", text, 2);
  const till = record("till", above), ask = record("ask", asked);
  await requireIssued("till", till, issued, keys);
  if (!(await verifies(till.till_key, signature, await message("ask", asked, above)))) throw new Refused("signature_wrong");
  return { till, ask };
}
