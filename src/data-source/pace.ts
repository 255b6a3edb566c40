/** Most messages that are made up for after a pause, in seconds of the rate: a suspended laptop does not wake to a flood. */
const CATCH_UP_SECONDS = 1;

/** Says how many messages are due. Time goes in from outside. */
export class Pace {
  private due = 1;
  private last: number;

  /**
   * @param perSecond messages per second; Infinity for as fast as it goes
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly perSecond: number,
    now: number,
  ) {
    this.last = now;
  }

  /** Messages due at `now`, at most `most`; they count as sent. */
  take(now: number, rateFactor: number, most: number): number {
    if (this.perSecond === Infinity) return most;
    const rate = this.perSecond * rateFactor;
    this.due = Math.min(this.due + ((now - this.last) / 1000) * rate, Math.max(1, rate * CATCH_UP_SECONDS));
    this.last = now;
    const count = Math.min(Math.floor(this.due), most);
    this.due -= count;
    return count;
  }

  /** Milliseconds until the next message is due. */
  wait(rateFactor: number): number {
    if (this.perSecond === Infinity) return 0;
    return Math.max(0, ((1 - this.due) / (this.perSecond * rateFactor)) * 1000);
  }
}
