// The service said no, in words; trying again as it is would not help.

export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "refused");
    this.problem = problem;
  }

  static of(status, body) {
    try {
      return new Refused(JSON.parse(body));
    } catch {
      return new Refused({ status, errors: [] });
    }
  }
}
