// Where a report lies, on a map that is loaded when it comes into sight.

const AHEAD = "200px";

/** Watch for one `[data-lat]` canvas; where no map can be opened, the words above it stand alone. */
export function showPlace(element) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    open(element).catch(() => (element.parentElement.hidden = true));
  }, { rootMargin: AHEAD });
  watch.observe(element);
}

async function open(element) {
  const { pin: label, tone, tiles } = element.dataset;
  const [lat, lon, metres] = ["lat", "lon", "metres"].map((name) => Number(element.dataset[name]));
  const base = await import("../map/base.js");
  const map = await base.openMap(element, { lat, lon, zoom: tiles && !metres ? 16 : 13, quiet: true });
  if (metres) base.around(map, lat, lon, metres);
  else base.pin(map, lat, lon, { label, tone });
}
