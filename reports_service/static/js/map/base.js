// The map that every page opens: the boundaries of the communes with their names, tiles below them
// where the deployment has some, its buttons named in the reader's language.
//
// The element comes from the macro `canvas` of templates/web/public/map.html; Leaflet is loaded
// only when a map is opened.

const STYLES = new URL("../../lib/leaflet.css", import.meta.url);
const CLOSE = 16;
const NEAR = 11; // from this zoom on a view shows a commune or two
const NAME = 120; // px that a name may be wide, then it takes two lines
const LETTER = 6.5; // px
const SVG = "http://www.w3.org/2000/svg";

/**
 * Open a map in an element. With lat and lon (degrees) it shows that point, else all communes.
 * A quiet one lets the page scroll on where a finger or a wheel meets it. Resolves to the Leaflet
 * map.
 */
export async function openMap(element, { lat, lon, zoom = CLOSE, quiet = false } = {}) {
  await Promise.all([import("../../lib/leaflet.js"), styles()]);
  element.replaceChildren();
  const words = element.dataset;
  const calm = quiet ? { scrollWheelZoom: false, dragging: !L.Browser.mobile } : {};
  const map = L.map(element, { zoomControl: false, zoomSnap: words.tiles ? 1 : 0.5, minZoom: 7, maxZoom: 19, ...calm });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.attributionControl.setPrefix(false);
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", words.label);
  addTiles(map, words);
  const placed = Number.isFinite(lat) && Number.isFinite(lon);
  map.setView(placed ? [lat, lon] : [16, 107.5], placed ? zoom : 7);
  const drawn = addBoundaries(map, words);
  if (!placed) await drawn.then((layer) => fit(map, layer));
  return map;
}

/** A pin at a point, drawn by our own styles. Options: draggable, label (words), tone (a state). */
export function pin(map, lat, lon, { draggable = false, label = "", tone = "accent" } = {}) {
  const icon = L.divIcon({ className: `map-pin ${tone}`, html: drop(), iconSize: [36, 46], iconAnchor: [18, 44] });
  const marker = L.marker([lat, lon], { icon, draggable, title: label }).addTo(map);
  marker.getElement().setAttribute("aria-label", label);
  return marker;
}

/** The square of so many metres that a place is somewhere in, as a round. */
export function around(map, lat, lon, metres) {
  return L.circle([lat, lon], { radius: metres * Math.SQRT1_2, className: "map-around", interactive: false }).addTo(map);
}

/**
 * Call `chosen({lat, lon})` for a tap, and for Enter while the map has the focus: then the middle
 * of the map is meant, where a cross shows it. Returns a function that ends it.
 */
export function whenChosen(map, chosen) {
  const element = map.getContainer();
  const tap = (event) => chosen(point(event.latlng));
  const enter = (event) => {
    if (event.key !== "Enter" || event.target !== element) return;
    event.preventDefault();
    chosen(point(map.getCenter()));
  };
  element.classList.add("choosing");
  map.on("click", tap);
  element.addEventListener("keydown", enter);
  return () => {
    element.classList.remove("choosing");
    map.off("click", tap);
    element.removeEventListener("keydown", enter);
  };
}

function point(place) {
  const { lat, lng } = place.wrap();
  return { lat: Number(lat.toFixed(6)), lon: Number(lng.toFixed(6)) };
}

/** Leaflet's styles, once a page; without them the map is still usable enough to go on. */
function styles() {
  if (document.querySelector("link[data-leaflet]")) return Promise.resolve();
  return new Promise((loaded) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = STYLES;
    link.dataset.leaflet = "";
    link.onload = link.onerror = loaded;
    document.head.prepend(link);
  });
}

function addTiles(map, { tiles, tilesBy }) {
  if (!tiles) return;
  const by = document.createElement("span");
  by.textContent = tilesBy || "";
  L.tileLayer(tiles, { maxZoom: 19, attribution: by.innerHTML }).addTo(map);
}

/** The communes with their names; a map without them still has its points. */
async function addBoundaries(map, { boundaries, here }) {
  try {
    const answer = await fetch(boundaries, { credentials: "same-origin" });
    if (!answer.ok) return null;
    const style = ({ properties }) => ({
      className: properties.code === here ? "map-boundary here" : "map-boundary",
      weight: 1.5,
      interactive: false,
    });
    const layer = L.geoJSON(await answer.json(), { style, interactive: false }).addTo(map);
    layer.bringToBack();
    nameAreas(map, layer, here);
    sayWhere(map, layer);
    return layer;
  } catch {
    return null;
  }
}

/** The name of each commune as soon as it has room within its boundary; below all marks. */
function nameAreas(map, layer, here) {
  const names = [];
  map.createPane("names").style.zIndex = 450;
  layer.eachLayer((area) => {
    const { code, lat, lon } = area.feature.properties;
    if (code === here) return;
    const words = document.createElement("span");
    words.setAttribute("aria-hidden", "true");
    words.textContent = nameOf(area);
    const icon = L.divIcon({ className: "map-name", html: words, iconSize: [NAME, 20] });
    const mark = L.marker([lat, lon], { icon, pane: "names", interactive: false, keyboard: false });
    names.push({ mark, bounds: area.getBounds(), wide: Math.min(NAME, words.textContent.length * LETTER) });
  });
  const room = () => {
    for (const { mark, bounds, wide } of names) {
      const [first, last] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => map.project(corner));
      if (last.x - first.x >= wide && last.y - first.y >= wide / 2) mark.addTo(map);
      else mark.remove();
    }
  };
  map.on("zoomend", room);
  room();
}

/** Which commune the middle of a close view lies in: its own name may be out of sight there. */
function sayWhere(map, layer) {
  const control = L.control({ position: "topright" });
  const said = document.createElement("p");
  said.className = "map-where";
  control.onAdd = () => said;
  control.addTo(map);
  const say = () => {
    const middle = map.getCenter();
    const area = map.getZoom() >= NEAR && layer.getLayers().find((one) => one.getBounds().contains(middle) && holds(one, middle));
    said.textContent = area ? nameOf(area) : "";
    said.hidden = !area;
  };
  map.on("moveend", say);
  say();
}

/** Whether a point lies in an area: it crosses the lines of its rings an odd number of times. */
function holds(area, { lat, lng }) {
  const { type, coordinates } = area.feature.geometry;
  const rings = type === "MultiPolygon" ? coordinates.flat() : coordinates;
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x, y], at) => {
      const [fromX, fromY] = ring.at(at - 1);
      if (y > lat !== fromY > lat && lng < ((fromX - x) * (lat - y)) / (fromY - y) + x) inside = !inside;
    });
  }
  return inside;
}

function nameOf(area) {
  const { name } = area.feature.properties;
  return name[document.documentElement.lang] || name.vi;
}

function fit(map, layer) {
  const bounds = layer && layer.getBounds();
  if (bounds && bounds.isValid()) map.fitBounds(bounds, { padding: [8, 8], animate: false });
}

function drop() {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 36 46");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M18 44C10 32 4 26 4 17a14 14 0 1 1 28 0c0 9-6 15-14 27Z");
  svg.append(path);
  return svg;
}
