import type { Job } from '../jobs/job.js';

/**
 * The predicted value in a job's result, as it stands there; null when there is none.
 *
 * @param target the name of the dataset's target, which is the prediction's key
 */
export function predictionOf(job: Pick<Job, 'result'>, target: string): number | string | null {
  let result: unknown;
  try {
    result = JSON.parse(job.result);
  } catch {
    return null;
  }
  const first: unknown = Array.isArray(result) ? result[0] : undefined;
  if (typeof first !== 'object' || first === null || !Object.hasOwn(first, target)) return null;
  const value = (first as Record<string, unknown>)[target];
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
