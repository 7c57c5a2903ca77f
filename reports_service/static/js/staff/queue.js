// The queue: j and k walk its reports, x chooses one; how many are chosen; and the address of this
// queue, kept for the way back from a report.

import { onKey } from "./keys.js";
import { keepQueue } from "./way_back.js";

const list = document.querySelector("[data-queue]");
const chosen = document.querySelector("[data-chosen]");

function rows() {
  return list ? [...list.children] : [];
}

/** The report that has the focus; -1 where none has. */
function place() {
  return rows().findIndex((row) => row.contains(document.activeElement));
}

function go(step) {
  const all = rows();
  const here = place();
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  const row = all[Math.max(0, Math.min(all.length - 1, next))];
  row?.querySelector("a").focus();
  row?.scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = rows()[place()]?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  count();
}

function count() {
  const number = list.querySelectorAll("input:checked").length;
  chosen.textContent = number ? `(${number})` : "";
}

keepQueue();
onKey("j", () => go(1));
onKey("k", () => go(-1));
onKey("x", choose);
if (list) {
  list.addEventListener("change", count);
  count(); // a browser may remember boxes that were checked
}
