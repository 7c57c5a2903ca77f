// Sends a kept report: its photos first, then the form. Exactly once, whatever breaks off: the key
// was made before the first try, and each step that is done is written down before the next.
//
// Pages and the service worker do the same steps; who comes second finds it done.

import * as kept from "./kept.js";
import { inTime, Later } from "./later.js";
import { sendPhoto } from "./photo.js";
import { Refused } from "./refused.js";
import { tell } from "./telling.js";

const UPLOADS_KEPT_MS = 20 * 3600 * 1000; // the service keeps them for a day
const FOREIGN = [401, 403]; // the form's token was another device's: a new one may do

// The report afterwards; still waiting where it could not be sent now. Nothing, if it is not kept.
export function deliver(key) {
  return exclusively(key, async () => {
    const report = await kept.report(key);
    if (report?.state !== "waiting") return report;
    try {
      await sendPhotos(report);
      await sendForm(report);
    } catch (failed) {
      if (failed instanceof Refused) await settle(report, "refused", { problem: failed.problem });
      if (failed instanceof Later) await putOff(report, failed.wait_ms);
    }
    tell({ key, state: report.state });
    return report;
  });
}

// All that wait and whose time has come, one after the other. Resolves with how many still wait.
export async function deliverAll() {
  let left = 0;
  for (const { key, again_at } of await kept.waiting()) {
    const early = again_at > Date.now();
    left += early || (await deliver(key))?.state === "waiting" ? 1 : 0;
  }
  return left;
}

// Not before the service wants to be asked again; written down, so that every page and the service
// worker know.
async function putOff(report, wait_ms) {
  report.again_at = Date.now() + wait_ms;
  await kept.change(report);
}

function exclusively(key, work) {
  if (!navigator.locks) return work(); // the service files nothing twice anyway
  return navigator.locks.request(`1022-${key}`, work);
}

async function sendPhotos(report) {
  for (const [index, photo] of report.photos.entries()) {
    if (photo.done_at && Date.now() - photo.done_at < UPLOADS_KEPT_MS) continue;
    const say = (percent) =>
      tell({ key: report.key, state: "photo", number: index + 1, count: report.count, percent });
    const begun = (url) => {
      photo.url = url;
      return kept.change(report);
    };
    say(0);
    photo.url = await sendPhoto(photo, { begun, progress: say });
    photo.done_at = Date.now();
    if (!(await kept.change(report))) throw new Error("deleted while it was sent");
  }
}

async function sendForm(report) {
  tell({ key: report.key, state: "sending" });
  let answer = await posted(report);
  if (FOREIGN.includes(answer.status)) answer = await posted(report);
  if (answer.ok) {
    const { code, next, promised_by } = await answer.json();
    await settle(report, "received", { answer: { code, next, promised_by }, photos: [] });
  } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 408) {
    throw Refused.of(answer.status, await answer.text());
  }
}

async function posted(report) {
  const asked = inTime(await fetch("/file/token", { cache: "no-store" }));
  if (!asked.ok) throw new Error(`no token: ${asked.status}`);
  const { token } = await asked.json();
  const headers = { Accept: "application/json", "X-Form-Token": token };
  const sent = { method: "POST", body: formOf(report), headers, redirect: "error" };
  return inTime(await fetch("/file", sent));
}

function formOf(report) {
  const form = new FormData();
  for (const [name, value] of Object.entries(report.fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  form.append("idempotency_key", report.key);
  for (const { url } of report.photos) form.append("uploads", url.split("/").pop());
  return form;
}

async function settle(report, state, said) {
  Object.assign(report, { state }, said);
  await kept.change(report);
}
