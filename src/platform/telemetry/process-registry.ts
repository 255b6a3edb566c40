import { hostname } from 'node:os';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Postgres } from '../postgres/postgres.js';

const HEARTBEAT_MS = 5000;
/** A process that was silent for this long counts as gone. */
export const GONE_AFTER_SECONDS = 20;

/** A running process of GITS, as it describes itself. */
export interface ProcessRecord {
  id: string;
  role: string;
  host: string;
  pid: number;
  healthUrl: string;
  details: Record<string, unknown>;
  startedAt: Date;
  seenAt: Date;
}

/** Writes this process into the table of processes and keeps its row fresh. */
@Injectable()
export class ProcessRegistry implements BeforeApplicationShutdown {
  /** Unique among all processes of the installation; also the name of a worker in its jobs. */
  readonly id = `${hostname()}-${process.pid}`;
  private readonly logger = new Logger(ProcessRegistry.name);
  private timer: NodeJS.Timeout | undefined;
  private role = '';
  private healthUrl = '';
  private details: () => Record<string, unknown> = () => ({});

  constructor(private readonly postgres: Postgres) {}

  /** Sets what the row tells about this process beyond its name, such as its services and rates. */
  describe(details: () => Record<string, unknown>): void {
    this.details = details;
  }

  async start(role: string, healthUrl: string): Promise<void> {
    this.role = role;
    this.healthUrl = healthUrl;
    await this.beat();
    this.timer = setInterval(() => {
      // A missed beat is no news: the row just ages, and readiness tells of the database.
      this.beat().catch((error: unknown) => this.logger.debug(`no heartbeat: ${String(error)}`));
    }, HEARTBEAT_MS);
    this.timer.unref();
  }

  /** The processes that were seen lately. */
  async list(): Promise<ProcessRecord[]> {
    return this.postgres.rows<never>(
      `SELECT id, role, host, pid, health_url AS "healthUrl", details, started_at AS "startedAt", seen_at AS "seenAt"
       FROM gits.processes WHERE seen_at > now() - make_interval(secs => $1) ORDER BY role, started_at`,
      [GONE_AFTER_SECONDS],
    );
  }

  /** Forgets processes that went without a word; returns how many. */
  async forgetGone(): Promise<number> {
    const gone = await this.postgres.query(
      `DELETE FROM gits.processes WHERE seen_at < now() - make_interval(secs => $1)`,
      [GONE_AFTER_SECONDS * 3],
    );
    return gone.rowCount ?? 0;
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    if (this.role === '') return;
    await this.postgres.query('DELETE FROM gits.processes WHERE id = $1', [this.id]).catch(() => undefined);
  }

  private async beat(): Promise<void> {
    await this.postgres.query(
      `INSERT INTO gits.processes AS p (id, role, host, pid, health_url, details) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET seen_at = now(), details = excluded.details, role = excluded.role,
         health_url = excluded.health_url`,
      [
        this.id,
        this.role,
        hostname(),
        process.pid,
        this.healthUrl,
        JSON.stringify({ rssMb: Math.round(process.memoryUsage.rss() / 1024 / 1024), ...this.details() }),
      ],
    );
  }
}
