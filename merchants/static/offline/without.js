// The page of the payer with no network: scan the till, look, PIN, and show the voucher.

import * as phone from "./phone.js";

const page = document.getElementById("without"), scan = document.getElementById("scan"), pin = page.querySelector("[data-pin]");
const find = (what) => page.querySelector(what);
const words = document.getElementById("words").content;
const money = (minor) => page.dataset.money.replace("{}", String(minor).replace(/\B(?=(\d{3})+$)/g, ","));
const complaint = find("[data-says]");
let text = "";

function show(name) {
  for (const view of page.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
  complaint.hidden = true;
}
function complain(error) {
  const code = words.querySelector(`[data-code="${error.code}"]`) ? error.code : "broken";
  complaint.textContent = words.querySelector(`[data-code="${code}"]`).textContent;
  complaint.hidden = false;
}
async function tell() {
  const own = await phone.allowance();
  if (own) find("[data-left]").textContent = money(phone.left(own).left);
  return own && phone.left(own).until * 1000 > Date.now();
}

scan.addEventListener("submit", async (event) => {
  event.preventDefault();
  text = scan.elements.payload.value;
  try {
    const { till, ask } = await phone.look(text);
    find("[data-store]").textContent = till.store_name;
    for (const sum of page.querySelectorAll("[data-amount]")) sum.textContent = money(ask.amount);
    scan.elements.payload.value = "";
    show("confirm");
  } catch (error) { complain(error); }
});

pin.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = pin.querySelector("input"), typed = field.value;
  field.value = "";
  try {
    const voucher = await phone.pay(text, typed);
    phone.draw(find("canvas"), voucher.text);
    page.dataset.voucher = voucher.text;
    show("voucher");
    navigator.wakeLock?.request("screen").catch(() => {});
    await tell();
  } catch (error) { complain(error); }
});

for (const button of page.querySelectorAll("[data-again]")) button.addEventListener("click", () => show("scan"));
show((await tell()) ? "scan" : "none");
