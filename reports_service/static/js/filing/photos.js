// Photos as they are taken: shown, made small, removed again, each with its state in words.
import { placeOf } from "./exif.js";
import { photos } from "./report.js";
import { shrunk } from "./shrink.js";
import { element, say } from "./words.js";

/** Let the photo step take files; `files` were chosen before this module was there. */
export function enhance(form, files = []) {
  for (const input of form.querySelectorAll("[data-take]")) {
    input.addEventListener("change", () => {
      take(form, [...input.files]);
      input.value = ""; // the same photo can be chosen again after it was removed
    });
  }
  return take(form, files);
}

/** Show photos that were kept with a draft. */
export function showAgain(form, blobs) {
  for (const blob of blobs) show(form, blob, blob.name || "photo.jpg").words.textContent = say("photo_ready");
}

async function take(form, files) {
  const most = Number(form.dataset.most);
  const words = form.querySelector("[data-photo-words]");
  words.hidden = true;
  for (const file of files) {
    if (photos.length >= most) return tell(words, say("photo_many", { most }));
    if (!file.type.startsWith("image/")) tell(words, say("photo_bad", { name: file.name }));
    else await develop(form, file);
  }
}

/** One after the other: an old phone has no room for several photos at a time. */
async function develop(form, file) {
  const { photo, words } = show(form, file, file.name);
  photo.place = await placeOf(file);
  try {
    photo.blob = await shrunk(file);
    photo.name = file.name.replace(/\.\w+$/, "") + ".jpg";
    words.textContent = say("photo_ready");
  } catch {
    words.textContent = say("photo_as_it_is");
  }
  form.dispatchEvent(new Event("change"));
}

function show(form, blob, name) {
  const list = form.querySelector("[data-taken]");
  const photo = { name, blob, address: URL.createObjectURL(blob), place: null };
  photos.push(photo);
  const item = element("li");
  const words = element("span", say("photo_working"), { role: "status" });
  const image = element("img", "", { src: photo.address });
  const remove = element("button", "", { type: "button", class: "second" });
  remove.addEventListener("click", () => {
    photos.splice(photos.indexOf(photo), 1);
    URL.revokeObjectURL(photo.address);
    item.remove();
    number(list);
    form.querySelector("[data-take]").focus();
    form.dispatchEvent(new Event("change"));
  });
  item.append(image, words, remove);
  list.append(item);
  number(list);
  return { photo, words };
}

/** Photos are called by their place in the row, which changes when one is removed. */
function number(list) {
  list.hidden = !list.children.length;
  [...list.children].forEach((item, at) => {
    item.querySelector("img").alt = say("photo_alt", { number: at + 1 });
    item.querySelector("button").textContent = say("remove", { number: at + 1 });
  });
}

function tell(words, sentence) {
  words.textContent = sentence;
  words.hidden = false;
}
