// What a device keeps in IndexedDB, keys included: they can be used, and read by no script.

export function keeper(name) {
  const open = () => new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  // Resolves when it is on disk, not when it is asked for: a counter that is lost would sign twice.
  const act = async (mode, run) => {
    const db = await open();
    try {
      return await new Promise((resolve, reject) => {
        const deal = db.transaction("kept", mode, { durability: "strict" });
        const asked = run(deal.objectStore("kept"));
        deal.oncomplete = () => resolve(asked.result);
        deal.onabort = deal.onerror = () => reject(deal.error);
      });
    } finally { db.close(); }
  };
  return {
    get: (key) => act("readonly", (kept) => kept.get(key)),
    put: (key, value) => act("readwrite", (kept) => kept.put(value, key)),
    drop: (key) => act("readwrite", (kept) => kept.delete(key)),
    // Two tabs, one after the other.
    alone: (run) => (navigator.locks ? navigator.locks.request(name, run) : run()),
  };
}
