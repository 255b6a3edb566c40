import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { Environment, SettingError } from '../config/environment.js';
import { flagOf } from '../config/setting.js';
import { SETTINGS } from '../config/settings.js';
import { EXIT, ExitError } from '../roles/exit-codes.js';
import { ROLES } from '../roles/roles.js';

/** Reads the command line, runs the command and returns the exit code. */
export async function runCommandLine(argv: string[], program: string): Promise<number> {
  let code: number = EXIT.ok;
  const command = new Command('gits')
    .description('GITS: score, store, watch and retrain industrial machine-learning models.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('`gits --help` lists the commands and settings.')
    .addHelpText('after', settingsHelp);

  const add = (name: string, description: string, run: (context: CommandContext) => Promise<number>) => {
    const added = command.command(name).description(description).exitOverride();
    for (const setting of Object.values(SETTINGS)) {
      added.addOption(new Option(`${flagOf(setting)} <value>`, setting.description).hideHelp(name !== 'start'));
    }
    added.action(async (options: Record<string, unknown>) => {
      const flags = settingFlags(options);
      code = await run({ environment: Environment.read(process.env, flags), flags, program, options });
    });
    return added;
  };

  add('start', 'Run roles; without --role all of them.', async ({ environment, flags }) => {
    const { start } = await import('./start.js');
    return start(environment, flags, program);
  });
  add('migrate', 'Bring the database to this version.', async ({ environment, options }) => {
    const { runMigrations } = await import('./migrate.js');
    return runMigrations(environment, options['back'] === true);
  }).option('--back', 'take the newest migration back');
  add(
    'doctor',
    'Check this machine, the ports, the stores and the disk, and say what to do.',
    async ({ environment }) => {
      const { doctor } = await import('./doctor.js');
      return doctor(environment);
    },
  );
  add('login-link', 'Print a new one-time login link of the administrator.', async ({ environment }) => {
    const { loginLink } = await import('./login-link.js');
    return loginLink(environment);
  });

  try {
    await command.parseAsync(argv);
    return code;
  } catch (error) {
    return explain(error);
  }
}

interface CommandContext {
  environment: Environment;
  /** Settings given as flags, by flag name. */
  flags: Record<string, string>;
  program: string;
  options: Record<string, unknown>;
}

function settingFlags(options: Record<string, unknown>): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const setting of Object.values(SETTINGS)) {
    const name = flagOf(setting).slice(2);
    const value = options[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof SettingError) {
    console.error(error.message);
    return EXIT.usage;
  }
  if (error instanceof ExitError) {
    console.error(error.message);
    return error.exitCode;
  }
  const coded = error as { code?: unknown; message?: string; stack?: string };
  console.error(coded.code === 'embedded-postgres' ? coded.message : (coded.stack ?? String(error)));
  return EXIT.failure;
}

function settingsHelp(): string {
  const roles = ROLES.map((role) => `  ${role.name.padEnd(24)}${role.description}`);
  const settings = Object.values(SETTINGS).map((setting) => {
    const shown = setting.defaultText === '' ? '' : ` [${setting.defaultText}]`;
    return `  ${setting.variable.padEnd(28)}${flagOf(setting).padEnd(26)}${setting.description}${shown}`;
  });
  return `
Roles (--role, comma separated; \`all\` runs the others as child processes with an embedded PostgreSQL):
${roles.join('\n')}

Settings (environment variable, flag, meaning, [default]; a flag wins):
${settings.join('\n')}

Exit codes: 0 good end, 1 failure, 2 wrong usage or setting, 3 a store is unreachable, 4 the data directory is in use,
5 work was still under way when the drain time was over.
`;
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
