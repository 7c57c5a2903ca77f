// Photos of a form, made small before they are sent: quicker, and without what the camera wrote.
import { shrunk } from "../filing/shrink.js";

/** Shrink what is chosen in each field for photos below `root`; the form waits until it is done. */
export function shrinkChosen(root) {
  for (const input of root.querySelectorAll("input[type=file][name=photos]")) {
    input.addEventListener("change", () => replace(input));
  }
}

async function replace(input) {
  const button = input.form.querySelector("button");
  button.disabled = true;
  try {
    const small = new DataTransfer();
    for (const file of [...input.files]) small.items.add(await smaller(file));
    input.files = small.files;
  } finally {
    button.disabled = false;
  }
}

// What this browser cannot draw is sent as it is; the service looks at it.
async function smaller(file) {
  try {
    const blob = await shrunk(file);
    return blob.size < file.size ? new File([blob], named(file.name), { type: blob.type }) : file;
  } catch {
    return file;
  }
}

function named(name) {
  return `${name.replace(/\.\w+$/, "")}.jpg`;
}
