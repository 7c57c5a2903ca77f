// What it is: suggested from the words, found by a search without accents, or left to the centre.
import { showNear } from "./nearby.js";
import { ask, element, say } from "./words.js";

const PAUSE = 700; // milliseconds after the last letter
const SUGGESTED = 3;
let serial = 0;

/** Put a search and large choices in the place of the select, which keeps the value. */
export function enhance(form) {
  const select = form.elements.category;
  const kinds = element("fieldset", "", { class: "kinds field" });
  kinds.append(
    element("legend", select.labels[0].textContent),
    element("span", form.querySelector("#field-category-hint").textContent, { class: "hint" }),
    element("div", "", { "data-suggested": "", role: "status" }),
    everyKind(form, select),
  );
  select.closest("[data-select]").hidden = true;
  form.querySelector("[data-kinds]").append(kinds);
  let waiting = 0;
  form.elements.description.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(form), PAUSE);
  });
  suggest(form);
}

/** Coming to the step: a draft may have filled it in, and the place may be another. */
export function visit(form) {
  chosen(form, form.elements.category.value);
}

/** Lower case without marks, đ as d: as the options carry their words. */
export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d").replace(/\s+/g, " ").trim();
}

function choose(form, code) {
  form.elements.category.value = code;
  chosen(form, code);
  form.dispatchEvent(new Event("change"));
}

/** What follows from the kind: its questions, whether it is published, what is near. */
function chosen(form, code) {
  for (const radio of form.querySelectorAll("[name^=kind]")) radio.checked = radio.value === code;
  const option = form.elements.category.selectedOptions[0];
  form.querySelector("[data-restricted-words]").hidden = !("restricted" in option.dataset);
  askQuestions(form, code);
  showNear(form);
}

const asked = new Map(); // by category: what was answered stays when somebody chooses again

function askQuestions(form, code) {
  const section = form.querySelector("[data-step=details]");
  const place = section.querySelector("[data-questions]");
  if (place.dataset.of === code || (!place.dataset.of && place.children.length)) {
    place.dataset.of = code;
    return; // the page came with them
  }
  if (place.dataset.of) asked.set(place.dataset.of, [...place.children]);
  const template = document.querySelector(`template[data-questions-of="${CSS.escape(code)}"]`);
  const fields = asked.get(code) ?? (template ? [...template.content.cloneNode(true).children] : []);
  place.replaceChildren(...fields);
  place.dataset.of = code;
  section.hidden = !fields.length;
}

async function suggest(form) {
  const text = form.elements.description.value.trim();
  const place = form.querySelector("[data-suggested]");
  if (text.length < 3) return place.replaceChildren();
  try {
    const body = JSON.stringify({ text });
    const found = await ask("/api/v1/suggestions/category", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const options = found.items.slice(0, SUGGESTED).map(({ category }) => optionOf(form, category.code)).filter(Boolean);
    const words = options.length ? [element("p", say("suggested"))] : [];
    return place.replaceChildren(...words, ...options.map((option) => choice(form, option, "kind")));
  } catch {
    return place.replaceChildren(); // all kinds are below anyway
  }
}

function optionOf(form, code) {
  return [...form.elements.category.options].find((option) => option.value === code);
}

function everyKind(form, select) {
  const more = element("details");
  const search = element("input", "", { type: "search", id: "kind-search", autocomplete: "off", "aria-describedby": "kind-search-hint" });
  const field = element("div", "", { class: "field" });
  field.append(
    element("label", say("search"), { for: "kind-search" }),
    element("span", say("search_hint"), { class: "hint", id: "kind-search-hint" }),
    search,
  );
  const list = element("div", "", { class: "all", tabindex: "0", role: "region", "aria-label": select.labels[0].textContent });
  const none = element("p", say("none_named_so"), { role: "status" });
  none.hidden = true;
  for (const part of select.children) list.append(...listed(form, part));
  search.addEventListener("input", () => narrow(list, none, fold(search.value)));
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  more.append(element("summary", say("all_kinds")), field, none, list);
  return more;
}

function listed(form, part) {
  if (part.tagName === "OPTION") return [choice(form, part)];
  const group = element("div");
  group.append(element("h3", part.label), ...[...part.children].map((option) => choice(form, option)));
  return [group];
}

/** Suggestions and the whole list are groups of their own: one kind can stand, checked, in both. */
function choice(form, option, group = "kind-all") {
  const id = `kind-${(serial += 1)}`;
  const row = element("div", "", { class: "choice" });
  row.dataset.sought = option.dataset.sought ?? fold(option.textContent);
  const radio = element("input", "", { type: "radio", name: group, id, value: option.value });
  radio.checked = option.selected;
  radio.addEventListener("change", () => choose(form, option.value));
  const label = element("label", option.textContent, { for: id });
  if (option.dataset.about) label.append(element("span", option.dataset.about, { class: "hint" }));
  row.append(radio, label);
  return row;
}

function narrow(list, none, sought) {
  const words = sought.split(" ").map((word) => ` ${word}`);
  for (const row of list.querySelectorAll(".choice")) {
    row.hidden = !words.every((word) => ` ${row.dataset.sought}`.includes(word));
  }
  for (const group of list.querySelectorAll("h3")) group.parentElement.hidden = !group.parentElement.querySelector(".choice:not([hidden])");
  none.hidden = Boolean(list.querySelector(".choice:not([hidden])"));
}
