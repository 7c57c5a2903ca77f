// One more row of a form, in place; without script the button asks the service for it.
const more = document.querySelector("button[name=more]");
const template = document.querySelector(`template[data-row="${CSS.escape(more.value)}"]`);

more.addEventListener("click", (event) => {
  event.preventDefault();
  const place = template.parentElement.querySelectorAll(":scope > fieldset").length;
  const row = template.content.firstElementChild.cloneNode(true);
  for (const part of [row, ...row.querySelectorAll("*")]) number(part, place);
  template.before(row);
  row.querySelector("input").focus();
});

function number(part, place) {
  for (const attribute of part.attributes) attribute.value = attribute.value.replace("ROW", place);
  for (const node of part.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) node.data = node.data.replace("NUMBER", place + 1);
  }
}
