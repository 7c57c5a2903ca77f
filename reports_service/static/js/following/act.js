// The page of one act on a report.
import { sendOnce } from "./forms.js";

sendOnce(document);
document.querySelector("[data-focus]")?.focus();
