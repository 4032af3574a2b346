const OFFLINE = "/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...FILES, ...PAGES, OFFLINE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const stale = (names) => names.filter((name) => name.startsWith("jigap-/") && name !== SHELL);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(stale(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

const kept = (request) => caches.match(request, { ignoreSearch: true, ignoreVary: true }).then((found) => found || caches.match(OFFLINE));

// Files come from the cache first: their names change with their content. Pages come from the
// server and nowhere else, since they show money; without a network there is one page about that.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(request)));
  } else if (new URL(request.url).pathname.startsWith(STATIC)) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification(told.title || "Jigap", { body: told.body || "", data: told }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/notices"));
});
