// The service has too much to do, or a part of it is away, and says when to come again.

const LONGEST_S = 600; // whatever a proxy may say
const SPREAD = 0.5; // not all at the same moment

export const BUSY = [429, 503];

export class Later extends Error {
  constructor(retryAfter) {
    super("later");
    const seconds = Math.min(Math.max(Number(retryAfter) || 0, 0), LONGEST_S);
    this.wait_ms = seconds * 1000 * (1 + SPREAD * Math.random());
  }
}

// A response as it is, unless the service asks to come again: then ``Later`` is thrown.
export function inTime(answer) {
  if (BUSY.includes(answer.status)) throw new Later(answer.headers.get("Retry-After"));
  return answer;
}
