// Notices on this device (Web Push): asked for only by a button, and ended by one.

const WORKER = "/sw.js";

/** Show the buttons of one `[data-push]` part where the browser knows web push. */
export async function offerNotices(part) {
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis)) return;
  const registration = await navigator.serviceWorker.getRegistration("/").catch(() => undefined);
  const current = await registration?.pushManager.getSubscription();
  show(part, Boolean(current) && heardHere(part));
  part.hidden = false;
  part.querySelector("[data-begin]").addEventListener("click", () => attempt(part, begin));
  part.querySelector("[data-stop]").addEventListener("click", () => attempt(part, stop));
}

async function attempt(part, act) {
  const buttons = part.querySelectorAll("button");
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  try {
    tell(part, await act(part));
  } catch {
    tell(part, part.dataset.failed);
  } finally {
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  }
}

async function begin(part) {
  if ((await Notification.requestPermission()) !== "granted") return part.dataset.denied;
  await navigator.serviceWorker.register(WORKER, { scope: "/", type: "module" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription =
    (await pushManager.getSubscription()) ??
    (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: part.dataset.key }));
  await send(part, "POST", subscription.toJSON());
  remember(part, true);
  show(part, true);
  return part.dataset.on;
}

async function stop(part) {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  if (subscription) await send(part, "DELETE", { endpoint: subscription.endpoint });
  remember(part, false);
  show(part, false);
  return part.dataset.off;
}

async function send(part, method, body) {
  const answer = await fetch(part.dataset.push, {
    method,
    headers: { "Content-Type": "application/json", "X-Form-Token": part.dataset.token },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

// The device is told of several reports by one subscription; which ones, it notes itself.
function heardHere(part) {
  return localStorage.getItem(note(part)) !== null;
}

function remember(part, heard) {
  if (heard) localStorage.setItem(note(part), "yes");
  else localStorage.removeItem(note(part));
}

function note(part) {
  return `told:${part.dataset.push}`;
}

function show(part, heard) {
  part.querySelector("[data-begin]").hidden = heard;
  part.querySelector("[data-stop]").hidden = !heard;
}

function tell(part, words) {
  part.querySelector("[role=status]").textContent = words;
}
