/** One field of a request that is wrong. */
export interface FieldProblem {
  /** JSON pointer or parameter name, such as `/features/3/name`. */
  pointer: string;
  message: string;
}

/** An error that a caller can act on. A filter turns it into RFC 9457 problem+json. */
export abstract class ProblemError extends Error {
  abstract readonly status: number;

  constructor(
    /** Stable and machine readable, such as `dataset-not-found`. */
    readonly code: string,
    message: string,
    readonly errors: readonly FieldProblem[] = [],
  ) {
    super(message);
    this.name = new.target.name;
  }
}

export class InvalidProblem extends ProblemError {
  readonly status = 400;
}

export class UnauthenticatedProblem extends ProblemError {
  readonly status = 401;
}

export class ForbiddenProblem extends ProblemError {
  readonly status = 403;
}

export class NotFoundProblem extends ProblemError {
  readonly status = 404;
}

export class ConflictProblem extends ProblemError {
  readonly status = 409;
}

export class PreconditionProblem extends ProblemError {
  readonly status = 412;
}

export class TooLargeProblem extends ProblemError {
  readonly status = 413;
}

/** Well-formed, but not acceptable: a refused model, an idempotency key used for another request. */
export class UnprocessableProblem extends ProblemError {
  readonly status = 422;
}

export class UnavailableProblem extends ProblemError {
  readonly status = 503;
}
