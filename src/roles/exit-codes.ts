/** Exit codes of `gits`, as docs/operations.md lists them. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  unreachable: 3,
  inUse: 4,
  drainTimeout: 5,
} as const;

/** An error that ends the program with a message and a code of its own, without a stack trace. */
export class ExitError extends Error {
  constructor(
    readonly exitCode: (typeof EXIT)[keyof typeof EXIT],
    message: string,
  ) {
    super(message);
  }
}
