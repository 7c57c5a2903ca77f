// The report as it leaves this page: its key, its fields by name, its photos.
const NOT_FIELDS = new Set(["form_token", "idempotency_key", "photos", "kind", "kind-all"]);

/** What was photographed: {name, blob, address (of the preview), place: {lat, lon} or null}. */
export const photos = [];

let key = freshKey();

/** The whole report: {idempotency_key, fields: {name: text or [texts]}, photos: [Blob]}. */
export function report(form) {
  const fields = Object.create(null); // whatever a field is called, it is only a name
  for (const name of new Set(new FormData(form).keys())) {
    if (NOT_FIELDS.has(name)) continue;
    const values = new FormData(form).getAll(name).filter((value) => String(value).trim());
    if (values.length) fields[name] = values.length > 1 ? values : values[0];
  }
  return { idempotency_key: key, fields, photos: photos.map((photo) => photo.blob) };
}

/** Whether anything was said yet that would be a pity to lose. */
export function isWorthKeeping({ fields, photos: blobs }) {
  return Boolean(blobs.length || fields.description || fields.address || fields["reporter.phone"]);
}

/** Fill the form in from a report that was kept; it stays the same report, with its key. */
export function fillIn(form, kept) {
  key = kept.idempotency_key;
  for (const [name, value] of Object.entries(kept.fields)) {
    const values = [value].flat();
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0];
    }
  }
}

/** Send it as the browser sends forms: where the module that can wait for a network is missing. */
export function sendPlainly(form) {
  const files = new DataTransfer();
  for (const { blob, name } of photos) files.items.add(new File([blob], name, { type: blob.type }));
  if (photos.length) form.elements.photos.files = files.files;
  form.elements.idempotency_key.value = key;
  const asked = Object.assign(document.createElement("input"), { type: "hidden", name: "asked", value: "yes" });
  form.append(asked);
  form.submit();
}

/** Made before the first try, so that no try files anything twice. */
function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
