// What must be true of the stores when the kill test is over.
import pg from 'pg';
import { messageId } from '../../dist/src/data-source/message-id.js';
import { RoasterSimulator } from '../../dist/src/simulator/roaster-simulator.js';

/**
 * Compares the stores with the messages that were to be sent. Which those are follows from the run alone: ids from its name,
 * its begin and the position, payloads from the seed.
 *
 * @param {string} databaseUrl
 * @param {{ run: string; messages: number; seed: number }} expected
 * @returns {Promise<{ jobs: number; lost: number; duplicates: number; problems: string[] }>} problems are empty when all is well
 */
export async function readLedger(databaseUrl, { run, messages, seed }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async (text, values) => (await client.query(text, values)).rows;
  const number = async (text, values) => Number(Object.values((await rows(text, values))[0] ?? {})[0]);
  try {
    const [{ started, position, ended } = {}] = await rows(
      `SELECT (extract(epoch FROM started_at) * 1000)::bigint AS started, position, ended_at IS NOT NULL AS ended
       FROM gits.source_runs WHERE name = $1`,
      [run],
    );
    const simulator = new RoasterSimulator({ seed });
    const expected = new Map();
    for (let row = 0; row < messages; row += 1) {
      const payload = JSON.stringify({ product_quality: simulator.next().features });
      expected.set(messageId(run, Number(started), row), payload);
    }
    const jobs = await rows('SELECT id, last_status AS status, payload::text AS payload, message FROM gits.jobs');
    const production = await rows(
      'SELECT job_id AS id, count(*)::integer AS copies FROM data.product_quality_production GROUP BY 1',
    );
    const copies = new Map(production.map(({ id, copies }) => [id, copies]));
    const known = new Map(jobs.map((job) => [job.id, job]));

    const withoutJob = [...expected.keys()].filter((id) => !known.has(id));
    const finished = jobs.filter(({ status }) => status === 'finished');
    const withoutRow = finished.filter(({ id }) => !copies.has(id));
    const strangers = jobs.filter(({ id }) => !expected.has(id));
    const extraRows = production.reduce((sum, row) => sum + row.copies - 1, 0);
    const rowsWithoutJob = production.filter(({ id }) => known.get(id)?.status !== 'finished');
    const unfinished = jobs.filter(({ status }) => status !== 'finished');
    const mixedUp = jobs.filter(({ id, payload }) => expected.has(id) && expected.get(id) !== payload);

    const problems = [];
    const expectZero = (count, what) => count !== 0 && problems.push(`${count} ${what}`);
    expectZero(withoutJob.length, 'messages have no job');
    expectZero(withoutRow.length, 'finished jobs have no production row');
    expectZero(strangers.length, 'jobs belong to no message that was sent');
    expectZero(extraRows, 'production rows are there twice');
    expectZero(rowsWithoutJob.length, 'production rows have no finished job');
    expectZero(unfinished.length, `good messages did not end as finished jobs, such as: ${unfinished[0]?.message}`);
    expectZero(mixedUp.length, 'jobs hold another payload than was sent under their id');
    expectZero(await number('SELECT count(*) FROM gits.messages'), 'messages are left in the queue');
    expectZero(await number('SELECT count(*) FROM gits.dead_letters'), 'messages are dead letters');
    if (Number(position) !== messages || ended !== true)
      problems.push(`the run stands at ${position}, ended: ${ended}`);

    // The counters that triggers and writers keep must be what counting gives.
    const agree = async (what, counter, table) => {
      const [kept, real] = [await number(counter), await number(table)];
      if (kept !== real) problems.push(`${what} counts ${kept}, but there are ${real}`);
    };
    await agree('gits.job_counts', 'SELECT sum(jobs) FROM gits.job_counts', 'SELECT count(*) FROM gits.jobs');
    await agree(
      'gits.job_counts (finished)',
      `SELECT sum(jobs) FROM gits.job_counts WHERE status = 'finished'`,
      `SELECT count(*) FROM gits.jobs WHERE last_status = 'finished'`,
    );
    for (const split of ['training', 'testing', 'production']) {
      await agree(
        `gits.row_counts (${split})`,
        `SELECT sum(row_count) FROM gits.row_counts WHERE dataset = 'product_quality' AND split = '${split}'`,
        `SELECT count(*) FROM data.product_quality_${split}`,
      );
    }
    // The demo rows are loaded once, and each laboratory result is taken over at most once.
    const demo = await number('SELECT count(*) FROM data.product_quality_training WHERE job_id IS NULL');
    if (demo !== 20_000) problems.push(`there must be 20000 demo training rows, but there are ${demo}`);
    expectZero(
      await number('SELECT count(job_id) - count(DISTINCT job_id) FROM data.product_quality_training'),
      'training rows were collected twice',
    );
    return {
      jobs: jobs.length - strangers.length,
      lost: withoutJob.length + withoutRow.length,
      duplicates: strangers.length + extraRows + rowsWithoutJob.length,
      problems,
    };
  } finally {
    await client.end();
  }
}
