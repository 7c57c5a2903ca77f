// The map that every page opens: the boundaries of the communes, tiles below them where the
// deployment has some, its buttons and places named in the reader's language.
//
// The element comes from the macro `canvas` of templates/web/public/map.html; Leaflet is loaded
// only when a map is opened.

const STYLES = new URL("../../lib/leaflet.css", import.meta.url);
const CLOSE = 16;
const SVG = "http://www.w3.org/2000/svg";

/**
 * Open a map in an element. With lat and lon (degrees) it shows that point, else all communes.
 * Resolves to the Leaflet map.
 */
export async function openMap(element, { lat, lon, zoom = CLOSE } = {}) {
  await Promise.all([import("../../lib/leaflet.js"), styles()]);
  element.replaceChildren();
  const words = element.dataset;
  const map = L.map(element, { zoomControl: false, zoomSnap: words.tiles ? 1 : 0.5, minZoom: 7, maxZoom: 19 });
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
    return layer;
  } catch {
    return null;
  }
}

/** Names of the communes, from the zoom on at which they have room; below all marks. */
function nameAreas(map, layer, here) {
  const names = L.layerGroup();
  map.createPane("names").style.zIndex = 450;
  layer.eachLayer((area) => {
    const { code, name, lat, lon } = area.feature.properties;
    if (code === here) return;
    const words = document.createElement("span");
    words.setAttribute("aria-hidden", "true");
    words.textContent = name[document.documentElement.lang] || name.vi;
    const icon = L.divIcon({ className: "map-name", html: words, iconSize: [120, 20] });
    L.marker([lat, lon], { icon, pane: "names", interactive: false, keyboard: false }).addTo(names);
  });
  const room = () => (map.getZoom() >= 11 ? names.addTo(map) : names.remove());
  map.on("zoomend", room);
  room();
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
