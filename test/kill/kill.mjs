// Kill test: 20,000 messages go through a whole installation while its processes get SIGKILL at random, and now and then all
// of them at once, PostgreSQL included. Afterwards a ledger must show nothing lost and nothing twice.
//
//   node test/kill/kill.mjs [--seed 7] [--messages 20000] [--program other/main.js]
//
// Last line: {"jobs":20000,"kills":…,"lost":0,"duplicates":0}; the exit code is 1 when anything is wrong. About 80 seconds, at
// most two minutes. The seed is printed; it fixes what is killed in which order, not when the operating system does it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { SeededRandom } from '../../dist/src/ml/random/seeded-random.js';
import { embeddedUrl } from '../../dist/src/platform/postgres/database-url.js';
import { API_KEY, PROGRAM, startInstallation } from '../support/gits-process.mjs';
import { descendantsOf, signal } from '../support/process-tree.mjs';
import { readLedger } from './ledger.mjs';

/** Sending shall be over after so many seconds, however long the restarts take; after the second figure the test gives up. */
const SENT_BY_S = 70;
const GIVE_UP_S = 112;
const BOUND_S = 118;
const SLOWEST_PER_S = 250;
const RUN = 'kill test';

/** One round; the order within a round is drawn. `workers` are killed together, and again while they catch up. */
const ROUND = ['worker', 'engine', 'data-source', 'api', 'workers', 'backend', 'collector', 'everything'];

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    messages: { type: 'string', default: '20000' },
    program: { type: 'string', default: PROGRAM },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const messages = Number(values.messages);
/** Streams of their own: how many processes there are to choose from must not change the order of the victims. */
const order = new SeededRandom(seed, 0);
const chance = new SeededRandom(seed, 1);
const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1000;
const say = (text) => console.log(`${elapsed().toFixed(1).padStart(6)} s  ${text}`);

const dataDir = await mkdtemp(join(tmpdir(), 'gits-kill-'));
let installation;
let kills = 0;
let code = 1;
const bound = setTimeout(() => void outOfTime(), BOUND_S * 1000);
try {
  say(`seed ${seed}, ${messages} messages`);
  await start();
  await killUntilSent();
  await settle();
  const ledger = await readLedger(await databaseUrl(), { run: RUN, messages, seed });
  const shown = await countsOfTheApi();
  if (shown.finished !== messages || shown.total !== messages)
    ledger.problems.push(`the API counts ${JSON.stringify(shown)}`);
  const exit = await installation.gits.stop();
  if (exit !== 0) ledger.problems.push(`the last stop ended with ${exit}`);
  for (const problem of ledger.problems) say(`WRONG: ${problem}`);
  code = ledger.problems.length === 0 ? 0 : 1;
  if (code !== 0) console.log(endOfOutput());
  console.log(JSON.stringify({ jobs: ledger.jobs, kills, lost: ledger.lost, duplicates: ledger.duplicates }));
} catch (error) {
  console.error(error);
  console.error(endOfOutput());
} finally {
  clearTimeout(bound);
  await clean();
}
process.exit(code);

function endOfOutput() {
  return installation?.gits.output.split('\n').slice(-40).join('\n') ?? '';
}

async function outOfTime() {
  console.error(`The test must end within two minutes, but did not after ${BOUND_S} s.`);
  await clean();
  process.exit(1);
}

async function clean() {
  await installation?.gits.kill();
  await rm(dataDir, { recursive: true, force: true });
}

/** Starts the installation; what is still to send is paced so that it lasts until `SENT_BY_S`. */
async function start() {
  const position = installation === undefined ? 0 : installation.position;
  const left = Math.max(1, SENT_BY_S - 6 - elapsed());
  const rate = Math.max(SLOWEST_PER_S, Math.ceil((messages - position) / left));
  const settings = {
    GITS_WORKERS: '2',
    GITS_SEED: String(seed),
    GITS_RATE: String(rate),
    GITS_SOURCE_RUN: RUN,
    GITS_SOURCE_COUNT: String(messages),
    GITS_LABEL_DELAY: '1',
    GITS_COLLECT_INTERVAL: '1',
  };
  const { gits } = await startInstallation(dataDir, { settings, program: values.program });
  installation = { gits, position };
  say(`runs from message ${position} on, ${rate} a second`);
}

