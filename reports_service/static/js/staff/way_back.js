// The way back from a report to the queue as it was: its filters and state, for this tab.

const KEPT = "queue-address";

/** Keep the address of the queue that is shown now. */
export function keepQueue() {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  try {
    sessionStorage.setItem(KEPT, address.pathname + address.search);
  } catch {
    // storage is forbidden here: the way back leads to the whole queue
  }
}

/** Let the ways back on this page lead there. */
export function leadBack() {
  const address = kept();
  if (!address?.startsWith("/queue")) return;
  for (const link of document.querySelectorAll("[data-back-to-queue]")) link.href = address;
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
