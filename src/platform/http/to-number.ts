/** For `@Transform` of a query's number: a text that is none stays as it is, so that the problem can show it. */
export function toNumber({ value }: { value: unknown }): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? value : number;
}
