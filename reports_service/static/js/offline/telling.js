// Says to all open pages of this device, and to this one, what has become of a kept report.

const NAME = "1022";
const sender = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
const here = new EventTarget();

// ``change``: {key, state, number, count, percent}, or {} when a draft or the list changed.
export function tell(change) {
  here.dispatchEvent(new CustomEvent("change", { detail: change }));
  sender?.postMessage(change);
}

export function listen(listener) {
  here.addEventListener("change", (event) => listener(event.detail));
  sender?.addEventListener("message", (event) => listener(event.data));
}
