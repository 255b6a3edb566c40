import { combineEffects, parseScenarios, SCENARIOS, type StepEffect } from './scenarios.js';

describe('the scenarios', () => {
  it('have unique names that can be joined by +, and a description each', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description } of SCENARIOS) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(description.length).toBeGreaterThan(20);
    }
  });

  it('are read by name, alone or joined', () => {
    expect(parseScenarios('steady').map(({ name }) => name)).toEqual(['steady']);
    expect(parseScenarios('sensor-drift + load-spikes').map(({ name }) => name)).toEqual([
      'sensor-drift',
      'load-spikes',
    ]);
  });

  it.each(['', 'earthquake', 'steady+'])('refuse %j and list what exists', (text) => {
    expect(() => parseScenarios(text)).toThrow(/must be one of steady, sensor-drift, .*got/);
  });

  it('combine by adding shifts, multiplying rates and keeping the larger probability', () => {
    const effects: StepEffect[] = [
      { readingShift: { a: 1, b: 2 }, rateFactor: 2, stuck: ['a'], missingProbability: 0.1 },
      { readingShift: { b: 3 }, rateFactor: 5, stuck: ['b'], newMaterial: 0.5 },
    ];
    const scenarios = effects.map((effect) => ({ name: 'x', description: '', effect: () => effect }));
    expect(combineEffects(scenarios, 0)).toEqual({
      readingShift: { a: 1, b: 5 },
      rateFactor: 10,
      stuck: ['a', 'b'],
      newMaterial: 0.5,
      missingProbability: 0.1,
    });
  });
});
