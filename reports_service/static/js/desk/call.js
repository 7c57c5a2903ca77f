// A call is taken down quickly: kinds are suggested by the words, kinds and communes are found by a
// few letters without accents, and a tap on the map says where.
import { openMap, pin, whenChosen } from "../map/base.js";

for (const select of document.querySelectorAll("select[data-search]")) searchable(select);

document.addEventListener("click", ({ target }) => {
  const kind = target.closest?.("[data-kind]")?.dataset.kind;
  if (kind) choose(kind);
});

const place = document.querySelector(".call-place");
if (place?.open) showMap(); // no place was given: the map is open when the form comes back
else place?.addEventListener("toggle", () => place.open && showMap(), { once: true });

function searchable(select) {
  const every = [...select.options];
  const search = document.createElement("input");
  search.type = "search";
  search.setAttribute("aria-label", select.dataset.search);
  search.placeholder = select.dataset.search;
  search.autocomplete = "off";
  select.before(search);
  search.addEventListener("input", () => narrow(select, every, fold(search.value)));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return; // Enter takes the first that fits, and goes on
    event.preventDefault();
    select.focus();
  });
}

/** A suggestion is taken: the kind is chosen, and the place is asked for next. */
function choose(kind) {
  const select = document.querySelector("[name=category]");
  const search = select.previousElementSibling;
  search.value = "";
  search.dispatchEvent(new Event("input")); // all kinds are there again
  select.value = kind;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelector("[name=area]").previousElementSibling.focus();
}

function narrow(select, every, sought) {
  const fitting = every.filter((option) => !option.value || fold(option.text).includes(sought));
  select.replaceChildren(...fitting);
  select.selectedIndex = sought && fitting.length > 1 ? 1 : 0;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function fold(text) {
  return text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "");
}

async function showMap() {
  const element = document.getElementById("call-map");
  const map = await openMap(element);
  let mark = null;
  whenChosen(map, ({ lat, lon }) => {
    mark?.remove();
    mark = pin(map, lat, lon, { label: element.dataset.label });
    put("location.lat", lat);
    put("location.lon", lon);
  });
}

function put(name, value) {
  document.querySelector(`[name="${name}"]`).value = value.toFixed(6);
}
