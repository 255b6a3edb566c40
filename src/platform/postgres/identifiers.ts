/** Quotes an identifier for SQL: doubles its quotation marks, refuses a NUL. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('an identifier must not hold a NUL character');
  return `"${name.replaceAll('"', '""')}"`;
}
