// The page of a report: what a browser can do beyond its forms.
import { offerSharing } from "./sharing.js";
import { offerNotices } from "./notices.js";
import { sendOnce } from "./forms.js";
import { shrinkChosen } from "./photos.js";
import { showPlace } from "./place.js";

sendOnce(document);
shrinkChosen(document);
document.querySelectorAll("[data-share]").forEach(offerSharing);
document.querySelectorAll("[data-lat]").forEach(showPlace);
document.querySelectorAll("[data-push]").forEach(offerNotices);
