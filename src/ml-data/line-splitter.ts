import { MAX_LINE_BYTES } from './record-handler.js';

const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);

/** Cuts a stream of chunks into runs of whole lines; an overlong line is reported and left out. */
export class LineSplitter {
  private carry: Buffer = EMPTY;
  private dropping = false;

  constructor(
    /** Gets whole lines: the bytes end with a newline, but for the last of the file. */
    private readonly onLines: (lines: Buffer) => void,
    /** Stands for a line longer than MAX_LINE_BYTES, which is not handed over. */
    private readonly onOverlong: () => void,
  ) {}

  write(chunk: Buffer): void {
    let rest = chunk;
    if (this.dropping) {
      const end = rest.indexOf(NEWLINE);
      if (end < 0) return;
      this.dropping = false;
      rest = rest.subarray(end + 1);
    }
    if (this.carry.length > 0) rest = Buffer.concat([this.carry, rest]);
    const last = rest.lastIndexOf(NEWLINE);
    this.carry = rest.subarray(last + 1);
    if (last >= 0) this.onLines(rest.subarray(0, last + 1));
    if (this.carry.length > MAX_LINE_BYTES) {
      this.carry = EMPTY;
      this.dropping = true;
      this.onOverlong();
    }
  }

  /** Gives away the unfinished line, to go on with another reader. */
  handOver(to: (carry: Buffer) => void): void {
    const carry = this.carry;
    this.carry = EMPTY;
    if (carry.length > 0) to(carry);
  }

  end(): void {
    if (this.carry.length > 0) this.onLines(this.carry);
    this.carry = EMPTY;
  }
}
