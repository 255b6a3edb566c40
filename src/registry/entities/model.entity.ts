import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A named line of model versions for one dataset. */
@Entity({ schema: 'gits', name: 'models' })
export class ModelEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('text')
  dataset: string;

  @Column('text')
  description: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column('text', { name: 'created_by' })
  createdBy: string;
}
