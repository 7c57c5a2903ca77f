// What others reported near, so that the same is not sent twice.
import { ask, say } from "./words.js";

const SHOWN = 3;
let asked = "";

/** Show open reports of the chosen category near the chosen point; nothing where one is missing. */
export async function showNear(form) {
  const [lat, lon, category] = ["location.lat", "location.lon", "category"].map((name) => form.elements[name].value);
  const query = lat && lon && category ? new URLSearchParams({ lat, lon, category }).toString() : "";
  if (query === asked) return;
  asked = query;
  const found = query ? await near(query) : [];
  if (query !== asked) return; // somebody chose again meanwhile
  form.querySelector("[data-near-list]").replaceChildren(...found.slice(0, SHOWN).map(card));
  form.querySelector("[data-near]").hidden = !found.length;
}

async function near(query) {
  try {
    return (await ask(`/api/v1/reports/nearby?${query}`)).items;
  } catch {
    return [];
  }
}

function card(one) {
  const item = document.getElementById("near-card").content.cloneNode(true);
  const part = (name) => item.querySelector(`[data-${name}]`);
  const photo = one.photos.find((picture) => picture.urls.small);
  if (photo) item.querySelector("img").src = photo.urls.small;
  else item.querySelector("img").remove();
  part("metres").textContent = say("metres", { metres: Math.round(one.distance_m) });
  part("status").textContent = one.status_name;
  part("description").textContent = one.description;
  part("code").textContent = one.code;
  part("open").href = `/r/${one.code}`;
  item.querySelector("button").value = one.code;
  return item;
}
