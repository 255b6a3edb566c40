import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres/postgres.js';

/** What is done once in the life of a database, whatever is deleted or changed later. */
@Injectable()
export class SetupSteps {
  constructor(private readonly postgres: Postgres) {}

  /** Runs `work` unless it ran to its end before. It must be able to go on where a killed run left off. */
  async once(name: string, work: () => Promise<void>): Promise<void> {
    const done = await this.postgres.query('SELECT 1 FROM gits.setup_steps WHERE name = $1', [name]);
    if (done.rowCount !== 0) return;
    await work();
    await this.postgres.query('INSERT INTO gits.setup_steps (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
  }
}
