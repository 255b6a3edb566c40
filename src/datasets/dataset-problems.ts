import { ConflictProblem, NotFoundProblem, ProblemError } from '../platform/http/problem.js';
import { shownValue } from './value-text.js';

/** RFC 6585: the change must say which version it was made for. */
export class PreconditionRequiredProblem extends ProblemError {
  readonly status = 428;
}

export function datasetNotFound(name: string): NotFoundProblem {
  return new NotFoundProblem('dataset-not-found', `There is no dataset ${shownValue(name)}.`);
}

export function datasetBusy(name: string): ConflictProblem {
  return new ConflictProblem(
    'dataset-busy',
    `Dataset ${shownValue(name)} is being written by something long, such as an import. Try again when it is done.`,
  );
}

/** SQLSTATE of a failed statement, whether pg or TypeORM threw it. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
