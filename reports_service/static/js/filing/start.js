// The form of a report becomes one step after another. Without this module it is one long form;
// what a step needs besides is loaded when somebody comes to it.
const NEEDS = {
  place: () => import("./place.js"),
  what: () => import("./category.js"),
  check: () => import("./check.js"),
};
const DRAFT = "filing-draft";
const form = document.getElementById("filing");
const ready = new Map(); // by step: its module, once it is there
let here = null;

const steps = () => [...form.querySelectorAll("[data-step]:not([hidden])")];
const step = (name) => form.querySelector(`[data-step="${CSS.escape(name)}"]`);

/** Show a step and say where one is; `moved`: somebody came here and did not just open the page. */
async function show(wanted, moved = true) {
  here?.classList.remove("here");
  here = wanted;
  here.classList.add("here");
  const all = steps();
  const number = all.indexOf(here) + 1;
  const words = form.querySelector("[data-progress]");
  const said = { number, all: all.length, name: here.dataset.name };
  words.textContent = words.dataset.words.replace(/\{(\w+)\}/g, (_, part) => said[part]);
  words.style.setProperty("--along", `${(100 * number) / all.length}%`);
  form.querySelector("[data-lead]").hidden = number > 1;
  form.querySelector("[data-back]").hidden = number === 1;
  form.querySelector("[data-on]").hidden = number === all.length;
  if (moved) {
    scrollTo(0, 0);
    here.querySelector("h2").focus({ preventScroll: true });
  }
  await prepare(here.dataset.step);
}

/** The module of a step is made use of once; where it cannot be loaded, its plain fields serve. */
async function prepare(name) {
  const module = await NEEDS[name]?.().catch(() => null); // null: the network is away
  if (!module) return;
  if (!ready.has(name)) module.enhance(form);
  ready.set(name, module);
  module.visit(form);
}

function go(wanted) {
  history.pushState({ step: wanted.dataset.step, from: here.dataset.step }, "", `#${wanted.dataset.step}`);
  return show(wanted);
}

/** As the browser's own way back, where that leads to the step before. */
function goBack() {
  const all = steps();
  const before = all[all.indexOf(here) - 1];
  if (history.state?.from === before.dataset.step) history.back();
  else go(before);
}

async function goOn() {
  const checks = await import("./checks.js").catch(() => null);
  const wrong = checks?.firstWrong(form, here);
  if (wrong) return wrong.focus();
  const all = steps();
  return go(all[Math.min(all.indexOf(here) + 1, all.length - 1)]);
}

/** A line of the summary leads to the step of its field. */
function toField(event) {
  const link = event.target.closest(".summary a");
  const field = link && document.getElementById(link.hash.slice(1));
  const wanted = field?.closest("[data-step]");
  if (!wanted) return;
  event.preventDefault();
  go(wanted).then(() => field.focus());
}

async function submitted(event) {
  event.preventDefault();
  if (here.dataset.step !== "check") return goOn();
  const { send } = await import("./send.js");
  return send(form);
}

/** The camera is asked for by its own button; the plain field stays for who cannot load more. */
function offerCamera() {
  const plain = form.querySelector("[data-photos] input");
  const ways = form.querySelector("[data-camera]");
  const takeOver = async (event) => {
    const files = [...event.target.files];
    if (!files.length || ready.has("photo")) return;
    try {
      const photos = await import("./photos.js");
      ready.set("photo", photos);
      event.target.value = "";
      await photos.enhance(form, files);
    } catch {
      const kept = new DataTransfer();
      for (const file of files) kept.items.add(file);
      plain.files = kept.files;
      form.querySelector("[data-photos]").hidden = false;
      ways.hidden = true;
    }
  };
  for (const input of ways.querySelectorAll("input")) input.addEventListener("change", takeOver);
  ways.hidden = false;
  ways.querySelector(".camera-first").hidden = navigator.maxTouchPoints === 0; // a desk has no camera to hold
  form.querySelector("[data-photos] input").hidden = true;
  form.querySelector("[data-photos] label").hidden = true;
  if (plain.files.length) takeOver({ target: plain });
}

/** Once somebody begins, the rest is fetched behind their back, and what they type is kept. */
function getReady() {
  for (const load of Object.values(NEEDS)) load().catch(() => null);
  import("./checks.js").catch(() => null);
  import("./photos.js").catch(() => null);
  import("./draft.js").then(({ keepWhileTyping }) => keepWhileTyping(form), () => null);
}

async function offerDraft() {
  const { offer } = await import("./draft.js");
  await offer(form, () => prepare("what"));
}

form.classList.add("stepwise");
form.querySelector("[data-progress]").hidden = form.querySelector("[data-ways]").hidden = false;
form.querySelector("[data-on]").addEventListener("click", goOn);
form.querySelector("[data-back]").addEventListener("click", goBack);
form.addEventListener("submit", submitted);
form.addEventListener("click", toField);
form.addEventListener("click", (event) => event.target.dataset.to && go(step(event.target.dataset.to)));
form.addEventListener("pointerdown", getReady, { once: true });
form.addEventListener("keydown", getReady, { once: true });
addEventListener("popstate", (event) => show(step(event.state?.step ?? "photo") ?? steps()[0]));
addEventListener("pageshow", (event) => event.persisted && "sent" in form.dataset && location.reload());
offerCamera();
show(form.querySelector(".wrong")?.closest("[data-step]") ?? steps()[0], false);
history.replaceState({ step: here.dataset.step }, "");
if (localStorage.getItem(DRAFT)) offerDraft();
