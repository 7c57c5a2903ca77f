// On each page of citizens: sends what waits, says in the bar how much does, and lets the pages be
// opened without network.

import * as kept from "./kept.js";
import { sendAll } from "./sending.js";
import { listen } from "./telling.js";

const words = document.querySelector("script[data-waiting]")?.dataset.waiting ?? "{count}";
const place = document.querySelector(".bar nav");
let badge;

async function show() {
  const count = (await kept.reports()).filter((one) => one.state !== "received").length;
  if (count === 0) {
    badge?.remove();
    badge = undefined;
    return;
  }
  badge ??= made();
  badge.textContent = words.replace("{count}", count);
}

function made() {
  const link = Object.assign(document.createElement("a"), { href: "/waiting" });
  link.className = "waits";
  place?.after(link);
  return link;
}

async function begin() {
  listen(() => show());
  addEventListener("online", () => sendAll());
  await show();
  await sendAll();
}

// After everything else: a first visit has better things to load.
async function register() {
  await navigator.serviceWorker?.register("/sw.js", { type: "module", scope: "/" });
}

const quietly = (work) => work().catch((failed) => console.info("offline:", failed.message));

quietly(begin);
if (document.readyState === "complete") quietly(register);
else addEventListener("load", () => quietly(register));
