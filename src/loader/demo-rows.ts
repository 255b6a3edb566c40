import { RoasterSimulator } from '../simulator/roaster-simulator.js';
import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';

/** The rows on which the starter model was trained and tested; its card has the same figures. */
export const DEMO_ROWS = { seed: 2015, training: 20_000, gap: 288, testing: 5000, minutesPerRow: 5 } as const;

/**
 * The labelled rows of the demo, oldest first, one every five minutes up to `endsAt` (epoch milliseconds). Between training
 * and testing rows one simulated day is left out, so that no test row has a near copy among the training rows.
 */
export function* demoRows(endsAt: number): Generator<{ split: 'training' | 'testing'; row: Record<string, unknown> }> {
  const { seed, training, gap, testing, minutesPerRow } = DEMO_ROWS;
  const simulator = new RoasterSimulator({ seed, scenario: 'steady' });
  const { features, target } = PRODUCT_QUALITY_DATASET;
  const total = training + gap + testing;
  for (let index = 0; index < total; index += 1) {
    const { features: values, quality } = simulator.next();
    if (index >= training && index < training + gap) continue;
    const row: Record<string, unknown> = {
      date_time: new Date(endsAt - (total - index) * minutesPerRow * 60_000).toISOString(),
    };
    features.forEach((feature, position) => (row[feature.name] = values[position]));
    row[target.name] = quality;
    yield { split: index < training ? 'training' : 'testing', row };
  }
}
