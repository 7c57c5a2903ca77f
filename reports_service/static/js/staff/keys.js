// Single keys on the pages of staff. An element with data-key="x" is pressed (links, buttons,
// summaries) or focused (fields) by that key; pages may add keys of their own with `onKey`. Keys
// rest while somebody types, with Ctrl, Alt or Meta, in a dialog, and where they were switched off.

const OFF = "keys-off";
const own = new Map();
const help = document.querySelector("[data-keys-dialog]");

/** Call `act(event)` for a key of this page. */
export function onKey(key, act) {
  own.set(key, act);
}

/** Whether keys are in use on this computer. */
export function keysAreOn() {
  return remembered() !== "yes";
}

function remembered() {
  try {
    return localStorage.getItem(OFF);
  } catch {
    return null; // storage is forbidden here: keys stay in use
  }
}

function remember(off) {
  try {
    if (off) localStorage.setItem(OFF, "yes");
    else localStorage.removeItem(OFF);
  } catch {
    // not kept then; the switch holds for this page
  }
}

function typing(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable], .map");
}

function rests(event) {
  const held = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  return held || event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open]");
}

function pressed(event) {
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (rests(event) || !keysAreOn()) return;
  const act = own.get(event.key) ?? standing(event.key);
  if (!act) return;
  event.preventDefault();
  act(event);
}

function standing(key) {
  if (key === "?" && help) return () => help.showModal();
  const element = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  return element && (() => use(element));
}

function use(element) {
  element.focus();
  if (typing(element)) return;
  element.click();
  const form = element.closest("details[open]")?.querySelector("form");
  form?.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}

function prepareHelp() {
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  const onOff = help.querySelector("[data-keys-switch]");
  onOff.checked = keysAreOn();
  onOff.addEventListener("change", () => remember(!onOff.checked));
}

document.addEventListener("keydown", pressed);
if (help) prepareHelp();
document.querySelector("[data-focus]")?.focus();
