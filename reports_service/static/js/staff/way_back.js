// The way back from a report to the queue as it was, and on to the report beside it there: its
// filters, its state and its order, for this tab.

const KEPT = "queue-address";
const ORDER = "queue-order";

/** Keep the address of the queue that is shown now, and the addresses of its reports in order. */
export function keepQueue() {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  const order = [...document.querySelectorAll("[data-queue] h3 a")].map((link) => link.pathname);
  try {
    sessionStorage.setItem(KEPT, address.pathname + address.search);
    sessionStorage.setItem(ORDER, JSON.stringify(order));
  } catch {
    // storage is forbidden here: the way back leads to the whole queue
  }
}

/** Let the ways back on this page lead there, and the ways on to the report before and after. */
export function leadBack() {
  const address = kept(KEPT);
  if (address?.startsWith("/queue")) {
    for (const link of document.querySelectorAll("[data-back-to-queue]")) link.href = address;
  }
  const order = JSON.parse(kept(ORDER) ?? "[]");
  const here = order.indexOf(document.querySelector("[data-work]")?.dataset.work);
  for (const link of document.querySelectorAll("[data-beside-in-queue]")) {
    const beside = here < 0 ? undefined : order[here + Number(link.dataset.besideInQueue)];
    if (!beside) continue;
    link.href = beside;
    link.hidden = false;
  }
}

function kept(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
