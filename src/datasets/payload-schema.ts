import type { Dataset, DatasetColumn } from './dataset.js';

type JsonSchema = Record<string, unknown>;

/** JSON Schema (draft 7) of the positional form of a message's content: one value per feature, in order. */
export function positionalSchema(dataset: Dataset): JsonSchema {
  const length = dataset.features.length;
  return {
    type: 'array',
    minItems: length,
    maxItems: length,
    items: dataset.features.map(columnSchema),
    additionalItems: false,
  };
}

/** JSON Schema (draft 7) of the named form: every feature by its name, and the time when the message knows it. */
export function namedSchema(dataset: Dataset): JsonSchema {
  const properties: JsonSchema = {};
  // What a time must be is more than a schema can say: see event-time.ts.
  for (const name of [...dataset.timeColumns, 'date_time']) properties[name] = {};
  for (const column of dataset.features) properties[column.name] = columnSchema(column);
  return {
    type: 'object',
    required: dataset.features.filter((column) => !column.nullable).map((column) => column.name),
    properties,
    additionalProperties: false,
  };
}

/** JSON Schema of one column's value in a message. */
export function columnSchema(column: DatasetColumn): JsonSchema {
  const nullable = column.nullable ? { nullable: true } : {};
  if (column.type === 'boolean') return { type: 'boolean', ...nullable };
  if (column.type === 'category') {
    return { type: 'string', enum: [...(column.categories ?? []), ...(column.nullable ? [null] : [])], ...nullable };
  }
  return {
    type: 'number',
    ...(column.minimum === undefined ? {} : { minimum: column.minimum }),
    ...(column.maximum === undefined ? {} : { maximum: column.maximum }),
    ...nullable,
  };
}
