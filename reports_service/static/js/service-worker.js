// Lets the pages of citizens open without network, and sends what waits when the network returns.
//
// Kept are the pages that the service marks with ``Offline-Copy`` (never those of staff) and what
// they load, found by reading them. A new version of the service is a new address of this module:
// it keeps all anew before it takes over, and what the old one kept is let go.

import "../lib/tus.js";
import "./following/push-handler.js";
import { deliverAll } from "./offline/delivery.js";

const [, VERSION] = new URL(import.meta.url).pathname.match(/^\/static\/([^/]+)\//);
const CACHE = `1022-${VERSION}`;
const STATIC = `/static/${VERSION}/`;
const SHELL = ["/", "/file", "/mine", "/waiting"];
const OFFLINE = "/offline";
const PATIENCE_MS = 8000;
const BUSY = 503; // more is asked of the service than it can do, or a part of it is away
const IMPORTED = /^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];/gms;
const IMPORTED_LATER = /\bimport\(["'](\.(?![^"']*\/lib\/)[^"']+)["']\)/g;
const SYNC = "send-reports";

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(letOldGo().then(() => self.clients.claim()));
});

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC) event.waitUntil(sendOrBeWokenAgain());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(STATIC)) event.respondWith(asset(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

async function sendOrBeWokenAgain() {
  if (await deliverAll()) throw new Error("something still waits");
}

async function keepShell() {
  const pages = SHELL.map((path) => fetch(path, { cache: "no-cache" }).then(keepPage));
  // As nobody in particular sees it: it is shown to whoever is without network.
  const offline = fetch(OFFLINE, { cache: "no-cache", credentials: "omit" }).then(keepPage);
  await Promise.all([...pages, offline]);
}

async function letOldGo() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("1022-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// Keep a page and what it loads, if it may be kept and is of this version.
async function keepPage(answer) {
  if (!answer.ok || answer.redirected || !answer.headers.has("Offline-Copy")) {
    // What nobody reads would hold its connection, and a browser has but six.
    await answer.body?.cancel();
    return;
  }
  const path = new URL(answer.url).pathname;
  const copy = answer.clone();
  const html = await answer.text();
  if (!html.includes(STATIC)) return; // of a newer one, whose own worker will come
  await Promise.all([...html.matchAll(/"(\/static\/[^"]+)"/g)].map(([, src]) => keepAsset(src)));
  await (await caches.open(CACHE)).put(path, copy);
}

const keeping = new Map();

// Keep a file and, of a module, those that it imports. Libraries that wait for an occasion, such as
// the one for maps, are kept once they were used.
function keepAsset(path) {
  if (!keeping.has(path)) keeping.set(path, fetchAsset(path));
  return keeping.get(path);
}

async function fetchAsset(path) {
  const answer = await asset(new Request(path));
  if (!answer.ok || !path.endsWith(".js")) return;
  const text = await answer.text();
  const named = [...text.matchAll(IMPORTED), ...text.matchAll(IMPORTED_LATER)];
  const at = new URL(path, self.location.origin);
  await Promise.all(named.map(([, name]) => keepAsset(new URL(name, at).pathname)));
}

async function asset(request) {
  const found = await caches.match(request, { cacheName: CACHE });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

// From the network where there is one; else the copy of this page, else what to do without.
async function page(request, url) {
  const copy = SHELL.includes(url.pathname) ? await kept(url.pathname) : undefined;
  const fresh = fetch(request).then((answer) => {
    if (SHELL.includes(url.pathname) && !url.search) keepPage(answer.clone()).catch(() => {});
    return answer;
  });
  const late = copy && new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, copy));
  try {
    const answer = await Promise.race([fresh, late ?? fresh]);
    return answer.status === BUSY && copy ? copy : answer;
  } catch {
    return copy ?? (await kept(OFFLINE)) ?? Response.error();
  }
}

function kept(path) {
  return caches.match(path, { cacheName: CACHE });
}
