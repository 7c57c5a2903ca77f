// Signing out: what staff typed or looked for leaves this device with them, also where the network
// is away. What waits here to be sent, and what citizens began, is not theirs alone and stays.

const DRAFT = "draft ";
const FILING = "filing-draft"; // set while a form for a report is begun here
const other = "BroadcastChannel" in globalThis ? new BroadcastChannel("1022 staff") : null;

/** The name under which this device keeps what is typed into a form, by the account that types. */
export function draftOf(account, report, act) {
  return `${DRAFT}${account} ${report} ${act}`;
}

/** Forget what is kept under such names; `but`: an account whose words stay. */
export function forgetDrafts(but = null) {
  try {
    for (const name of Object.keys(localStorage)) {
      const theirs = but !== null && name.startsWith(`${DRAFT}${but} `);
      if (name.startsWith(DRAFT) && !theirs) localStorage.removeItem(name);
    }
  } catch {
    // storage is forbidden here: nothing was kept
  }
}

// All that is kept for a tab is of staff: the queue with what was sought in it, and what htmx keeps
// of the pages that it was on.
function forgetTab() {
  try {
    sessionStorage.clear();
  } catch {
    // as above
  }
}

/** Forms that a facilitator began for somebody; they say so in a field. */
async function forgetBegunForOthers() {
  const { drafts, dropDraft } = await import("../offline/kept.js");
  const begun = (await drafts()).filter(({ fields }) => fields.on_behalf);
  await Promise.all(begun.map(({ idempotency_key: key }) => dropDraft(key)));
}

function mayHaveBegun() {
  try {
    return localStorage.getItem(FILING) !== null;
  } catch {
    return false;
  }
}

async function leave(event) {
  forgetDrafts();
  forgetTab();
  other?.postMessage("left");
  if (!mayHaveBegun()) return;
  event.preventDefault();
  await forgetBegunForOthers().catch((failed) => console.info("leaving:", failed.message));
  event.target.submit();
}

const door = document.querySelector("form[data-sign-out]");
door?.addEventListener("submit", leave);
// Other pages that are open show what was typed there, and would keep it again.
other?.addEventListener("message", () => {
  forgetTab();
  location.replace("/sign-in");
});
