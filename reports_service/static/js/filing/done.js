// After filing: the private link can be copied, or sent to oneself, on the phone that it stands on.
import { offerSharing } from "../following/sharing.js";

document.querySelectorAll("[data-share]").forEach(offerSharing);
