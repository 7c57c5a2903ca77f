// What the form says by itself: the page carries the words, in its language.
const words = JSON.parse(document.getElementById("filing-words").textContent);

/** The sentence of this name, its placeholders filled. */
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

/** Ask the service for JSON in the page's language. Rejects where there is no network. */
export async function ask(address, options = {}) {
  const headers = { "Accept-Language": document.documentElement.lang, ...options.headers };
  const answer = await fetch(address, { ...options, headers, credentials: "omit" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** An element with a text and attributes. */
export function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
