import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { forgetExpiredLogins } from '../access/forget-expired-logins.js';
import { Postgres } from '../platform/postgres/postgres.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';

const EVERY_MS = 60_000;
/** Any number of our own: one scheduler at a time does the rounds. */
const LOCK = 4_711_003;

/** A chore: one statement that may run at any time and as often as it likes. */
interface Chore {
  readonly name: string;
  readonly statement: string;
}

const CHORES: readonly Chore[] = [
  {
    name: 'idempotency keys older than a day',
    statement: `DELETE FROM gits.idempotency_keys WHERE created_at < now() - interval '1 day'`,
  },
  {
    // Minutes that nobody writes any more need one row, not one per lane.
    name: 'job counters of past minutes',
    statement: `WITH old AS (
                  DELETE FROM gits.job_counts c USING (
                    SELECT minute, service, status FROM gits.job_counts WHERE minute < now() - interval '10 minutes'
                    GROUP BY minute, service, status HAVING count(*) > 1 OR sum(jobs) = 0 LIMIT 10000) AS many
                  WHERE c.minute = many.minute AND c.service = many.service AND c.status = many.status
                  RETURNING c.minute, c.service, c.status, c.jobs)
                INSERT INTO gits.job_counts (minute, service, status, lane, jobs)
                SELECT minute, service, status, -1, sum(jobs) FROM old GROUP BY minute, service, status HAVING sum(jobs) <> 0
                ON CONFLICT (minute, service, status, lane) DO UPDATE SET jobs = job_counts.jobs + excluded.jobs`,
  },
  {
    // Minutes are kept apart for a little longer than anyone can ask for; then only the sum counts.
    name: 'job counters of past weeks',
    statement: `WITH old AS (
                  DELETE FROM gits.job_counts WHERE minute > 'epoch' AND minute < now() - interval '8 days'
                  RETURNING service, status, jobs)
                INSERT INTO gits.job_counts (minute, service, status, lane, jobs)
                SELECT 'epoch', service, status, -1, sum(jobs) FROM old GROUP BY service, status
                ON CONFLICT (minute, service, status, lane) DO UPDATE SET jobs = job_counts.jobs + excluded.jobs`,
  },
];

/** Keeps the tables of the platform small. Nothing depends on when it runs. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Housekeeping.name);
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly postgres: Postgres,
    private readonly processes: ProcessRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const start = () => {
      this.round = this.tidy().catch((error: unknown) => this.logger.warn(`housekeeping: ${String(error)}`));
    };
    start();
    this.timer = setInterval(start, EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round of all chores; does nothing while another process is at it. */
  async tidy(): Promise<void> {
    await this.postgres.transaction(async (connection) => {
      const lock = await connection.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
      if (lock.rows[0]?.mine !== true) return;
      for (const { name, statement } of CHORES) {
        const { rowCount } = await connection.query(statement);
        if (rowCount !== 0) this.logger.debug(`${name}: ${rowCount} rows`);
      }
    });
    await forgetExpiredLogins(this.postgres);
    const gone = await this.processes.forgetGone();
    if (gone > 0) this.logger.warn(`${gone} processes went without a word and are forgotten`);
  }
}
