// Finished jobs per second of one worker on the embedded PostgreSQL, beside the same work without GITS: bare ONNX Runtime and
// bare INSERTs of the same rows in the same batches, in the same run. Then the latency of lone messages, and peak memory.
//   npm run bench:pipeline [-- --jobs 150000 --rounds 3 --lone 300]
// Prints one JSON line last. Absolute figures move with the machine; the ratio is what to compare.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { v7 as uuid } from 'uuid';
import { EmbeddedPostgres } from '../../dist/src/platform/postgres/embedded-postgres.js';
import { migrate } from '../../dist/src/platform/postgres/migrator.js';
import { PostgresMessageBroker } from '../../dist/src/platform/broker/postgres-message-broker.js';
import { Postgres } from '../../dist/src/platform/postgres/postgres.js';
import { RoasterSimulator } from '../../dist/src/simulator/roaster-simulator.js';
import { runSubstrate } from './substrate.mjs';
import { watchMemory } from './memory.mjs';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '150000' },
    rounds: { type: 'string', default: '3' },
    lone: { type: 'string', default: '300' },
    batch: { type: 'string', default: '1024' },
    'in-flight': { type: 'string', default: '3' },
  },
});
const [jobs, rounds, lone] = [Number(values.jobs), Number(values.rounds), Number(values.lone)];
const [batchSize, batchesInFlight] = [Number(values.batch), Number(values['in-flight'])];
const QUEUE = 'gits_product_quality_A';
const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const directory = await mkdtemp(join(tmpdir(), 'gits-bench-'));
const server = await EmbeddedPostgres.start(directory, 0, (reason) => {
  console.error(`PostgreSQL ended: ${reason}`);
  process.exit(1);
});
const postgres = new Postgres(server.url, 'bench', 4);
let worker;
try {
  await migrate(server.url);
  await role('loader').finished;
  const broker = new PostgresMessageBroker(postgres);
  const simulator = new RoasterSimulator({ seed: 7, scenario: 'steady' });
  const rows = Array.from({ length: jobs }, () => simulator.next().features);

  const pipeline = [];
  const substrate = [];
  const memory = watchMemory();
  for (let round = 1; round <= rounds; round += 1) {
    const perSecond = await drain(broker, rows, memory);
    await postgres.query('CHECKPOINT');
    const bare = await runSubstrate(server.url, rows, { batchSize, batchesInFlight });
    await postgres.query('CHECKPOINT');
    console.log(
      `round ${round}: pipeline ${Math.round(perSecond)} jobs/s, bare substrate ${Math.round(bare)} jobs/s, ratio ${(perSecond / bare).toFixed(2)}`,
    );
    pipeline.push(perSecond);
    substrate.push(bare);
  }
  const latencies = await loneMessages(broker, rows);
  memory.stop();
  console.log(
    `lone messages: p50 ${latencies.p50.toFixed(1)} ms, p99 ${latencies.p99.toFixed(1)} ms from publish to stored`,
  );
  const ratios = pipeline.map((value, index) => value / substrate[index]);
  console.log(
    JSON.stringify({
      jobsPerSecond: Math.round(median(pipeline)),
      substrateJobsPerSecond: Math.round(median(substrate)),
      ratio: Number(median(ratios).toFixed(2)),
      idleP50Ms: Number(latencies.p50.toFixed(2)),
      idleP99Ms: Number(latencies.p99.toFixed(2)),
      peakRssMb: memory.peakMb(),
    }),
  );
} finally {
  worker?.child.kill('SIGTERM');
  await worker?.finished;
  await postgres.onApplicationShutdown();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

/** Publishes all rows while nobody consumes, then lets one worker drain the queue; jobs per second. */
async function drain(broker, allRows, memory) {
  await postgres.query('TRUNCATE gits.jobs, gits.job_counts, data.product_quality_production');
  await postgres.query('VACUUM ANALYZE gits.messages');
  await postgres.query('CHECKPOINT');
  for (let start = 0; start < allRows.length; start += 5000) {
    const messages = allRows
      .slice(start, start + 5000)
      .map((row) => ({ id: uuid(), body: JSON.stringify({ product_quality: row }) }));
    await broker.publish(QUEUE, messages);
  }
  worker = role('worker');
  memory.add(worker.child.pid);
  // From the worker's first look at the queue; loading a program is not what is measured.
  await worker.says('serves');
  const started = performance.now();
  await untilEnded(allRows.length);
  const seconds = (performance.now() - started) / 1000;
  const [{ count }] = await postgres.rows(`SELECT count(*) FROM gits.jobs WHERE last_status = 'finished'`);
  const [{ stored }] = await postgres.rows('SELECT count(*) AS stored FROM data.product_quality_production');
  if (count !== allRows.length || stored !== allRows.length) {
    throw new Error(`${allRows.length} messages gave ${count} finished jobs and ${stored} production rows`);
  }
  worker.child.kill('SIGTERM');
  await worker.finished;
  return allRows.length / seconds;
}

/** Waits for so many ended jobs, by the counters: looking at the tables would cost the server more than a batch does. */
async function untilEnded(count) {
  for (;;) {
    const [{ ended }] = await postgres.rows(
      `SELECT coalesce(sum(jobs), 0) AS ended FROM gits.job_counts WHERE status <> 'queued'`,
    );
    if (Number(ended) >= count) return;
    await sleep(20);
  }
}

/** One message at a time to an idle worker; milliseconds from before publish until the job can be read. */
async function loneMessages(broker, allRows) {
  worker = role('worker');
  await worker.says('serves');
  await sleep(1000);
  const times = [];
  for (let i = 0; i < lone + 20; i += 1) {
    const id = uuid();
    const started = performance.now();
    await broker.publish(QUEUE, [{ id, body: JSON.stringify({ product_quality: allRows[i] }) }]);
    while ((await postgres.query('SELECT 1 FROM gits.jobs WHERE id = $1', [id])).rowCount === 0) await sleep(0.2);
    if (i >= 20) times.push(performance.now() - started);
    await sleep(15);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] };
}

/** A role as the supervisor starts it. */
function role(name) {
  const child = spawn(process.execPath, ['--max-semi-space-size=4', MAIN, 'start', '--role', name], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: server.url,
      GITS_DATA_DIR: directory,
      GITS_BATCH_SIZE: String(batchSize),
      GITS_BATCHES_IN_FLIGHT: String(batchesInFlight),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const waiting = [];
  child.stdout.on('data', (chunk) => {
    output += chunk;
    for (const { word, done } of waiting) if (output.includes(word)) done();
  });
  const finished = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`role ${name} ended with ${code}:\n${output}`);
  });
  return {
    child,
    finished,
    says: (word) =>
      Promise.race([finished, new Promise((done) => (output.includes(word) ? done() : waiting.push({ word, done })))]),
  };
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
