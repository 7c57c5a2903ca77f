// Two people on one report see each other: the page says that it is open, and shows who else has it.

import { send } from "./asking.js";

const EVERY_MS = 25_000;

/** Say so while the page is looked at; `line` shows the others. */
export function sayHere(line) {
  const tell = async () => {
    if (document.hidden) return;
    const answer = await send("here");
    if (answer) show(line, (await answer.json()).names);
  };
  tell();
  setInterval(tell, EVERY_MS);
  addEventListener("pagehide", () => send("here", [["left", "yes"]], { last: true }));
}

function show(line, names) {
  const words = names.length ? line.dataset.one.replace("{names}", names.join(", ")) : "";
  if (line.textContent !== words) line.textContent = words;
  line.hidden = !words;
}
