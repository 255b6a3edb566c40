import { predictionOf } from './job-outcome.js';
import { readProcessDetails } from './process-details.js';

describe('predictionOf', () => {
  it.each([
    ['[{"h":1,"quality":366.9}]', 366.9],
    ['[{"quality":"good"}]', 'good'],
    ['[]', null],
    ['[{"h":1}]', null],
    ['[null]', null],
    ['{}', null],
    ['not json', null],
    ['[{"quality":{"a":1}}]', null],
  ])('reads %s as %p', (result, prediction) => {
    expect(predictionOf({ result }, 'quality')).toBe(prediction);
  });

  it('does not take what every object inherits for a prediction', () => {
    expect(predictionOf({ result: '[{}]' }, 'constructor')).toBeNull();
  });
});

describe('readProcessDetails', () => {
  it('reads what a worker tells', () => {
    const services = [{ service: 'a', model: 'm', version: 3 }];
    expect(readProcessDetails({ services, jobs: { finished: 5, failed: 1 }, rssMb: 120 })).toEqual({
      services,
      finished: 5,
      failed: 1,
      sent: null,
      rssMb: 120,
    });
  });

  it('takes odd details for absent ones', () => {
    const odd = { services: [1, null, { service: 2 }, { service: 'a' }], jobs: 'many', rssMb: Number.NaN, sent: '7' };
    expect(readProcessDetails(odd)).toEqual({
      services: [{ service: 'a', model: null, version: null }],
      finished: null,
      failed: null,
      sent: null,
      rssMb: null,
    });
  });
});
