import { shownValue } from '../datasets/value-text.js';

/** Why a row cannot be stored. A value, not an Error: a file may hold a million of them. */
export class RowProblem {
  constructor(
    readonly field: string,
    readonly expectation: string,
    /** As found; undefined when it is missing. */
    readonly value: unknown,
  ) {}

  get message(): string {
    return `must be ${this.expectation}, but is ${shownValue(this.value)}`;
  }
}
