// What every page does once scripts run: send a form once, format sums while they are typed,
// offer copying and sharing, and keep the shell of the wallet at hand.

// A second tap on the same form does nothing; the server would do it once all the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// Coming back to a page that the browser kept, the form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

// 12000 becomes 12,000 while it is typed; the server reads either.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-sum]")) return;
  const digits = field.value.replace(/[^0-9]/g, "").replace(/^0+(?=\d)/, "");
  const shown = digits.replace(/\B(?=(\d{3})+$)/g, ",");
  if (/[^0-9,]/.test(field.value) || shown === field.value) return;
  field.value = shown;
});

document.addEventListener("click", async (event) => {
  const add = event.target.closest?.("[data-add]");
  if (add) {
    const field = document.getElementById(add.dataset.into);
    const sum = Number(field.value.replace(/[^0-9]/g, "") || 0) + Number(add.dataset.add);
    field.value = String(sum);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const share = event.target.closest?.("[data-share]");
  if (share) {
    const url = new URL(share.dataset.share, location.href).href;
    try {
      await (navigator.share ? navigator.share({ url }) : navigator.clipboard.writeText(url));
      share.querySelector("[data-shared]")?.removeAttribute("hidden");
    } catch { /* the person changed their mind */ }
  }
});

// The first error of a form that came back is where one goes on.
const wrong = document.querySelector("[aria-invalid=true], [role=alert]");
if (wrong?.matches("input, select, textarea")) wrong.focus();

for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js");
