// Sending: by the module that can wait for a network, and in its absence as a plain form.
import { report, sendPlainly } from "./report.js";
import { element, say } from "./words.js";

/** Send the report and go on to where its code, or its waiting, is shown. */
export async function send(form) {
  const words = form.querySelector("[data-sending]");
  const button = form.querySelector("[data-send]");
  words.textContent = say("sending");
  words.hidden = false;
  button.disabled = true;
  const sending = await import("../offline/sending.js").catch(() => null);
  const answer = await sending?.send(report(form)).catch(() => null); // no room on this device, say
  if (!answer) return sendPlainly(form);
  form.dataset.sent = "";
  if (answer.state === "received") return location.assign(answer.next);
  if (answer.state === "waiting") return location.assign("/waiting");
  delete form.dataset.sent;
  button.disabled = false;
  words.hidden = true;
  return refuse(form, answer.problem);
}

/** The summary on top, each line a way to its field. */
function refuse(form, problem) {
  form.querySelector(".summary")?.remove();
  const box = element("div", "", { class: "summary stack tight", role: "alert", tabindex: "-1" });
  const list = element("ul");
  for (const error of problem.errors ?? []) {
    const line = element("li");
    line.append(element("a", error.detail, { href: `#field-${error.field.replaceAll(".", "-")}` }));
    list.append(line);
  }
  box.append(list.children.length ? list : element("p", problem.detail));
  form.prepend(box);
  box.focus();
}
