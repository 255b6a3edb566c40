import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A movable pointer to a version, such as `champion`. */
@Entity({ schema: 'gits', name: 'model_aliases' })
export class ModelAliasEntity {
  @PrimaryColumn('text')
  model: string;

  @PrimaryColumn('text')
  alias: string;

  @Column('integer')
  version: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
