// Sends a report from a page: it is kept on this device first, so that nothing can lose it.

import * as kept from "./kept.js";
import { tell } from "./telling.js";

const PATIENCE_MS = 8000; // then the page leads to /waiting, where the sending goes on
const AGAIN_AFTER_MS = 30000;
const HAS_DRAFT = "filing-draft";
const WAITING = { state: "waiting" };
export const SYNC = "send-reports"; // by this name the browser wakes the service worker

export { drafts } from "./kept.js";

// ``report``: {idempotency_key, fields: {name: text or texts}, photos: [Blob]}.
// Resolves with {state: "received", code, next}, {state: "waiting"} or {state: "refused", problem}.
export async function send({ idempotency_key: key, fields, photos = [] }) {
  await keepToSend(key, fields, photos);
  await dropDraft(key);
  tell({ key, state: "waiting" });
  await askToBeWoken();
  if (navigator.onLine === false) return WAITING;
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, WAITING));
  return Promise.race([now(key).then(outcome, later), patience]);
}

// The newest draft is the one that the form offers to go on with.
export async function keepDraft(draft) {
  await kept.keepDraft(draft);
  localStorage.setItem(HAS_DRAFT, "1"); // the form looks here first
  tell({});
}

export async function dropDraft(key) {
  await kept.dropDraft(key);
  tell({});
}

// Try again, once it was mended or because somebody asks.
export async function retry(key) {
  const report = await kept.report(key);
  if (!report || report.state === "received") return report;
  await kept.keep({ ...report, state: "waiting", problem: null, again_at: 0 });
  tell({ key, state: "waiting" });
  return now(key);
}

// A refused report becomes a draft again, to be mended in the form; its key with it.
export async function mend(key) {
  const { fields, photos } = await kept.report(key);
  await keepDraft({ idempotency_key: key, fields, photos: photos.map(({ blob }) => blob) });
  await remove(key);
}

export async function remove(key) {
  await kept.letGo(key);
  tell({ key });
}

let going;

// Send all that waits, now and again while this page is open; one such round at a time.
export function sendAll() {
  going ??= round().finally(() => (going = undefined));
  return going;
}

async function round() {
  if ((await kept.waiting()).length === 0) return;
  const { deliverAll } = await delivery();
  if (navigator.onLine !== false && (await deliverAll()) === 0) return;
  await askToBeWoken();
  setTimeout(sendAll, await pause());
}

// Until the first of them may be sent again; of those that broke off nobody knows when.
async function pause() {
  const now = Date.now();
  const times = (await kept.waiting()).map(({ again_at }) => Math.max((again_at ?? 0) - now, 0));
  return Math.min(...times.map((time) => time || AGAIN_AFTER_MS), AGAIN_AFTER_MS);
}

async function now(key) {
  const { deliver } = await delivery();
  return deliver(key);
}

// What sends is loaded only when there is something to send.
async function delivery() {
  const [steps] = await Promise.all([import("./delivery.js"), import("../../lib/tus.js")]);
  return steps;
}

async function keepToSend(key, fields, photos) {
  const before = await kept.report(key);
  if (before && before.state !== "refused") return; // a second touch of the button
  await kept.keep({
    key,
    fields,
    photos: photos.map((blob) => ({ blob, url: null, done_at: null })),
    count: photos.length,
    state: "waiting",
    kept_at: new Date().toISOString(),
  });
  navigator.storage?.persist?.().catch(() => {}); // a wish: the browser may say no
}

// Background Sync, where the browser has it: sent even after the page is closed.
async function askToBeWoken() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration("/");
    await registration?.sync?.register(SYNC);
  } catch {
    // Not allowed here: it is sent when one of our pages is opened next.
  }
}

function outcome(report) {
  if (report?.state === "received") return { state: "received", ...report.answer };
  if (report?.state === "refused") return { state: "refused", problem: report.problem };
  return later();
}

async function later() {
  setTimeout(sendAll, await pause());
  return WAITING;
}
