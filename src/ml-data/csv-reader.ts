import { type CsvError, type Parser, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { InvalidProblem } from '../platform/http/problem.js';
import { LineSplitter } from './line-splitter.js';
import { MAX_LINE_BYTES, type RecordHandler, type RecordReader } from './record-handler.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const DELIMITERS = [',', ';', '\t'];
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads CSV (RFC 4180; comma, semicolon or tab, as the header shows). Files of numbers hold no quotation mark: their
 * fields are cut from the bytes as they are, several times faster than a general parser can. From the first quotation
 * mark on, csv-parse reads the rest.
 */
export class CsvReader implements RecordReader {
  private readonly splitter: LineSplitter;
  private delimiter = ',';
  /** Bytes of the header as long as it is not complete. */
  private head: Buffer | undefined = Buffer.alloc(0);
  /** The number of the line that comes next. */
  private line = 1;
  private parser: Parser | undefined;

  constructor(private readonly handler: RecordHandler) {
    this.splitter = new LineSplitter(
      (lines) => this.plainLines(lines),
      () => this.handler.badRecord(this.line++, `at most ${MAX_LINE_BYTES} bytes`, 'longer'),
    );
  }

  async write(chunk: Buffer): Promise<void> {
    const rest = this.head === undefined ? chunk : this.takeHeader(chunk, false);
    if (rest === undefined || rest.length === 0) return;
    if (this.parser === undefined && rest.includes(QUOTE)) this.startParser();
    if (this.parser === undefined) this.splitter.write(rest);
    else await this.quoted((parser, done) => parser.write(rest, done));
  }

  async end(): Promise<void> {
    if (this.head !== undefined) this.takeHeader(Buffer.alloc(0), true);
    if (this.parser === undefined) this.splitter.end();
    else await this.quoted((parser, done) => parser.once('end', done).end());
  }

  /** Collects the first line; hands it to the handler and returns what follows it. */
  private takeHeader(chunk: Buffer, isEnd: boolean): Buffer | undefined {
    let head: Buffer = Buffer.concat([this.head!, chunk]);
    const end = endOfRecord(head);
    if (end === undefined && !isEnd) {
      if (head.length > MAX_LINE_BYTES) throw unreadable(1, `The header is longer than ${MAX_LINE_BYTES} bytes.`);
      this.head = head;
      return undefined;
    }
    this.head = undefined;
    const rest = head.subarray(end ?? head.length);
    head = head.subarray(0, end ?? head.length);
    for (const byte of head) if (byte === NEWLINE) this.line += 1;
    if (head.subarray(0, 3).equals(BYTE_ORDER_MARK)) head = head.subarray(3);
    const text = head.toString();
    const bare = text.replace(/"[^"]*"/g, '');
    const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
    this.delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))]!;
    this.handler.header(this.headerNames(text));
    return rest;
  }

  private headerNames(text: string): string[] {
    try {
      const records: string[][] = parseText(text, { delimiter: this.delimiter, trim: true });
      const [names] = records;
      if (names !== undefined && names.some((name) => name !== '')) return names;
    } catch (error) {
      throw unreadable(1, `The header is not CSV: ${(error as Error).message}.`);
    }
    throw unreadable(1, 'The first line must hold the names of the columns, but is empty.');
  }

  /** Lines without quotation marks. */
  private plainLines(bytes: Buffer): void {
    const delimiter = this.delimiter.charCodeAt(0);
    const { handler } = this;
    let start = 0;
    while (start < bytes.length) {
      let end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = bytes.length;
      const next = end + 1;
      if (end > start && bytes[end - 1] === RETURN) end -= 1;
      if (end > start) {
        let field = 0;
        let from = start;
        for (let at = start; at < end; at += 1) {
          if (bytes[at] !== delimiter) continue;
          handler.bytesField(field, bytes, from, at);
          field += 1;
          from = at + 1;
        }
        handler.bytesField(field, bytes, from, end);
        handler.endRecord(this.line, field + 1);
      }
      this.line += 1;
      start = next;
    }
  }

  private startParser(): void {
    const before = this.line - 1;
    this.parser = parse({
      delimiter: this.delimiter,
      // A stray quotation mark inside a field is part of it, so that the lines after it are read as they are.
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_LINE_BYTES,
      on_record: (record: string[], context) => {
        record.forEach((text, index) => this.handler.textField(index, text));
        this.handler.endRecord(before + context.lines, record.length);
        return null;
      },
    });
    this.parser.resume();
    const parser = this.parser;
    // The unfinished line of the fast path comes first.
    this.splitter.handOver((carry) => parser.write(carry));
  }

  /**
   * A quotation mark that is never closed swallows an unknown number of rows: that cannot be skipped and counted, so it
   * ends the import.
   */
  private quoted(feed: (parser: Parser, done: (error?: Error | null) => void) => void): Promise<void> {
    const parser = this.parser!;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        const code = (error as CsvError).code as string;
        const line = Number((error as { lines?: unknown }).lines ?? 0) + this.line - 1;
        const unclosed = code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
        reject(
          unreadable(line, unclosed ? 'A quotation mark opens a field and is never closed.' : `${error.message}.`),
        );
      };
      parser.once('error', fail);
      feed(parser, (error) => {
        // The event that follows an error has the better message.
        if (error != null) return;
        parser.removeListener('error', fail);
        resolve();
      });
    });
  }
}

/** Where the first record ends, its newline included; quotation marks may hold newlines. Undefined: not yet. */
function endOfRecord(bytes: Buffer): number | undefined {
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (bytes[at] === NEWLINE && !quoted) return at + 1;
  }
  return undefined;
}

function unreadable(line: number, message: string): InvalidProblem {
  return new InvalidProblem('unreadable-file', `Line ${line}: ${message} Nothing was stored.`);
}
