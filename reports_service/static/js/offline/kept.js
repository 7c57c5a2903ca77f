// What this device keeps until it is sent: reports with their photos, and forms that are not done.
//
// A report: {key, fields, photos: [{blob, url, done_at}], count, state, kept_at, answer, problem,
// again_at}. again_at: not to be sent before, by the service's wish (milliseconds since 1970).
// state: waiting, received (answer: code, next, promised_by) or refused (problem: RFC 9457).
// A draft: {idempotency_key, fields, photos: [Blob], kept_at}.

const NAME = "1022";
const REPORTS = "reports";
const DRAFTS = "drafts";
let database;

function opened() {
  database ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(REPORTS, { keyPath: "key" });
      asked.result.createObjectStore(DRAFTS, { keyPath: "idempotency_key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return database;
}

// Resolves when what was written is on the disk, with what was read.
async function within(store, mode, act) {
  const transaction = (await opened()).transaction(store, mode, { durability: "strict" });
  const request = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const newestFirst = (one, other) => other.kept_at.localeCompare(one.kept_at);

export function report(key) {
  return within(REPORTS, "readonly", (store) => store.get(key));
}

export async function reports() {
  const found = await within(REPORTS, "readonly", (store) => store.getAll());
  return found.sort(newestFirst);
}

// Those that are still to be sent, oldest first.
export async function waiting() {
  return (await reports()).filter((one) => one.state === "waiting").reverse();
}

export function keep(one) {
  return within(REPORTS, "readwrite", (store) => store.put(one));
}

// Write down what has become of a report, unless it was deleted meanwhile: whether it is there.
export async function change(one) {
  const there = await within(REPORTS, "readwrite", (store) => {
    const found = store.getKey(one.key);
    found.onsuccess = () => found.result !== undefined && store.put(one);
    return found;
  });
  return there !== undefined;
}

export function letGo(key) {
  return within(REPORTS, "readwrite", (store) => store.delete(key));
}

export function keepDraft(draft) {
  const now = new Date().toISOString();
  return within(DRAFTS, "readwrite", (store) => store.put({ ...draft, kept_at: now }));
}

export async function drafts() {
  const found = await within(DRAFTS, "readonly", (store) => store.getAll());
  return found.sort(newestFirst);
}

export function dropDraft(key) {
  return within(DRAFTS, "readwrite", (store) => store.delete(key));
}
