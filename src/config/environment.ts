import { type Setting, flagOf } from './setting.js';
import { SETTINGS } from './settings.js';

type Values = {
  readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

const ValuesBase = class {} as new () => Values;

/** A setting that is unknown or has a wrong value. Stops the start. */
export class SettingError extends Error {
  readonly code = 'invalid-setting';
}

/** All settings, checked. The only place that reads environment variables. */
export class Environment extends ValuesBase {
  /** Reads the settings from `variables`, over which `flags` (by flag name, such as `data-dir`) win. */
  static read(variables: NodeJS.ProcessEnv, flags: Readonly<Record<string, string>> = {}): Environment {
    const problems: string[] = [];
    const values: Record<string, unknown> = {};
    const byFlag = new Map(Object.values(SETTINGS).map((setting) => [flagOf(setting), setting]));
    for (const name of Object.keys(flags)) {
      if (!byFlag.has(`--${name}`)) problems.push(unknown(`--${name}`, [...byFlag.keys()]));
    }
    const known = Object.values(SETTINGS).map((setting) => setting.variable);
    for (const name of Object.keys(variables)) {
      if (name.startsWith('GITS_') && !known.includes(name)) problems.push(unknown(name, known));
    }
    for (const [key, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
      const flagText = flags[flagOf(setting).slice(2)];
      const given = flagText ?? variables[setting.variable];
      const source = flagText === undefined ? setting.variable : flagOf(setting);
      try {
        values[key] = setting.parse(given === undefined || given === '' ? setting.defaultText : given);
      } catch (error) {
        const shown = setting.secret ? '(hidden)' : JSON.stringify(given);
        problems.push(`${source} ${(error as Error).message}, but is ${shown}.`);
      }
    }
    if (problems.length > 0) throw new SettingError(problems.join('\n'));
    return Object.assign(new Environment(), values);
  }

  /** The variables that make a child process see the same settings, with `changes` over them. */
  static childVariables(
    variables: NodeJS.ProcessEnv,
    flags: Readonly<Record<string, string>>,
    changes: Partial<Record<keyof Values, string>>,
  ): NodeJS.ProcessEnv {
    const child: NodeJS.ProcessEnv = { ...variables };
    for (const [key, setting] of Object.entries(SETTINGS) as [keyof Values, Setting<unknown>][]) {
      const value = changes[key] ?? flags[flagOf(setting).slice(2)];
      if (value !== undefined) child[setting.variable] = value;
    }
    return child;
  }
}

function unknown(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = nearest !== undefined && nearest.distance <= 3 ? ` Did you mean ${nearest.candidate}?` : '';
  return `${name} is not a setting of GITS.${hint} \`gits --help\` lists them.`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
