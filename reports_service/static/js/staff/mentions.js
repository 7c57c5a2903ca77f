// After "@" in a note: the colleagues that can be named, to be chosen with the arrows and Enter or by
// touch (WAI-ARIA's combobox with a list).

import { ask } from "./asking.js";

const NAMED = /(?:^|\s)@([^\s@][^@\n]{0,40})?$/;

/** Offer names in a field for words. */
export function offerNames(field) {
  const list = document.createElement("ul");
  list.className = "names";
  list.id = `${field.id}-names`;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  field.addEventListener("input", () => look(field, list));
  field.addEventListener("keydown", (event) => walk(event, field, list));
  field.addEventListener("blur", () => setTimeout(() => close(field, list), 200));
}

function begun(field) {
  return NAMED.exec(field.value.slice(0, field.selectionStart));
}

async function look(field, list) {
  const found = begun(field);
  if (!found) return close(field, list);
  const names = await ask("colleagues", { q: found[1] ?? "" });
  if (!begun(field) || !names?.length) return close(field, list);
  list.replaceChildren(...names.slice(0, 6).map((one, number) => option(one, number, field, list)));
  list.hidden = false;
  mark(field, list, 0);
}

function option({ name, insert }, number, field, list) {
  const item = document.createElement("li");
  item.id = `${list.id}-${number}`;
  item.setAttribute("role", "option");
  item.dataset.put = insert;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.tabIndex = -1;
  button.textContent = name;
  item.append(button);
  item.addEventListener("mousedown", (event) => {
    event.preventDefault();
    put(field, list, item);
  });
  return item;
}

function walk(event, field, list) {
  if (list.hidden) return;
  const all = [...list.children];
  const here = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) mark(field, list, (here + steps[event.key] + all.length) % all.length);
  else if (event.key === "Enter" || event.key === "Tab") put(field, list, all[here]);
  else if (event.key === "Escape") close(field, list);
  else return;
  event.preventDefault();
}

function mark(field, list, place) {
  for (const [number, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(number === place));
  field.setAttribute("aria-activedescendant", list.children[place].id);
}

function put(field, list, item) {
  const end = field.selectionStart;
  const start = field.value.lastIndexOf("@", end - 1) + 1;
  field.setRangeText(`${item.dataset.put} `, start, end, "end");
  close(field, list);
}

function close(field, list) {
  list.hidden = true;
  field.removeAttribute("aria-activedescendant");
}
