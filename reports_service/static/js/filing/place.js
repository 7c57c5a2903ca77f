// Where it is: by a photo, by the device, by a tap on the map, or by commune and words.
import { photos } from "./report.js";
import { ask, element, say } from "./words.js";

const PATIENCE = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 };
let map = null;
let pinned = null;

/** Offer the ways that need a script, above the commune and the words. */
export function enhance(form) {
  form.querySelector("[data-locate]").hidden = false;
  form.querySelector("[data-here]").addEventListener("click", () => byDevice(form));
  form.querySelector("[data-open-map]").addEventListener("click", () => toggleMap(form));
  form.querySelector("[data-use-middle]").addEventListener("click", () => {
    const { lat, lng } = map.getCenter().wrap();
    settle(form, Number(lat.toFixed(6)), Number(lng.toFixed(6)));
  });
  form.elements.area.addEventListener("change", () => forget(form));
}

/** Coming to the step: the place of a draft is named; a photo's is offered, never just taken. */
export function visit(form) {
  const here = point(form);
  const place = photos.find((photo) => photo.place)?.place;
  if (here && !form.querySelector("[data-place-words]").children.length) settle(form, here.lat, here.lon);
  if (place && !here && !form.elements.area.value) offer(form, place);
}

/** Take a point in degrees as the place, and say in words where that is. */
export async function settle(form, lat, lon, metres = 0) {
  tell(form, say("looking"));
  put(form, lat, lon);
  const found = await named(lat, lon);
  if (found === null) return tell(form, say("place_kept"), "good");
  if (!found) {
    put(form, "", "");
    return tell(form, say("outside"), "soon");
  }
  form.elements.area.value = found.area?.code ?? "";
  form.dispatchEvent(new Event("change"));
  const words = metres > 30 ? "found_roughly" : "found";
  return tell(form, say(words, { place: found.address, metres: Math.round(metres) }), "good");
}

/** {address, area} of a point; undefined outside the province, null without a network. */
async function named(lat, lon) {
  try {
    return (await ask(`/api/v1/geocode/reverse?lat=${lat}&lon=${lon}`)).items[0];
  } catch {
    return null;
  }
}

async function offer(form, { lat, lon }) {
  const found = await named(lat, lon);
  if (!found) return;
  const use = element("button", say("use_photo_place"), { type: "button", class: "second" });
  use.addEventListener("click", () => settle(form, lat, lon));
  tell(form, say("photo_place", { place: found.address })).append(use);
}

function byDevice(form) {
  if (!navigator.geolocation) return tell(form, say("not_possible"), "soon");
  tell(form, say("looking"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => settle(form, Number(coords.latitude.toFixed(6)), Number(coords.longitude.toFixed(6)), coords.accuracy),
    (refusal) => tell(form, say(refusal.code === refusal.PERMISSION_DENIED ? "denied" : "not_found"), "soon"),
    PATIENCE,
  );
}

async function toggleMap(form) {
  const part = form.querySelector("[data-map-part]");
  part.hidden = !part.hidden;
  form.querySelector("[data-open-map]").setAttribute("aria-expanded", String(!part.hidden));
  if (part.hidden || map) return;
  try {
    await openMap(form, part.querySelector(".map"));
  } catch {
    part.hidden = true;
    tell(form, say("map_away"), "soon");
  }
}

async function openMap(form, canvas) {
  const base = await import("../map/base.js");
  map = await base.openMap(canvas, { ...point(form), zoom: canvas.dataset.tiles ? 16 : 12 });
  pinned = base.pin;
  if (point(form)) pinHere(form);
  base.whenChosen(map, ({ lat, lon }) => settle(form, lat, lon));
  canvas.focus();
}

function put(form, lat, lon) {
  form.elements["location.lat"].value = lat;
  form.elements["location.lon"].value = lon;
  pinHere(form);
}

let marker = null;
function pinHere(form) {
  marker?.remove();
  marker = null;
  const here = point(form);
  if (map && here) marker = pinned(map, here.lat, here.lon);
}

function point(form) {
  const [lat, lon] = ["lat", "lon"].map((axis) => form.elements[`location.${axis}`].value);
  return lat && lon ? { lat: Number(lat), lon: Number(lon) } : null;
}

/** Another commune was chosen by hand: the point said otherwise and does not count any more. */
function forget(form) {
  put(form, "", "");
  form.querySelector("[data-place-words]").replaceChildren();
}

function tell(form, words, tone = "") {
  const note = element("div", "", { class: `note stack tight ${tone}` });
  note.append(element("p", words));
  form.querySelector("[data-place-words]").replaceChildren(note);
  return note;
}
