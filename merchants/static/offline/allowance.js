// Setting money aside: names this phone's key to the server, and takes the certificate in.

import { load } from "./phone.js";
import { keeper } from "./kept.js";

const form = document.querySelector("[data-allowance]"), finish = document.querySelector("[data-finish]");
const device = await keeper("jigap").get("device").catch(() => undefined);
if (device) form.elements.public_key.value = device.key;
document.querySelector("[data-unbound]").hidden = Boolean(device);

const id = new URLSearchParams(location.search).get("id");
if (id && device && finish) {
  finish.hidden = false;
  form.hidden = true;
  finish.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = finish.querySelector("input[type=password]"), pin = field.value, body = new FormData(finish);
    field.value = "";
    const answer = await fetch(`/pay/allowance/${encodeURIComponent(id)}/certificate`, { method: "POST", body });
    finish.querySelector("[data-wrong]").hidden = answer.ok;
    if (!answer.ok) return;
    await load(await answer.json(), device, pin);
    // What reads codes is large: it is fetched now, and kept for when there is no network.
    const files = JSON.parse(finish.dataset.files);
    await caches.open(finish.dataset.cache).then((cache) => cache.addAll(files)).catch(() => {});
    finish.hidden = true;
    document.querySelector("[data-ready]").hidden = false;
  });
}
