// What is wrong with a step, said beside its fields before anybody goes on.
import { photos } from "./report.js";
import { element } from "./words.js";

/** Mark what is wrong in a step. Returns the first field to mend, or null. */
export function firstWrong(form, step) {
  form.addEventListener("input", mended);
  form.addEventListener("change", mended);
  const marked = [...step.querySelectorAll("[data-wrong]")].map((field) => {
    const wrong = isWrong(form, field);
    mark(field, wrong ? field.dataset.wrong : null);
    return wrong ? field : null;
  });
  return marked.find(Boolean) ?? null;
}

/** Words go as soon as what they say is no longer so. */
function mended({ currentTarget: form }) {
  for (const field of form.querySelectorAll("[data-wrong][aria-invalid]")) {
    if (!isWrong(form, field)) mark(field, null);
  }
}

function isWrong(form, field) {
  const value = (name) => form.elements[name].value.trim();
  switch (field.name) {
    case "area":
      return !value("area") && !value("location.lat");
    case "description":
      return !value("description") && !photos.length && !form.elements.uploads;
    case "reporter.consent":
      return !field.checked && ["name", "phone", "email"].some((part) => value(`reporter.${part}`));
    default:
      return !field.checkValidity();
  }
}

/** Put words beside a field, or take them away. */
export function mark(field, words) {
  const id = `${field.id}-wrong`;
  document.getElementById(id)?.remove();
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  field.toggleAttribute("aria-invalid", false);
  if (words) {
    const above = field.closest(".choice") ?? field;
    above.before(element("span", words, { class: "wrong", id }));
    field.setAttribute("aria-invalid", "true");
    others.push(id);
  }
  if (others.length) field.setAttribute("aria-describedby", others.join(" "));
  else field.removeAttribute("aria-describedby");
}
