// Writes docs/settings.md from src/config/settings.ts: `npm run build && node docs/make-settings.mjs [--check]`.
import { flagOf } from '../dist/src/config/setting.js';
import { SETTINGS } from '../dist/src/config/settings.js';
import { writeOrCheck } from './write-or-check.mjs';

const cell = (text) => text.replaceAll('|', '\\|');
const rows = Object.values(SETTINGS).map((setting) => {
  const shown = setting.defaultText === '' ? '' : `\`${setting.defaultText}\``;
  const secret = setting.secret ? ' _Secret: never printed._' : '';
  return `| \`${setting.variable}\` | \`${flagOf(setting)}\` | ${shown} | ${cell(setting.description)}${secret} |`;
});

await writeOrCheck(
  new URL('settings.md', import.meta.url),
  `<!-- Made by docs/make-settings.mjs from src/config/settings.ts. Change that file, then run the script. -->

# Settings

Every setting is an environment variable and a flag of \`gits\`; a flag wins over the variable, and an empty variable counts
as not set. Any command takes every setting. A variable that begins with \`GITS_\` and is not in this table, an unknown flag
or a value out of range stops the program with exit code 2 and a message that names it; nothing is guessed or ignored.

\`\`\`bash
GITS_PORT=8080 npm start
npm start -- --port 8080
\`\`\`

Under \`--role all\` the settings are handed on to every role, so one place is enough. The same list with defaults is printed by
\`npm run gits -- --help\`.

| Variable | Flag | Default | Meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

A secret given as a flag can be seen in the list of processes: use the variable for those.
`,
);
