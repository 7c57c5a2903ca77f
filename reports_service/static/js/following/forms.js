// Forms: a second press of the button while the first is on its way sends nothing.

/** Let each form below `root` be sent once; coming back to the page, it can be sent again. */
export function sendOnce(root) {
  for (const form of root.querySelectorAll("main form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => forget(root));
}

function forget(root) {
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}
