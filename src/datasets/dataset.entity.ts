import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Dataset } from './dataset.js';

/** A registered dataset. Its rows live in the tables that `dataset-table.ts` names. */
@Entity({ schema: 'gits', name: 'datasets' })
export class DatasetEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('json')
  definition: Dataset;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Grows with every change, by a millisecond at least: the version of the definition. */
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
