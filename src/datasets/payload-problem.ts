import { shownValue } from './value-text.js';

/**
 * Why a message cannot be scored. A value, not an Error: bad messages may come as fast as good ones, and a stack trace
 * for each would cost more than scoring.
 */
export class PayloadProblem {
  readonly code = 'invalid-payload';
  readonly message: string;

  constructor(
    /** The first field that is wrong: a column's name, a time column's, or the payload key. */
    readonly field: string,
    /** What the field must be. */
    readonly expectation: string,
    /** What it is; undefined when it is missing. */
    readonly value: unknown,
  ) {
    const name = field.length > 100 ? `${field.slice(0, 100)}…` : field;
    this.message = `${name} must be ${expectation}, but is ${shownValue(value)}`;
  }
}
