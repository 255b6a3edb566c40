import { EngineCrashedError, EngineModelError, EngineTimeoutError } from './engine/engine-errors.js';
import { RowFailure, RowScorer } from './row-scorer.js';

/** An engine that doubles the first feature, and dies where it is negative. */
function engine(onPoison: () => Error) {
  const calls: number[] = [];
  return {
    calls,
    score: async (_: string, rows: Float64Array | Float32Array, rowCount: number) => {
      calls.push(rowCount);
      const first = Array.from({ length: rowCount }, (_, row) => rows[row * 2]!);
      if (first.some((value) => value < 0)) throw onPoison();
      return { task: 'regression' as const, values: Float64Array.from(first, (value) => value * 2) };
    },
  };
}

const rowsOf = (first: number[]) => Float64Array.from(first.flatMap((value) => [value, 7]));

describe(RowScorer.name, () => {
  it('scores a good batch in one call', async () => {
    const good = engine(() => new Error('never'));
    expect(await new RowScorer(good).score('m', rowsOf([1, 2, 3]), 3, 2)).toEqual([2, 4, 6]);
    expect(good.calls).toEqual([3]);
  });

  it.each([
    ['kill the engine', () => new EngineCrashedError('it died', true)],
    ['make the model fail', () => new EngineModelError('score-failed', 'index out of range')],
  ])('finds the rows that %s and gives all others their predictions', async (_, onPoison) => {
    const first = Array.from({ length: 64 }, (_, index) => (index === 9 || index === 40 ? -1 : index));
    const outcomes = await new RowScorer(engine(onPoison)).score('m', rowsOf(first), 64, 2);
    outcomes.forEach((outcome, index) => {
      if (first[index] === -1) expect(outcome).toBeInstanceOf(RowFailure);
      else expect(outcome).toBe(index * 2);
    });
  });

  it('gives a row that is not finite a reason', async () => {
    const outcomes = await new RowScorer(engine(() => new Error('never'))).score('m', rowsOf([1, Number.NaN]), 2, 2);
    expect(outcomes[0]).toBe(2);
    expect(outcomes[1]).toEqual(new RowFailure('The model gave NaN in place of a finite number.'));
  });

  it('makes a call again that only waited when another one killed the engine', async () => {
    let deaths = 0;
    const scorer = new RowScorer({
      score: async () => {
        deaths += 1;
        if (deaths < 3) throw new EngineCrashedError('someone else', false);
        return { task: 'regression', values: Float64Array.of(5) };
      },
    });
    expect(await scorer.score('m', rowsOf([1]), 1, 2)).toEqual([5]);
  });

  it('does not blame a lone row for an engine that was killed from outside', async () => {
    let calls = 0;
    const scorer = new RowScorer({
      score: async () => {
        calls += 1;
        if (calls === 1) throw new EngineCrashedError('killed', true);
        return { task: 'regression', values: Float64Array.of(5) };
      },
    });
    expect(await scorer.score('m', rowsOf([1]), 1, 2)).toEqual([5]);
  });

  it.each([
    ['kills a second engine', () => new EngineCrashedError('it died', true), 2],
    ['takes too long', () => new EngineTimeoutError('too long', true), 1],
  ])('blames a lone row that %s', async (_, onPoison, tries) => {
    const poisoned = engine(onPoison);
    const [outcome] = await new RowScorer(poisoned).score('m', rowsOf([-1]), 1, 2);
    expect(outcome).toBeInstanceOf(RowFailure);
    expect(poisoned.calls).toHaveLength(tries);
  });

  it('does not blame rows for a model that cannot be loaded', async () => {
    const scorer = new RowScorer(engine(() => new EngineModelError('load-failed', 'no bytes')));
    await expect(scorer.score('m', rowsOf([-1]), 1, 2)).rejects.toThrow('no bytes');
  });
});
