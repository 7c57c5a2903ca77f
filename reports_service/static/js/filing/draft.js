// A report that is not finished stays on this device until it is sent or dropped.
import { fillIn, isWorthKeeping, photos, report } from "./report.js";
import { element, say } from "./words.js";

const PAUSE = 800; // milliseconds after the last change
export const KEPT = "filing-draft"; // set while there is one: nothing is loaded to find out

/** Keep what is filled in, some moments after each change. */
export function keepWhileTyping(form) {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(form), PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("visibilitychange", () => document.hidden && keep(form));
}

async function keep(form) {
  const whole = report(form);
  if ("sent" in form.dataset || !isWorthKeeping(whole)) return;
  const sending = await import("../offline/sending.js").catch(() => null);
  await sending?.keepDraft(whole);
  if (sending) localStorage.setItem(KEPT, "1");
}

/** Offer to go on with the newest draft. `filled` is called with its fields in the form. */
export async function offer(form, filled) {
  const sending = await import("../offline/sending.js").catch(() => null);
  const [newest] = (await sending?.drafts()) ?? [];
  if (!newest) return localStorage.removeItem(KEPT);
  const place = form.querySelector("[data-draft]");
  const note = element("div", "", { class: "note stack tight" });
  const goOn = element("button", say("draft_go_on"), { type: "button", class: "second" });
  const drop = element("button", say("draft_drop"), { type: "button", class: "plain" });
  const ways = element("p", "", { class: "row" });
  ways.append(goOn, drop);
  note.append(element("p", say("draft")), ways);
  place.replaceChildren(note);
  place.hidden = false;
  goOn.addEventListener("click", async () => {
    place.hidden = true;
    fillIn(form, newest);
    const shown = await import("./photos.js");
    if (!photos.length) shown.showAgain(form, newest.photos);
    await filled(); // then the questions of its category are there, too
    fillIn(form, newest);
  });
  drop.addEventListener("click", async () => {
    place.hidden = true;
    localStorage.removeItem(KEPT);
    await sending.dropDraft(newest.idempotency_key);
  });
  return undefined;
}
