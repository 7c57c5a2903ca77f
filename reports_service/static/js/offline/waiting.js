// The page of what lies on this device: each report with its state, and what can be done with it.

import * as kept from "./kept.js";
import { dropDraft, keepDraft, mend, remove, retry, sendAll } from "./sending.js";
import { listen } from "./telling.js";

const RECEIVED_KEPT_MS = 7 * 24 * 3600 * 1000;
const TONES = { received: "good", refused: "late", photo: "accent", sending: "accent" };
const WAYS = {
  waiting: ["retry", "delete"],
  refused: ["mend", "retry", "delete"],
  received: ["open", "hide"],
};
const MOMENT = { day: "numeric", month: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit" };
const root = document.querySelector("#waiting");
const words = JSON.parse(root.dataset.words);
const template = document.querySelector("#one");
const sure = document.querySelector("#sure");
const language = document.documentElement.lang;
const shown = new Map(); // key -> the element of a report
const going = new Map(); // key -> what was told of a report that is being sent

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const part = (item, name) => item.querySelector(`[data-part="${name}"]`);
const act = (item, name) => item.querySelector(`[data-act="${name}"]`);
const offer = (item, ...names) => {
  for (const one of item.querySelectorAll("[data-act]")) one.hidden = !names.includes(one.dataset.act);
};

async function show() {
  const [reports, drafts] = await Promise.all([kept.reports(), kept.drafts()]);
  list("reports", reports.map((report) => ofReport(report)));
  list("drafts", drafts.map((draft) => ofDraft(draft)));
  document.querySelector("#nothing").hidden = reports.length + drafts.length > 0;
  forgetAbsent([...reports.map(({ key }) => key), ...drafts.map((one) => one.idempotency_key)]);
}

function list(name, items) {
  const place = document.querySelector(`#${name}`);
  const same = place.children.length === items.length && items.every((item, n) => place.children[n] === item);
  if (!same) place.replaceChildren(...items); // else the focus stays where it is
  document.querySelector(`#${name}-part`).hidden = items.length === 0;
}

function ofReport(report) {
  const item = itemOf(report.key, report, report.photos.map(({ blob }) => blob), report.count);
  const told = report.state === "waiting" ? (going.get(report.key) ?? report) : report;
  stateOf(item, told, report.answer);
  problemsOf(item, report);
  offer(item, ...(WAYS[told.state] ?? ["delete"]));
  if (report.answer) act(item, "open").href = `/r/${encodeURIComponent(report.answer.code)}`;
  return item;
}

function ofDraft(draft) {
  const item = itemOf(draft.idempotency_key, draft, draft.photos ?? [], draft.photos?.length ?? 0);
  stateOf(item, { state: "draft" });
  offer(item, "continue", "delete");
  act(item, "delete").dataset.draft = "yes";
  return item;
}

function itemOf(key, { fields, kept_at }, blobs, count) {
  if (!shown.has(key)) shown.set(key, made(key, blobs[0]));
  const item = shown.get(key);
  part(item, "words").textContent = fields.description || words.without_words;
  part(item, "about").textContent = [when(kept_at), counted(count)].join(" · ");
  return item;
}

function made(key, blob) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.dataset.key = key;
  const picture = item.querySelector("img");
  if (blob) {
    picture.src = URL.createObjectURL(blob);
    picture.hidden = false;
  }
  return item;
}

function stateOf(item, told, answer = {}) {
  const tag = part(item, "state");
  tag.textContent = filled(words[`state_${told.state}`], { ...told, ...answer });
  tag.className = `tag ${TONES[told.state] ?? "soon"}`;
  const bar = item.querySelector("progress");
  bar.hidden = told.state !== "photo";
  bar.value = told.percent ?? 0;
  bar.setAttribute("aria-label", tag.textContent);
}

function problemsOf(item, { state, problem }) {
  const place = part(item, "problems");
  const said = problem?.errors?.map(({ detail }) => detail) ?? [];
  const lines = said.length ? said : [problem?.detail ?? words.refused_unclear];
  place.hidden = state !== "refused";
  place.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function when(moment) {
  const said = new Date(moment).toLocaleString(language, MOMENT);
  return filled(words.kept_at, { when: said });
}

function counted(count) {
  if (count === 0) return words.no_photos;
  return count === 1 ? words.one_photo : filled(words.photos, { count });
}

function forgetAbsent(keys) {
  for (const [key, item] of shown) {
    if (keys.includes(key)) continue;
    URL.revokeObjectURL(item.querySelector("img").src);
    shown.delete(key);
    going.delete(key);
  }
}

async function chosen(event) {
  const asked = event.target.closest("button[data-act]");
  const key = asked?.closest("[data-key]").dataset.key;
  const { act: what, draft } = asked?.dataset ?? {};
  if (what === "retry") await retry(key);
  if (what === "hide") await remove(key);
  if (what === "mend") await mend(key).then(toForm);
  if (what === "continue") await goOn(key).then(toForm);
  if (what === "delete" && (await isSure())) await (draft ? dropDraft(key) : remove(key));
}

// It becomes the newest draft, which the form offers.
async function goOn(key) {
  await keepDraft((await kept.drafts()).find((draft) => draft.idempotency_key === key));
}

const toForm = () => location.assign("/file");

function isSure() {
  sure.returnValue = "no";
  sure.showModal();
  return new Promise((resolve) => {
    sure.addEventListener("close", () => resolve(sure.returnValue === "yes"), { once: true });
  });
}

// Of a change only what matters is said aloud: the percents are not.
function heard(change) {
  if (change.state === "photo" || change.state === "sending") going.set(change.key, change);
  else going.delete(change.key);
  if (change.state === "photo" && change.percent > 0 && shown.has(change.key)) {
    stateOf(shown.get(change.key), change);
  } else {
    show().then(() => sayAloud(change));
  }
}

function sayAloud({ key, state }) {
  const item = shown.get(key);
  if (item && state) document.querySelector("#said").textContent = part(item, "state").textContent;
}

function network() {
  document.querySelector("#no-network").hidden = navigator.onLine !== false;
}

async function forgetLongReceived() {
  const before = new Date(Date.now() - RECEIVED_KEPT_MS).toISOString();
  const old = (await kept.reports()).filter((one) => one.state === "received" && one.kept_at < before);
  await Promise.all(old.map(({ key }) => kept.letGo(key)));
}

root.addEventListener("click", chosen);
listen(heard);
for (const name of ["online", "offline"]) addEventListener(name, network);
network();
await forgetLongReceived();
await show();
await sendAll();
