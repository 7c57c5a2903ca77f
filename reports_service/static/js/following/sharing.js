// An address to take along: copied, or handed to the device's own menu.

/** Show the buttons of one `[data-share]` field that this browser has something for. */
export function offerSharing(field) {
  const address = field.querySelector("input");
  offer(field.querySelector("[data-copy]"), navigator.clipboard, async (button) => {
    await navigator.clipboard.writeText(address.value);
    field.querySelector("[role=status]").textContent = button.dataset.copied;
  }, address);
  offer(field.querySelector("[data-send]"), navigator.share, () => navigator.share({ title: document.title, url: address.value }), address);
}

/** What cannot be done after all leaves the address chosen, to be copied by hand. */
function offer(button, possible, act, address) {
  if (!possible) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await act(button);
    } catch (stopped) {
      if (stopped.name !== "AbortError") address.select();
    }
  });
}
