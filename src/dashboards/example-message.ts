import type { Dataset, DatasetColumn } from '../datasets/dataset.js';

/** A payload that the dataset accepts: the middle of each column's range, or its first category. */
export function examplePayload(dataset: Dataset): Record<string, unknown> {
  return { [dataset.payloadKey]: dataset.features.map(exampleValue) };
}

function exampleValue(column: DatasetColumn): number | string | boolean | null {
  if (column.type === 'boolean') return true;
  if (column.type === 'category') return column.categories?.[0] ?? null;
  const { minimum, maximum } = column;
  if (minimum === undefined || maximum === undefined) return minimum ?? maximum ?? 1;
  const middle = Number(((minimum + maximum) / 2).toPrecision(4));
  // Rounding must not leave a narrow range.
  return middle >= minimum && middle <= maximum ? middle : minimum;
}

/**
 * A command for a POSIX shell that sends the message.
 *
 * @param origin such as `http://127.0.0.1:8000`
 */
export function curlCommand(origin: string, service: string, payload: Record<string, unknown>): string {
  return [
    `curl -X POST ${quoted(`${origin}/queue_manager/jobs`)}`,
    `-H 'Authorization: Bearer YOUR_API_KEY'`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify({ service, payload }))}`,
  ].join(' \\\n  ');
}

/** Within single quotes a shell takes everything as it is, but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
