import { Injectable } from '@nestjs/common';
import { UnavailableProblem } from '../platform/http/problem.js';

/** Each import or export holds a database connection for as long as its client takes. */
const MAX_TRANSFERS = 4;

/** Counts the imports and exports under way, so that slow clients cannot take every database connection. */
@Injectable()
export class Transfers {
  private underWay = 0;

  /** Takes a place; throws UnavailableProblem when there is none. The returned function gives it back, once. */
  begin(): () => void {
    if (this.underWay >= MAX_TRANSFERS) {
      throw new UnavailableProblem(
        'too-many-transfers',
        `At most ${MAX_TRANSFERS} imports and exports run at once. Try again when one is done.`,
      );
    }
    this.underWay += 1;
    let ended = false;
    return () => {
      if (!ended) this.underWay -= 1;
      ended = true;
    };
  }
}
