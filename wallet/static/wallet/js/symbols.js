// A pay code of twenty digits as a QR code (version 1, level M, ISO/IEC 18004) and as bars
// (Code 128 C), drawn on the phone: there may be no network to ask for a picture.

const SIZE = 21, DATA = 16, CHECK = 10;
const FORMAT = "101010000010010"; // level M, mask 0

const EXP = [], LOG = [];
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = x; LOG[x] = i;
  x = (x << 1) ^ (x & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

function checkWords(words) {
  let generator = [1];
  for (let i = 0; i < CHECK; i++) {
    const next = new Array(generator.length + 1).fill(0);
    generator.forEach((g, j) => { next[j] ^= g; next[j + 1] ^= times(g, EXP[i]); });
    generator = next;
  }
  const rest = [...words, ...new Array(CHECK).fill(0)];
  for (let i = 0; i < words.length; i++) {
    const lead = rest[i];
    generator.forEach((g, j) => { rest[i + j] ^= times(g, lead); });
  }
  return rest.slice(words.length);
}

function wordsOf(digits) {
  const bits = (value, count) => value.toString(2).padStart(count, "0");
  let text = "0001" + bits(digits.length, 10);
  for (let i = 0; i < digits.length; i += 3) {
    const part = digits.slice(i, i + 3);
    text += bits(Number(part), [0, 4, 7, 10][part.length]);
  }
  text = (text + "0000").padEnd(Math.ceil((text.length + 4) / 8) * 8, "0");
  const words = text.match(/.{8}/g).map((byte) => parseInt(byte, 2));
  for (let i = 0; words.length < DATA; i++) words.push(i % 2 ? 17 : 236);
  return [...words, ...checkWords(words)];
}

export function qrPath(digits) {
  const dark = Array.from({ length: SIZE }, () => new Array(SIZE).fill(null));
  const finder = (row, column) => {
    for (let r = -1; r <= 7; r++) for (let c = -1; c <= 7; c++) {
      if (dark[row + r]?.[column + c] === undefined) continue;
      const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
      dark[row + r][column + c] = ring !== 2 && ring !== 4;
    }
  };
  finder(0, 0); finder(0, SIZE - 7); finder(SIZE - 7, 0);
  for (let i = 8; i < SIZE - 8; i++) dark[6][i] = dark[i][6] = i % 2 === 0;
  for (let i = 0; i < 15; i++) {
    const bit = FORMAT[14 - i] === "1"; // the lowest bit first
    if (i < 6) dark[i][8] = bit; else if (i < 8) dark[i + 1][8] = bit; else dark[SIZE - 15 + i][8] = bit;
    if (i < 8) dark[8][SIZE - 1 - i] = bit; else if (i < 9) dark[8][7] = bit; else dark[8][14 - i] = bit;
  }
  dark[SIZE - 8][8] = true;
  const bits = wordsOf(digits).map((word) => word.toString(2).padStart(8, "0")).join("");
  let at = 0, up = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let i = 0; i < SIZE; i++) {
      const row = up ? SIZE - 1 - i : i;
      for (const column of [right, right - 1]) {
        if (dark[row][column] !== null) continue;
        dark[row][column] = (bits[at++] === "1") !== ((row + column) % 2 === 0);
      }
    }
    up = !up;
  }
  return dark.flatMap((line, r) => line.map((on, c) => (on ? `M${c + 4} ${r + 4}h1v1h-1z` : ""))).join("");
}
export const qrBox = `0 0 ${SIZE + 8} ${SIZE + 8}`;

const WIDTHS = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";

export function barsOf(digits) {
  const values = digits.match(/../g).map(Number);
  const check = values.reduce((sum, value, i) => sum + value * (i + 1), 105) % 103;
  const widths = [105, ...values, check].map((v) => WIDTHS.slice(v * 6, v * 6 + 6)).join("") + "2331112";
  let at = 10, path = "";
  [...widths].forEach((width, i) => {
    if (i % 2 === 0) path += `M${at} 0h${width}v40h-${width}z`;
    at += Number(width);
  });
  return { path, box: `0 0 ${at + 10} 40` };
}
