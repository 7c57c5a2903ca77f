// Everything once more before it is sent, each with a way back to mend it.
import { photos } from "./report.js";
import { element, say } from "./words.js";

/** Nothing to prepare. */
export function enhance() {}

/** Show what was filled in. */
export function visit(form) {
  const list = form.querySelector("[data-checked]");
  const rows = [...form.querySelectorAll("[data-step]:not([hidden])")].filter((step) => step.dataset.step !== "check");
  list.replaceChildren(...rows.map((step) => row(form, step)));
  list.hidden = false;
}

function row(form, step) {
  const whole = element("div");
  const value = element("dd", "", { class: "row" });
  const change = element("button", say("change"), { type: "button", class: "plain", "data-to": step.dataset.step });
  change.append(element("span", ` ${step.dataset.name}`, { class: "for-reading" }));
  value.append(element("span", SAID[step.dataset.step](form)), change);
  whole.append(element("dt", step.dataset.name), value);
  return whole;
}

const SAID = {
  photo: () => (photos.length ? say("photos_count", { count: photos.length }) : say("no_photos")),
  place: (form) => joined([form.elements.address.value, form.elements.area.value && form.elements.area.selectedOptions[0].text]),
  what: (form) => joined([form.elements.description.value, form.elements.category.selectedOptions[0].text]),
  details: (form) => joined([...form.querySelectorAll("[data-questions] input")].map(answer)) || "–",
  you: (form) => joined(["name", "phone", "email"].map((part) => form.elements[`reporter.${part}`].value)) || say("anonymous"),
};

function answer(input) {
  const choosing = input.type === "radio" || input.type === "checkbox";
  return choosing ? input.checked && input.labels[0].textContent : input.value;
}

function joined(parts) {
  return parts.map((part) => String(part || "").trim()).filter(Boolean).join(" · ");
}
