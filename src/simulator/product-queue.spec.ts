import { SeededRandom } from '../ml/random/seeded-random.js';
import { ProductQueue } from './product-queue.js';
import { ZONE_COUNT } from './roaster-design.js';

describe('ProductQueue', () => {
  it('gives the leaving product the mean of each zone over the steps it spent there', () => {
    const queue = new ProductQueue(200);
    const steps = queue.stepsPerZone;
    expect(steps).toBe(3);
    const random = new SeededRandom(1);
    const history: { temperatures: number[]; moisture: number }[] = [];
    for (let t = 0; t < 60; t++) {
      const temperatures = Array.from({ length: ZONE_COUNT }, () => 100 + random.integer(400));
      history.push({ temperatures, moisture: t });
      queue.push(temperatures, { moisture: t, height: 170, newMaterial: 0 });
    }
    const entered = history.length - steps * ZONE_COUNT;
    const product = queue.leaving();
    expect(product.moisture).toBe(history[entered]!.moisture);
    for (let zone = 0; zone < ZONE_COUNT; zone++) {
      const stay = history.slice(entered + zone * steps, entered + (zone + 1) * steps);
      const mean = stay.reduce((sum, { temperatures }) => sum + temperatures[zone]!, 0) / steps;
      expect(product.zoneMeans[zone]).toBe(mean);
    }
  });

  it('keeps exact sums over many steps, so a restored queue equals the old one', () => {
    const queue = new ProductQueue(300);
    const random = new SeededRandom(2);
    for (let t = 0; t < 50_000; t++) {
      const temperatures = Array.from({ length: ZONE_COUNT }, () => 200 + 300 * random.uniform());
      queue.push(temperatures, { moisture: 7, height: 170, newMaterial: 0 });
    }
    const twin = new ProductQueue(300);
    twin.load(queue.exportState());
    expect(twin.leaving()).toEqual(queue.leaving());
    expect(twin.exportState()).toEqual(queue.exportState());
  });
});
