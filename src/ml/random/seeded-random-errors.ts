/** A seed or stream number that the generator cannot take. */
export class InvalidSeedError extends Error {
  readonly code = 'INVALID_SEED';

  constructor(field: string, largest: number, value: unknown) {
    super(`${field} must be a whole number from 0 to ${largest}, got ${String(value)}`);
    this.name = 'InvalidSeedError';
  }
}

/** An exported generator state that has been damaged. */
export class InvalidRandomStateError extends Error {
  readonly code = 'INVALID_RANDOM_STATE';

  constructor(field: string, expected: string, value: unknown) {
    super(`random state: ${field} must be ${expected}, got ${JSON.stringify(value)}`);
    this.name = 'InvalidRandomStateError';
  }
}
