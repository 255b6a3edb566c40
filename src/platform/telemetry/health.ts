import { Injectable } from '@nestjs/common';
import { Postgres } from '../postgres/postgres.js';

const CHECK_TIMEOUT_MS = 3000;

/** What one part of the process says of itself: null when it is fine, else what is wrong. */
export type HealthCheck = () => Promise<string | null>;

export interface HealthReport {
  status: 'ok' | 'unavailable';
  checks: Record<string, string>;
}

/** Answers whether this process can do its work. Modules add their own checks. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, HealthCheck>();

  constructor(postgres: Postgres) {
    this.add('database', async () => {
      await postgres.query('SELECT 1');
      return null;
    });
  }

  add(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  async report(): Promise<HealthReport> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await answerInTime(check)] as const),
    );
    const status = entries.every(([, problem]) => problem === null) ? 'ok' : 'unavailable';
    return { status, checks: Object.fromEntries(entries.map(([name, problem]) => [name, problem ?? 'ok'])) };
  }
}

async function answerInTime(check: HealthCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((done) => {
    timer = setTimeout(() => done(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), timeout]);
  } catch (error) {
    return (error as Error).message || 'failed';
  } finally {
    clearTimeout(timer);
  }
}
