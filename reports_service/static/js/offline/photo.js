// Sends one photo by tus; goes on where an earlier try broke off.

import { FetchStack } from "./fetch_stack.js";
import { BUSY, Later } from "./later.js";
import { Refused } from "./refused.js";

const AGAIN_AFTER_MS = [500, 2000];
const endpoint = () => new URL("/api/v1/uploads", globalThis.location.origin).href;

// ``photo``: {blob, url} with the address of an upload that was begun, or null.
// Resolves with the address of the finished upload. Rejects with Refused, or where it broke off.
export function sendPhoto(photo, { begun, progress }) {
  return new Promise((resolve, reject) => {
    const upload = new globalThis.tus.Upload(photo.blob, {
      endpoint: endpoint(),
      uploadUrl: photo.url,
      retryDelays: AGAIN_AFTER_MS,
      storeFingerprintForResuming: false,
      ...("XMLHttpRequest" in globalThis ? {} : { httpStack: new FetchStack() }),
      onUploadUrlAvailable: () => begun(upload.url),
      onProgress: (sent, all) => progress(Math.floor((100 * sent) / all)),
      onShouldRetry: (failed) => !BUSY.includes(failed.originalResponse?.getStatus()),
      onSuccess: () => resolve(upload.url),
      onError: (failed) => reject(inWords(failed)),
    });
    upload.start();
  });
}

// What trying again cannot mend is a refusal; anything else broke off and goes on later.
function inWords(failed) {
  const answer = failed.originalResponse;
  if (BUSY.includes(answer?.getStatus())) return new Later(answer.getHeader("Retry-After"));
  const final = [400, 413, 415].includes(answer?.getStatus());
  return final ? Refused.of(answer.getStatus(), answer.getBody()) : failed;
}
