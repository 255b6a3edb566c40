import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ModelSignature } from '../onnx-gate/model-signature.js';

/** One immutable version of a model: an artifact and what is known of it. */
@Entity({ schema: 'gits', name: 'model_versions' })
export class ModelVersionEntity {
  @PrimaryColumn('text')
  model: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('text')
  sha256: string;

  @Column('json')
  signature: ModelSignature;

  /** What the upload gate found: summary of the graph and report of the trial run. */
  @Column('json')
  gate: Record<string, unknown>;

  @Column('json')
  metrics: Record<string, number>;

  @Column('json')
  card: Record<string, unknown>;

  @Column('text')
  description: string;

  @Column('integer', { name: 'parent_version', nullable: true })
  parentVersion: number | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column('text', { name: 'created_by' })
  createdBy: string;
}
