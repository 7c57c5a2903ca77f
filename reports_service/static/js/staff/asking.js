// Asking our own server from a report's page; the page's token goes with every change.

const page = document.querySelector("[data-work]");

/** Send fields (pairs of name and value) to an address below the report's; resolves to the answer, or null without network. */
export async function send(path, fields = [], { last = false } = {}) {
  const body = new URLSearchParams(fields);
  try {
    const answer = await fetch(`${page.dataset.work}/${path}`, {
      method: "POST",
      body,
      headers: { "X-Form-Token": page.dataset.token },
      keepalive: last,
    });
    return answer.ok ? answer : null;
  } catch {
    return null;
  }
}

/** What an address below the report's says as JSON; null without network or where it is refused. */
export async function ask(path, query) {
  try {
    const answer = await fetch(`${page.dataset.work}/${path}?${new URLSearchParams(query)}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** The number of the account that is signed in on this page. */
export function account() {
  return page.dataset.account;
}

/** The code of this report, as its address has it. */
export function code() {
  return page.dataset.work.split("/").pop();
}
