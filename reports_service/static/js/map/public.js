// The public map: marks of what the view holds, gathered by the server; a mark of many opens
// closer, a mark of one opens its card. The way to the same as a list follows the view.

import { openMap } from "./base.js";

const WAIT = 150; // ms after the last move
const CLOSEST = 18; // from here on a mark of many leads to the list, as at one spot always
const TILE = 256;
const RING = 4; // px around a circle, red where some are late
const CELL = 80; // px, as on the server: views begin and end on its grid, so answers are kept

const element = document.getElementById("reports-map");
if (element) start(element, { ...element.dataset }).catch(() => {
  element.replaceChildren();
  say(element.dataset.failed);
});

async function start(element, words) {
  const remembered = place(location.hash);
  const map = await openMap(element, remembered ?? {});
  const bounds = words.bounds?.split(",").map(Number);
  if (bounds && !remembered) map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]], { animate: false });
  const marks = { layer: L.layerGroup().addTo(map), drawn: new Map() };
  const show = keepUp((signal) => refresh(map, marks, words, signal));
  map.on("moveend", show);
  show();
}

/** Call `work` a little after the last of many calls; an earlier one that still runs is ended. */
function keepUp(work) {
  let timer, running;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running?.abort();
      running = new AbortController();
      work(running.signal);
    }, WAIT);
  };
}

async function refresh(map, marks, words, signal) {
  const zoom = Math.floor(map.getZoom());
  const box = view(map.getBounds(), zoom);
  remember(map);
  leadToList(words.list, box);
  try {
    const found = await ask(address(words.clusters, { bbox: box.join(","), zoom }), signal);
    redraw(map, marks, found.clusters, { zoom, box }, words);
    say(fill(words.found, { count: found.total }));
  } catch (wrong) {
    if (wrong.name !== "AbortError") say(words.failed);
  }
}

/**
 * Show these marks. What stays the same stays as it is, with its focus. Who goes from mark to mark
 * by keyboard moves the map along: what left the view waits until then, or it could not be reached.
 */
function redraw(map, { layer, drawn }, clusters, { zoom, box }, words) {
  const wanted = new Map(clusters.map((cluster) => [JSON.stringify([zoom, cluster]), cluster]));
  const focused = [...drawn.values()].find(({ mark }) => mark.getElement() === document.activeElement);
  for (const [key, one] of drawn) {
    if (wanted.has(key) || (focused && one.zoom === zoom && !within(one.cell, box))) continue;
    layer.removeLayer(one.mark);
    drawn.delete(key);
    if (one === focused) map.getContainer().focus({ preventScroll: true });
  }
  for (const [key, cluster] of wanted) {
    if (!drawn.has(key)) drawn.set(key, { mark: add(map, layer, cluster, words), cell: cluster.box, zoom });
  }
}

function within([west, south, east, north], [left, bottom, right, top]) {
  return west < right && left < east && south < top && bottom < north;
}

/** West, south, east, north of the view, widened to the grid. */
function view(bounds, zoom) {
  const step = (360 / 2 ** zoom) * (CELL / TILE);
  const down = (degrees) => Math.floor(degrees / step) * step;
  const up = (degrees) => Math.ceil(degrees / step) * step;
  return [
    Math.max(down(bounds.getWest()), -180), Math.max(down(bounds.getSouth()), -90),
    Math.min(up(bounds.getEast()), 180), Math.min(up(bounds.getNorth()), 90),
  ].map((degrees) => Number(degrees.toFixed(6)));
}

function add(map, layer, cluster, words) {
  const single = cluster.code !== null;
  const label = single ? words[camel(cluster.state)] : fill(words.many, cluster);
  const icon = single ? shape(cluster.state) : circle(cluster, label);
  const mark = L.marker(single ? [cluster.lat, cluster.lon] : withinCell(map, cluster), { icon, title: label, riseOnHover: true });
  const open = () => (single ? openCard(map, cluster, words) : openMany(map, cluster, words));
  mark.on("click", open).addTo(layer);
  if (single) mark.getElement().setAttribute("aria-label", label);
  mark.getElement().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
  return mark;
}

function shape(state) {
  const drawn = document.getElementById("map-shapes").content.querySelector(`[data-state="${state}"] svg`);
  return L.divIcon({ className: "map-mark", html: drawn.cloneNode(true), ...square(44) });
}