async function killUntilSent() {
  let round = [];
  for (;;) {
    await sleep(300 + chance.uniform() * 1700);
    const { position = installation.position, ended = false } = await run();
    installation.position = Number(position);
    if (ended || installation.position >= messages) return;
    if (elapsed() > GIVE_UP_S - 20) return say('no more kills: time is short');
    if (round.length === 0) round = shuffle(ROUND);
    await kill(round.pop());
  }
}

async function kill(victim) {
  if (victim === 'everything') {
    const count = await installation.gits.kill();
    kills += 1;
    say(`SIGKILL for all ${count} processes`);
    return start();
  }
  if (victim === 'workers') {
    await killAll('worker', await pidsOf('worker'));
    // While they were away the queue has grown: the next blow hits large batches half done.
    const before = await jobs();
    const deadline = performance.now() + 8000;
    while (performance.now() < deadline && (await jobs()) === before) await sleep(5);
    return killAll('worker', await pidsOf('worker'));
  }
  const pids = await pidsOf(victim);
  return killAll(victim, pids.length === 0 ? [] : [pids[chance.integer(pids.length)]]);
}

function killAll(name, pids) {
  for (const pid of pids) {
    if (!signal(pid, 'SIGKILL')) continue;
    kills += 1;
    say(`SIGKILL for ${name} ${pid}`);
  }
}

/** Processes below our supervisor that are the victim; nothing else is ever killed. */
async function pidsOf(victim) {
  const below = descendantsOf(installation.gits.pid);
  if (victim === 'engine')
    return below.filter(({ command }) => command.includes('engine-process')).map(({ pid }) => pid);
  // A session of the server: it takes all others with it, and the server recovers by itself.
  if (victim === 'backend')
    return below.filter(({ command }) => command.startsWith('postgres: gits ')).map(({ pid }) => pid);
  const role = victim === 'collector' ? 'ground-truth-collector' : victim;
  const registered = await query('SELECT pid FROM gits.processes WHERE role = $1', [role]);
  return registered.map(({ pid }) => pid).filter((pid) => below.some((each) => each.pid === pid));
}

/** Waits until every message has been worked on. */
async function settle() {
  for (;;) {
    const [{ waiting } = { waiting: -1 }] = await query('SELECT count(*)::integer AS waiting FROM gits.messages');
    const { ended = false } = await run();
    if (waiting === 0 && ended) return say('everything is sent and the queue is empty');
    if (elapsed() > GIVE_UP_S) return say(`gives up: ${waiting} messages wait, all sent: ${ended}`);
    await sleep(200);
  }
}

async function run() {
  return (
    (await query('SELECT position, ended_at IS NOT NULL AS ended FROM gits.source_runs WHERE name = $1', [RUN]))[0] ??
    {}
  );
}

async function jobs() {
  return (await query('SELECT coalesce(sum(jobs), 0)::integer AS jobs FROM gits.job_counts'))[0]?.jobs ?? 0;
}

/** Rows of a query; none while the server recovers. */
async function query(text, parameters) {
  const client = new pg.Client({ connectionString: await databaseUrl(), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text, parameters)).rows;
  } catch {
    return [];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function databaseUrl() {
  const { port, password } = JSON.parse(await readFile(join(dataDir, 'secrets', 'postgres.json'), 'utf8'));
  return embeddedUrl(port, password);
}

/** Asks the web server, which may just be coming back, and then has another port. */
async function countsOfTheApi() {
  const headers = { authorization: `Bearer ${API_KEY}` };
  for (;;) {
    const servers = await query(
      `SELECT health_url AS url FROM gits.processes WHERE role = 'api' ORDER BY started_at DESC`,
    );
    for (const { url } of servers) {
      const answer = await fetch(`${url}/queue_manager/jobs/counts`, { headers }).catch(() => undefined);
      if (answer?.ok === true) return answer.json();
    }
    await sleep(200);
  }
}

/** Fisher-Yates. */
function shuffle(list) {
  const shuffled = [...list];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = order.integer(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}
