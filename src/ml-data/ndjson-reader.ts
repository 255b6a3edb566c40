import { LineSplitter } from './line-splitter.js';
import { MAX_LINE_BYTES, type RecordHandler, type RecordReader } from './record-handler.js';

const NEWLINE = 0x0a;

/** Reads NDJSON: one JSON object per line, in UTF-8. Empty lines are passed over. */
export class NdjsonReader implements RecordReader {
  private readonly splitter: LineSplitter;
  private line = 1;

  constructor(private readonly handler: RecordHandler) {
    this.splitter = new LineSplitter(
      (lines) => this.lines(lines),
      () => this.handler.badRecord(this.line++, `at most ${MAX_LINE_BYTES} bytes`, 'longer'),
    );
  }

  async write(chunk: Buffer): Promise<void> {
    this.splitter.write(chunk);
  }

  async end(): Promise<void> {
    this.splitter.end();
  }

  private lines(bytes: Buffer): void {
    let start = 0;
    while (start < bytes.length) {
      let end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = bytes.length;
      this.record(bytes.toString('utf8', start, end));
      this.line += 1;
      start = end + 1;
    }
  }

  private record(raw: string): void {
    const text = (this.line === 1 && raw.startsWith('\uFEFF') ? raw.slice(1) : raw).trim();
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.handler.badRecord(this.line, 'a JSON object', text);
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.handler.badRecord(this.line, 'a JSON object', text);
      return;
    }
    this.handler.jsonRecord(value);
    this.handler.endRecord(this.line, 0);
  }
}
