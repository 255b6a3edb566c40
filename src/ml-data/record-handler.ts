/** What a file reader tells of the records it finds. Calls come in order: fields, then the end of their record. */
export interface RecordHandler {
  /** The names of the first line. Throws InvalidProblem when the file cannot be used. */
  header(names: readonly string[]): void;
  /** A field as bytes of the file; `end` is exclusive. The bytes change when the call is over. */
  bytesField(index: number, bytes: Buffer, start: number, end: number): void;
  /** A field as text. */
  textField(index: number, text: string): void;
  /** A record of named values. */
  jsonRecord(value: unknown): void;
  /** The record is complete; `line` counts from 1, the header included. */
  endRecord(line: number, fields: number): void;
  /** A line that is no record. */
  badRecord(line: number, expectation: string, value: string): void;
}

/** Reads a file chunk by chunk and tells a handler of its records. */
export interface RecordReader {
  write(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
}

/** A longer line is no row of numbers, but a mistake that would fill the memory. */
export const MAX_LINE_BYTES = 1024 * 1024;
