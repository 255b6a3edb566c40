import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A named consumer: which queue it reads, and which model scores what comes. */
@Entity({ schema: 'gits', name: 'services' })
export class ServiceEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('text')
  queue: string;

  @Column('text')
  dataset: string;

  @Column('text')
  model: string;

  @Column('text')
  alias: string;

  @Column('boolean')
  enabled: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