/** The number is for the eye; who listens hears the whole label. */
function circle({ count, open, late }, label) {
  const number = document.createElement("b");
  number.textContent = count < 1000 ? count : `${Math.round(count / 100) / 10}k`;
  const html = document.createElement("span");
  const seen = document.createElement("span");
  seen.setAttribute("aria-hidden", "true");
  seen.append(number);
  html.append(seen, part("span", label, "for-reading"));
  if (late) {
    const overdue = document.createElement("i");
    overdue.textContent = `▲${late < 1000 ? late : "999+"}`;
    seen.append(overdue);
  }
  const size = diameter(count);
  const className = `map-cluster${late ? " some-late" : open ? "" : " all-done"}`;
  return L.divIcon({ className, html, ...square(size) });
}

/** Around its place, said so that the map moves far enough to show all of a mark with the focus. */
function square(size) {
  return { iconSize: [size, size], iconAnchor: [size / 2, size / 2] };
}

function diameter(count) {
  return count < 10 ? 44 : count < 100 ? 52 : count < 1000 ? 60 : 68;
}

/** As near to its reports as a circle can stand in its cell of the grid: none covers another. */
function withinCell(map, { lat, lon, count, box: [west, south, east, north] }) {
  const half = diameter(count) / 2 + RING;
  const keep = (at, from, to) => Math.max(Math.min(at, to - half), Math.min(from + half, (from + to) / 2));
  const [first, last, here] = [map.project([north, west]), map.project([south, east]), map.project([lat, lon])];
  return map.unproject([keep(here.x, first.x, last.x), keep(here.y, first.y, last.y)]);
}

function openMany(map, cluster, words) {
  const [west, south, east, north] = cluster.box;
  if (cluster.together || map.getZoom() >= CLOSEST) location.assign(address(words.list, { bbox: cluster.box.join(",") }));
  else map.fitBounds([[south, west], [north, east]], { maxZoom: map.getZoom() + 3 });
}

async function openCard(map, cluster, words) {
  const before = document.activeElement;
  const popup = L.popup({ className: "map-card", maxWidth: Math.min(280, map.getSize().x - 80) });
  const report = await ask(words.card.replace("/0.json", `/${cluster.code}.json`)).catch(() => null);
  if (!report) return say(words.failed);
  popup.setLatLng([cluster.lat, cluster.lon]).setContent(card(report, words)).openOn(map);
  popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
  popup.getElement().addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup(popup));
  popup.getElement().querySelector("a").focus({ preventScroll: true });
  popup.on("remove", () => (before.isConnected ? before : map.getContainer()).focus({ preventScroll: true }));
}

function card(report, words) {
  const link = part("a", `${report.title}${report.place ? `, ${report.place}` : ""}`);
  link.href = report.address;
  const title = part("strong", "");
  title.append(link);
  const lines = [title, part("p", report.words), part("p", report.state_words, `tag ${report.tone}`), part("p", `${report.filed} · ${report.agency}`, "hint")];
  const whole = part("div", "", "stack tight");
  whole.append(...lines.filter((line) => line.textContent));
  if (report.photo) whole.prepend(picture(report.photo));
  const onward = part("a", words.openReport, "button second");
  onward.href = report.address;
  whole.append(onward);
  return whole;
}

function part(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function picture(source) {
  const image = document.createElement("img");
  image.src = source;
  image.alt = "";
  return image;
}

async function ask(where, signal) {
  const answer = await fetch(where, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function leadToList(list, box) {
  const link = document.querySelector("[data-as-list-of-view]");
  if (link) link.href = address(list, { bbox: box.join(",") });
}

/** An address with other values in its query. */
function address(path, values) {
  const made = new URL(path, location.href);
  for (const [name, value] of Object.entries(values)) made.searchParams.set(name, value);
  return made.pathname + made.search;
}

/** The view in the address, so that going back from a report finds it again. */
function remember(map) {
  const { lat, lng } = map.getCenter();
  history.replaceState(history.state, "", `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
}

function place(hash) {
  const [zoom, lat, lon] = hash.slice(1).split("/").map(Number);
  return [zoom, lat, lon].every(Number.isFinite) && hash.includes("/") ? { zoom, lat, lon } : null;
}

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name].toLocaleString(document.documentElement.lang));
}

function camel(state) {
  return state.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

function say(words) {
  document.getElementById("map-status").textContent = words;
}
