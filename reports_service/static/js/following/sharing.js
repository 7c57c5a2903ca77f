// Sharing the public address of a report: by the device's own menu, else by copying it.

/** Show the button of one `[data-share]` field where the browser can share or copy. */
export function offerSharing(field) {
  const button = field.querySelector("button");
  const address = field.querySelector("input");
  if (!navigator.share && !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => share(address.value, button, field));
}

async function share(url, button, field) {
  try {
    if (navigator.share) {
      await navigator.share({ title: document.title, url });
      return;
    }
    await navigator.clipboard.writeText(url);
    field.querySelector("[role=status]").textContent = button.dataset.copied;
  } catch (stopped) {
    if (stopped.name !== "AbortError") field.querySelector("input").select();
  }
}
