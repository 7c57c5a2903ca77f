// The page of a report: forms that keep what is typed, photos large, the map when it is asked for.

import { openMap, pin } from "../map/base.js";
import { account } from "./asking.js";
import { keepDrafts } from "./drafts.js";
import { forgetDrafts } from "./leaving.js";
import { offerNames } from "./mentions.js";
import { showLarge } from "./photos.js";
import { sayHere } from "./presence.js";
import { offerTemplates } from "./templates.js";
import { leadBack } from "./way_back.js";

leadBack();
forgetDrafts(account()); // of whoever was here before and did not sign out
for (const form of document.querySelectorAll("form[data-act]")) {
  keepDrafts(form);
  offerTemplates(form);
}
document.querySelectorAll("[data-mentions]").forEach(offerNames);
showLarge([...document.querySelectorAll("a[data-large]")]);
sayHere(document.querySelector("[data-here]"));

const place = document.querySelector("[data-map-opens]");
place?.addEventListener("toggle", open, { once: true });

async function open() {
  const element = place.querySelector(".map");
  const [lat, lon] = [Number(element.dataset.lat), Number(element.dataset.lon)];
  const map = await openMap(element, { lat, lon });
  pin(map, lat, lon, { label: element.dataset.label });
}
