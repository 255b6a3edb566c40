import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { float8Array, textArray, uuidArray } from '../../dist/src/platform/postgres/binary-arrays.js';

process.env.ORT_DISABLE_TELEMETRY = '1';
const { default: ort } = await import('onnxruntime-node');

const MODEL = new URL('../../models/product_quality/product_quality.onnx', import.meta.url);
const WIDTH = 11;

/**
 * The same rows without a queue, checks, counters, or a process boundary: bare ONNX Runtime, then one INSERT from arrays into
 * a table like the production rows and one into a table like the job records, commit; in the same batches, with as many
 * connections. Returns rows per second.
 */
export async function runSubstrate(url, rows, { batchSize, batchesInFlight }) {
  const session = await ort.InferenceSession.create(await readFile(MODEL), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const input = session.inputNames[0];
  const output = session.outputNames[0];
  const clients = await Promise.all(
    Array.from({ length: batchesInFlight }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    }),
  );
  await clients[0].query(TABLES);
  const bodies = rows.map((row) => JSON.stringify({ product_quality: row }));
  const started = performance.now();
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (next < rows.length) {
        const start = next;
        next += batchSize;
        await storeBatch(client, session, input, output, rows.slice(start, next), bodies.slice(start, next));
      }
    }),
  );
  const perSecond = rows.length / ((performance.now() - started) / 1000);
  await clients[0].query('DROP SCHEMA substrate CASCADE');
  await Promise.all(clients.map((client) => client.end()));
  await session.release();
  return perSecond;
}

async function storeBatch(client, session, input, output, rows, bodies) {
  const count = rows.length;
  const features = new Float32Array(count * WIDTH);
  rows.forEach((row, index) => features.set(row, index * WIDTH));
  const answer = await session.run({ [input]: new ort.Tensor('float32', features, [count, WIDTH]) });
  const predictions = answer[output].data;
  const ids = uuidArray(rows.map(() => uuid()));
  const now = Date.now() / 1000;
  const times = float8Array(new Float64Array(count).fill(now));
  const columns = Array.from({ length: WIDTH }, (_, offset) =>
    float8Array(features, { offset, stride: WIDTH, length: count }),
  );
  const results = rows.map((row, index) =>
    JSON.stringify([{ features: row, quality: predictions[index], date_time: now }]),
  );
  await client.query('BEGIN');
  await client.query({
    name: 'rows',
    text: `INSERT INTO substrate.rows SELECT id, to_timestamp(t), ${NAMES}, p FROM unnest($1::uuid[], $2::float8[], ${ARRAYS}, $14::float8[])
             AS b (id, t, ${NAMES}, p)`,
    values: [ids, times, ...columns, float8Array(predictions)],
  });
  await client.query({
    name: 'jobs',
    text: `INSERT INTO substrate.jobs SELECT id, 'service', 'queue', 'finished', payload::json, result::json, 'message', 'worker', 'model', 1, 0,
             to_timestamp(t), to_timestamp(t), to_timestamp(t) FROM unnest($1::uuid[], $2::text[], $3::text[], $4::float8[])
             AS b (id, payload, result, t)`,
    values: [ids, textArray(bodies), textArray(results), times],
  });
  await client.query('COMMIT');
}

const FEATURES = Array.from({ length: WIDTH }, (_, index) => `f${index}`);
const NAMES = FEATURES.join(', ');
const ARRAYS = FEATURES.map((_, index) => `$${index + 3}::float8[]`).join(', ');
const TABLES = `
  DROP SCHEMA IF EXISTS substrate CASCADE;
  CREATE SCHEMA substrate;
  CREATE TABLE substrate.rows (job_id uuid, date_time timestamptz, ${FEATURES.map((name) => `${name} float8`).join(', ')},
    prediction float8, PRIMARY KEY (job_id, date_time));
  CREATE INDEX ON substrate.rows (date_time, job_id);
  CREATE TABLE substrate.jobs (id uuid PRIMARY KEY, service text, routing_key text, last_status text, payload json, result json,
    message text, worker text, model text, model_version integer, attempts smallint, queued_at timestamptz,
    started_at timestamptz, ended_at timestamptz);
  CREATE INDEX ON substrate.jobs (queued_at);
  CREATE INDEX ON substrate.jobs (service, queued_at);
`;
