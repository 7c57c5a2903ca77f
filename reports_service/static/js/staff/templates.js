// Templates go into the form's words where the cursor is, without a new page.

/** Let the templates of a form fill it. */
export function offerTemplates(form) {
  for (const link of form.querySelectorAll("[data-insert]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      insert(form, link);
    });
  }
}

function insert(form, link) {
  const field = document.getElementById(link.dataset.into);
  const apart = field.selectionStart > 0 && !/\s$/.test(field.value.slice(0, field.selectionStart));
  field.setRangeText((apart ? "\n" : "") + link.dataset.text, field.selectionStart, field.selectionEnd, "end");
  form.querySelector("[data-template]").value = link.dataset.insert;
  link.closest("details").open = false;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
