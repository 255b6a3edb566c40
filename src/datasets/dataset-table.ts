import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { type Dataset, SPLITS, type Split } from './dataset.js';
import { type StoredColumn, type StoredType, storedColumns } from './stored-columns.js';

const SCHEMA = 'data';

/**
 * Times are kept to the millisecond, which is what JavaScript and JSON carry without loss: a time that was read finds its
 * row again.
 */
const SQL_TYPES: Record<StoredType, string> = {
  rowId: 'bigint GENERATED ALWAYS AS IDENTITY',
  uuid: 'uuid',
  time: 'timestamptz(3)',
  number: 'double precision',
  category: 'text',
  boolean: 'boolean',
  text: 'text',
  integer: 'integer',
};

/** The quoted name of a split's table. */
export function tableOf(dataset: string, split: Split): string {
  return `${SCHEMA}.${quoteIdentifier(`${dataset}_${split}`)}`;
}

/**
 * Statements that make the three tables of a dataset. Every unique key holds the time column, as a hypertable wants it;
 * index names are PostgreSQL's own, which never collide.
 */
export function createTables(dataset: Dataset): string[] {
  return SPLITS.flatMap((split) => {
    const table = tableOf(dataset.name, split);
    const columns = storedColumns(dataset, split).map(columnDefinition).join(', ');
    if (split === 'production') {
      return [
        `CREATE TABLE ${table} (${columns}, PRIMARY KEY (job_id, date_time))`,
        // Without the job id: rows of one moment are few and sorted in passing, and this is written with every message.
        `CREATE INDEX ON ${table} (date_time)`,
      ];
    }
    return [
      `CREATE TABLE ${table} (${columns}, PRIMARY KEY (row_id, date_time))`,
      `CREATE INDEX ON ${table} (date_time, row_id)`,
      `CREATE UNIQUE INDEX ON ${table} (job_id, date_time) WHERE job_id IS NOT NULL`,
    ];
  });
}

/** Statements that bring the tables from one version of a dataset to the next: new columns, columns that may be empty now. */
export function alterTables(before: Dataset, after: Dataset): string[] {
  return SPLITS.flatMap((split) => {
    const old = new Map(storedColumns(before, split).map((column) => [column.name, column]));
    const changes = storedColumns(after, split).flatMap((column) => {
      const known = old.get(column.name);
      if (known === undefined) return [`ADD COLUMN ${columnDefinition(column)}`];
      if (!known.nullable && column.nullable) return [`ALTER COLUMN ${quoteIdentifier(column.name)} DROP NOT NULL`];
      return [];
    });
    return changes.length === 0 ? [] : [`ALTER TABLE ${tableOf(after.name, split)} ${changes.join(', ')}`];
  });
}

/** Statements that remove the three tables of a dataset. */
export function dropTables(dataset: string): string[] {
  return SPLITS.map((split) => `DROP TABLE IF EXISTS ${tableOf(dataset, split)}`);
}

function columnDefinition(column: StoredColumn): string {
  const byDefault = column.name === 'date_time' ? ' DEFAULT now()' : '';
  return `${quoteIdentifier(column.name)} ${SQL_TYPES[column.type]}${column.nullable ? '' : ' NOT NULL'}${byDefault}`;
}
