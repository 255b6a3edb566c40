import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One move of an alias. The rows are only ever added: they answer what was live at a time. */
@Entity({ schema: 'gits', name: 'deployments' })
export class DeploymentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  model: string;

  @Column('text')
  alias: string;

  @Column('integer', { name: 'from_version', nullable: true })
  fromVersion: number | null;

  @Column('integer', { name: 'to_version', nullable: true })
  toVersion: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  at: Date;

  @Column('text')
  by: string;

  @Column('text')
  reason: string;
}
