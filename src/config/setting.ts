/** One setting: an environment variable, its flag, its type and what it does. The table is `settings.ts`. */
export interface Setting<T> {
  readonly variable: string;
  readonly description: string;
  readonly defaultText: string;
  /** Never printed. */
  readonly secret: boolean;
  /** Turns the text into a value or throws an Error that says what is expected. */
  readonly parse: (text: string) => T;
}

interface Options {
  secret?: boolean;
}

/** Flag of a setting: `GITS_DATA_DIR` is `--data-dir`, `DATABASE_URL` is `--database-url`. */
export function flagOf(setting: Setting<unknown>): string {
  return `--${setting.variable
    .replace(/^GITS_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;
}

export function text(variable: string, defaultText: string, description: string, options: Options = {}) {
  return define(variable, defaultText, description, (value) => value, options);
}

export function choice<const C extends string>(
  variable: string,
  defaultText: C,
  choices: readonly C[],
  description: string,
) {
  return define(variable, defaultText, `${description} One of: ${choices.join(', ')}.`, (value) => {
    const found = choices.find((candidate) => candidate === value);
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return found;
  });
}

export function list(variable: string, defaultText: string, description: string) {
  return define(variable, defaultText, description, (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

export function flag(variable: string, defaultValue: boolean, description: string) {
  return define(variable, String(defaultValue), description, (value) => {
    if (['true', '1', 'yes', 'on'].includes(value.toLowerCase())) return true;
    if (['false', '0', 'no', 'off'].includes(value.toLowerCase())) return false;
    throw new Error('must be true or false');
  });
}

export function integer(variable: string, defaultValue: number, minimum: number, maximum: number, description: string) {
  return define(variable, String(defaultValue), description, (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < minimum || number > maximum) {
      throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    }
    return number;
  });
}

export function decimal(variable: string, defaultValue: number, minimum: number, maximum: number, description: string) {
  return define(variable, String(defaultValue), description, (value) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < minimum || number > maximum) {
      throw new Error(`must be a number from ${minimum} to ${maximum}`);
    }
    return number;
  });
}

/** A rate per second; empty text is null, `max` is Infinity. */
export function rate(variable: string, description: string) {
  return define(variable, '', description, (value) => {
    if (value === '') return null;
    const number = value === 'max' ? Infinity : Number(value);
    if (Number.isNaN(number) || number <= 0) throw new Error('must be a number above 0, or "max"');
    return number;
  });
}

function define<T>(
  variable: string,
  defaultText: string,
  description: string,
  parse: (value: string) => T,
  options: Options = {},
): Setting<T> {
  return { variable, defaultText, description, parse, secret: options.secret ?? false };
}
