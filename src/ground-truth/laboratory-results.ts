import { Injectable } from '@nestjs/common';
import { textArray, uuidArray } from '../platform/postgres/binary-arrays.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';

/** The true value of a message's target, as a laboratory will report it. */
export interface LaboratoryResult {
  jobId: string;
  label: string;
}

/** Results that become known later: what stands for a plant's laboratory until it is connected. */
@Injectable()
export class LaboratoryResults {
  constructor(private readonly postgres: Postgres) {}

  /** Notes results that are due in `delaySeconds`. Results that are noted already stay as they are. */
  async expect(
    dataset: string,
    results: readonly LaboratoryResult[],
    delaySeconds: number,
    transaction?: Queryable,
  ): Promise<void> {
    if (results.length === 0) return;
    await (transaction ?? this.postgres).query({
      name: 'gits-expect-results',
      text: `INSERT INTO gits.laboratory_results (job_id, dataset, label, due_at)
             SELECT id, $3, label, now() + make_interval(secs => $4) FROM unnest($1::uuid[], $2::text[]) AS r (id, label)
             ON CONFLICT DO NOTHING`,
      values: [
        uuidArray(results.map((result) => result.jobId)),
        textArray(results.map((result) => result.label)),
        dataset,
        delaySeconds,
      ],
    });
  }
}
