// Photos large, one after the other: arrows go on and back, Escape closes.

/** Open the photos that these links lead to in a dialog; without it they open by themselves. */
export function showLarge(links) {
  if (!links.length || !window.HTMLDialogElement) return;
  const view = made();
  let here = 0;
  const show = (place) => {
    here = (place + links.length) % links.length;
    const small = links[here].querySelector("img");
    view.picture.src = links[here].href;
    view.picture.alt = small.alt;
    view.caption.textContent = `${small.alt} (${here + 1}/${links.length})`;
  };
  links.forEach((link, place) => link.addEventListener("click", (event) => {
    event.preventDefault();
    show(place);
    view.dialog.showModal();
  }));
  view.dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight") show(here + 1);
    if (key === "ArrowLeft") show(here - 1);
  });
  view.dialog.addEventListener("click", ({ target }) => target === view.dialog && view.dialog.close());
  view.next.addEventListener("click", () => show(here + 1));
  view.before.addEventListener("click", () => show(here - 1));
  view.dialog.addEventListener("close", () => links[here].focus());
}

function made() {
  const template = document.getElementById("large-view");
  const dialog = template.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  const part = (name) => dialog.querySelector(`[data-${name}]`);
  return { dialog, picture: part("picture"), caption: part("caption"), next: part("next"), before: part("before") };
}
