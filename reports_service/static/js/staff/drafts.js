// What is typed into a form is kept while it is typed: by the service, so that it is there on another
// computer too, and on this one where the network is away.

import { account, code, send } from "./asking.js";
import { draftOf } from "./leaving.js";

const QUIET_MS = 1500;
const NO_DRAFT = new Set(["form_token", "version"]);

/** Keep the drafts of a form. */
export function keepDrafts(form) {
  restore(form);
  let waiting;
  form.addEventListener("input", () => {
    keepHere(form);
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(form), QUIET_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    forgetHere(form);
  });
}

async function keep(form) {
  const kept = await send(`drafts/${form.dataset.act}`, typed(form));
  const line = form.querySelector("[data-kept]");
  line.textContent = kept ? line.dataset.words : line.dataset.onlyHere;
  if (kept) forgetHere(form);
}

/** The fields of the form by the names that the act knows, without files and empty ones. */
function typed(form) {
  const begin = `${form.dataset.act}.`;
  const fields = new Map(); // a plain object would take some names for something else
  for (const [name, value] of new FormData(form)) {
    if (NO_DRAFT.has(name) || typeof value !== "string" || !value.trim()) continue;
    fields.set(name.startsWith(begin) ? name.slice(begin.length) : name, value);
  }
  const says = [...fields.keys()].some((name) => name !== "template" && name !== "unit");
  return says ? fields : new Map();
}

function place(form) {
  return draftOf(account(), code(), form.dataset.act);
}

function keepHere(form) {
  try {
    localStorage.setItem(place(form), JSON.stringify([...typed(form)]));
  } catch {
    // full or forbidden: the service keeps it
  }
}

function forgetHere(form) {
  try {
    localStorage.removeItem(place(form));
  } catch {
    // nothing was kept then
  }
}

/** What this computer kept and the service has not, comes back into fields that are empty. */
function restore(form) {
  for (const [name, value] of keptHere(form)) {
    const field = form.elements.namedItem(`${form.dataset.act}.${name}`);
    if (!field || field.type === "file") continue;
    if (field instanceof RadioNodeList || !field.value) field.value = value;
  }
}

function keptHere(form) {
  try {
    return new Map(JSON.parse(localStorage.getItem(place(form))) ?? []);
  } catch {
    return new Map();
  }
}
