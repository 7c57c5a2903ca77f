// Lets the library for tus speak by fetch: a service worker has no XMLHttpRequest.

class Answer {
  constructor(answer, body) {
    Object.assign(this, { answer, body });
  }

  getStatus() {
    return this.answer.status;
  }

  getHeader(name) {
    return this.answer.headers.get(name) ?? undefined;
  }

  getBody() {
    return this.body;
  }

  getUnderlyingObject() {
    return this.answer;
  }
}

class Asked {
  constructor(method, url) {
    Object.assign(this, { method, url, headers: {}, ending: new AbortController() });
  }

  getMethod() {
    return this.method;
  }

  getURL() {
    return this.url;
  }

  setHeader(name, value) {
    this.headers[name] = value;
  }

  getHeader(name) {
    return this.headers[name];
  }

  setProgressHandler(handler) {
    this.progress = handler;
  }

  async send(body = null) {
    const { method, headers, ending } = this;
    const answer = await fetch(this.url, { method, headers, body, signal: ending.signal });
    if (body) this.progress?.(body.size ?? 0);
    return new Answer(answer, await answer.text());
  }

  async abort() {
    this.ending.abort();
  }

  getUnderlyingObject() {
    return this.ending;
  }
}

export class FetchStack {
  createRequest(method, url) {
    return new Asked(method, url);
  }

  getName() {
    return "fetch";
  }
}
