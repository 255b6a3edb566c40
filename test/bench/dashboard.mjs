// How long the web server takes for jobs, counts and the dashboard with a million jobs stored: the bar is 100 ms each.
//   npm run bench:dashboard [-- --jobs 1000000 --days 7 --waiting 100000 --looks 15]
// Prints one JSON line last: medians and worst times in milliseconds, over HTTP, with the role `api` as it is shipped.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmbeddedPostgres } from '../../dist/src/platform/postgres/embedded-postgres.js';
import { migrate } from '../../dist/src/platform/postgres/migrator.js';
import { Postgres } from '../../dist/src/platform/postgres/postgres.js';
import { PRODUCT_QUALITY_DATASET } from '../../dist/src/simulator/product-quality-dataset.js';
import { watchMemory } from './memory.mjs';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '7' },
    waiting: { type: 'string', default: '100000' },
    looks: { type: 'string', default: '15' },
  },
});
const [jobs, days, waiting, looks] = [values.jobs, values.days, values.waiting, values.looks].map(Number);
const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SERVICE = 'service_product_quality_A';
const QUEUE = 'gits_product_quality_A';
const API_KEY = 'gits_a-key-for-the-bench-0123456789';
/** Writers of the jobs: the counters have a lane for each. */
const WRITERS = 4;
/** The dashboard serves the figures of its last look for less than this; a look that counts must be a new one. */
const STALE_MS = 1000;

const ROUTES = {
  // Does next to nothing: how fast or slow this machine is today.
  health: '/health/live',
  list: '/queue_manager/jobs?limit=100',
  listFailed: '/queue_manager/jobs?limit=100&last_status=failed',
  listFinished: '/queue_manager/jobs?limit=100&last_status=finished',
  listService: `/queue_manager/jobs?limit=100&service=${SERVICE}`,
  listServiceFailed: `/queue_manager/jobs?limit=100&service=${SERVICE}&last_status=failed`,
  counts: '/queue_manager/jobs/counts',
  countsPerMinute: '/queue_manager/jobs/counts_per_minute',
  dashboard: '/dash_main_dashboard',
  dashboardLive: '/dash_main_dashboard/live',
};

const directory = await mkdtemp(join(tmpdir(), 'gits-bench-'));
const server = await EmbeddedPostgres.start(directory, 0, (reason) => {
  console.error(`PostgreSQL ended: ${reason}`);
  process.exit(1);
});
const postgres = new Postgres(server.url, 'bench', WRITERS);
const api = { child: undefined, url: '' };
const memory = watchMemory();
try {
  await migrate(server.url);
  const [loaded] = await once(role('loader'), 'exit');
  if (loaded !== 0) throw new Error(`role loader ended with ${loaded}`);
  const started = performance.now();
  await fill();
  console.log(`filled with ${jobs} jobs in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  await startApi();
  const report = { jobs };
  for (const [name, path] of Object.entries(ROUTES)) {
    const { median, worst, bytes } = await time(path);
    console.log(`${name.padEnd(18)} median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms, ${bytes} bytes`);
    report[`${name}Ms`] = Number(median.toFixed(1));
    report[`${name}WorstMs`] = Number(worst.toFixed(1));
  }
  report.apiRssMb = memory.peakMb();
  console.log(JSON.stringify(report));
} finally {
  memory.stop();
  api.child?.kill('SIGTERM');
  if (api.child !== undefined) await once(api.child, 'exit');
  await postgres.onApplicationShutdown();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

/** Jobs up to now, evenly over the days: 98 in 100 finished, one failed, one cancelled; and what belongs to them. */
async function fill() {
  const features = PRODUCT_QUALITY_DATASET.features.map(({ name }) => name);
  const payload = JSON.stringify({ product_quality: features.map(() => 300.25) });
  const result = JSON.stringify([
    { ...Object.fromEntries(features.map((name) => [name, 300.25])), quality: 366.89508 },
  ]);
  await Promise.all(
    Array.from({ length: WRITERS }, (_, writer) =>
      postgres.query(
        `INSERT INTO gits.jobs
         SELECT gen_random_uuid(), $1, $2, status, $3::json, CASE WHEN status = 'finished' THEN $4 ELSE '[]' END::json,
           CASE WHEN status = 'failed' THEN 'product_quality/3 must be a number, but is missing.' ELSE 'Results calculated.' END,
           'plant-4711', 'product_quality_starter', 1, 0, at, at + interval '2 ms', at + interval '9 ms'
         FROM generate_series($5::int, $6::int, $7::int) i
         CROSS JOIN LATERAL (SELECT now() - make_interval(secs => $8::float8 * (1 - i / $6::float8)) AS at,
           CASE i % 100 WHEN 17 THEN 'failed' WHEN 83 THEN 'cancelled' ELSE 'finished' END AS status) AS each`,
        [SERVICE, QUEUE, payload, result, writer + 1, jobs, WRITERS, days * 86_400],
      ),
    ),
  );
  await postgres.query(
    `INSERT INTO data.product_quality_production (job_id, date_time, ${features.join(', ')}, prediction, quality)
     SELECT id, queued_at, ${features.map(() => '300.25').join(', ')}, 350 + 50 * random(),
       CASE WHEN random() < 0.5 THEN 350 + 50 * random() END
     FROM gits.jobs WHERE last_status = 'finished'`,
  );
  await postgres.query(
    `INSERT INTO gits.messages (id, queue, body) SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, $3::int)`,
    [QUEUE, payload, waiting],
  );
  await postgres.query(
    `INSERT INTO gits.dead_letters (id, queue, body, reason, attempts, published_at)
     SELECT id, routing_key, payload::text, message, 1, queued_at FROM gits.jobs WHERE last_status = 'failed'`,
  );
  await postgres.query('VACUUM ANALYZE');
  await postgres.query('CHECKPOINT');
}

async function startApi() {
  api.child = role('api');
  memory.add(api.child.pid);
  const [message] = await Promise.race([
    once(api.child, 'message'),
    once(api.child, 'exit').then(([code]) => Promise.reject(new Error(`role api ended with ${code}`))),
  ]);
  api.url = message.address;
}

/** Median and worst time of a route; the first look, which fills caches, does not count. */
async function time(path) {
  const times = [];
  let bytes = 0;
  for (let look = 0; look <= looks; look += 1) {
    if (path.startsWith('/dash')) await sleep(STALE_MS);
    const started = performance.now();
    const answer = await fetch(api.url + path, { headers: { authorization: `Bearer ${API_KEY}` } });
    bytes = Number(answer.headers.get('content-length') ?? 0);
    const body = await answer.text();
    if (look > 0) times.push(performance.now() - started);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body.slice(0, 300)}`);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)], worst: times.at(-1), bytes };
}

function role(name) {
  return spawn(process.execPath, [MAIN, 'start', '--role', name], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: server.url,
      GITS_DATA_DIR: directory,
      GITS_API_KEY: API_KEY,
      GITS_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
