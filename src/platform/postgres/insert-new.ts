import type pg from 'pg';
import type { Queryable } from './postgres.js';

const UNIQUE_VIOLATION = '23505';
/** After a row that was there already, this many inserts go the careful way at once: where one is, more come. */
const CAREFUL_ROUNDS = 50;

/**
 * Inserts rows that are almost always new. A plain INSERT is a third cheaper than one with ON CONFLICT, which first looks for
 * and then marks each row; so the plain one goes first, behind a savepoint, and the careful one follows if a row was there.
 */
export class InsertNew {
  private careful = 0;

  /**
   * @param connection inside of a transaction
   * @param plain inserts all rows or fails
   * @param careful inserts what is not there; also right when nothing is there
   */
  async run<Row extends pg.QueryResultRow>(
    connection: Queryable,
    plain: pg.QueryConfig,
    careful: pg.QueryConfig,
  ): Promise<pg.QueryResult<Row>> {
    if (this.careful > 0) {
      this.careful -= 1;
      return connection.query<Row>(careful);
    }
    await connection.query('SAVEPOINT insert_new');
    try {
      return await connection.query<Row>(plain);
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      this.careful = CAREFUL_ROUNDS;
      await connection.query('ROLLBACK TO SAVEPOINT insert_new');
      return connection.query<Row>(careful);
    }
  }
}
