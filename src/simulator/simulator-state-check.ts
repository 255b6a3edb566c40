import { SimulatorError } from './simulator-errors.js';

/**
 * Checks that a part of a stored state has the same shape as `expected`, the same part of a fresh one: the same keys, lists of the same length, finite numbers and texts in the same places.
 * @throws SimulatorError INVALID_SIMULATOR_STATE that names the first part which differs
 */
export function checkPart(state: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    if (!Number.isFinite(state)) throw invalidState(path, 'a finite number', state);
  } else if (typeof expected === 'string') {
    if (typeof state !== 'string') throw invalidState(path, 'a text', state);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(state) || state.length !== expected.length)
      throw invalidState(path, `a list of ${expected.length} values`, state);
    expected.forEach((part, i) => checkPart(state[i], part, `${path}[${i}]`));
  } else if (typeof expected === 'object' && expected !== null) {
    if (typeof state !== 'object' || state === null) throw invalidState(path, 'an object', state);
    for (const [key, part] of Object.entries(expected)) {
      checkPart((state as Record<string, unknown>)[key], part, `${path}.${key}`);
    }
  }
}

/** The error for a part of a stored state that is not as expected. */
export function invalidState(path: string, expected: string, value: unknown): SimulatorError {
  const text = JSON.stringify(value) ?? 'nothing';
  return new SimulatorError('INVALID_SIMULATOR_STATE', `${path} must be ${expected}, got ${text.slice(0, 80)}`);
}
