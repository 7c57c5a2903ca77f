// The page of one act on a report.
import { sendOnce } from "./forms.js";
import { shrinkChosen } from "./photos.js";

sendOnce(document);
shrinkChosen(document);
document.querySelector("[data-focus]")?.focus();
