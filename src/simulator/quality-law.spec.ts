import type { Product } from './product-queue.js';
import { HIGHEST_QUALITY, LOWEST_QUALITY, trueQuality } from './quality-law.js';
import { LAYER_HEIGHT, MOISTURE, ZONES } from './roaster-design.js';

function product(change: Partial<Product> & { zoneShift?: number[] } = {}): Product {
  const { zoneShift = [], ...rest } = change;
  return {
    moisture: MOISTURE.nominal,
    height: LAYER_HEIGHT.nominal,
    newMaterial: 0,
    zoneMeans: ZONES.map((zone, i) => zone.nominal + (zoneShift[i] ?? 0)),
    ...rest,
  };
}

describe('trueQuality', () => {
  it('is 408.96 for the nominal product: 225 + 280 / (1 + exp(-0.65)) less nothing', () => {
    expect(trueQuality(product())).toBeCloseTo(225 + 280 / (1 + Math.exp(-0.65)), 10);
  });

  it('falls as zone 3 gets hotter, most steeply in the middle of the scale', () => {
    const at = (shift: number): number => trueQuality(product({ zoneShift: [0, 0, shift] }));
    expect([-100, -50, 0, 50, 100].map(at)).toEqual([-100, -50, 0, 50, 100].map(at).sort((a, b) => b - a));
    expect(at(20) - at(40)).toBeGreaterThan(at(-100) - at(-80));
    expect(at(20) - at(40)).toBeGreaterThan(at(130) - at(150));
  });

  it('has a best zone-2 temperature: both wet and overdried product lose', () => {
    const at = (shift: number): number => trueQuality(product({ zoneShift: [0, shift] }));
    expect(at(20)).toBeGreaterThan(at(-80));
    expect(at(20)).toBeGreaterThan(at(120));
  });

  it('wants a hotter zone 2 for wetter material', () => {
    const gain = (moisture: number): number =>
      trueQuality(product({ moisture, zoneShift: [0, 30] })) - trueQuality(product({ moisture }));
    expect(gain(10)).toBeGreaterThan(gain(7.5));
    expect(gain(7.5)).toBeGreaterThan(gain(5));
  });

  it('is lower for the new raw material under the same treatment', () => {
    expect(trueQuality(product()) - trueQuality(product({ newMaterial: 1 }))).toBeGreaterThan(40);
  });

  it('stays on the scale of the laboratory for absurd products', () => {
    const burnt = trueQuality(product({ moisture: 60, zoneShift: [0, 0, 500] }));
    const best = trueQuality(product({ zoneShift: [0, 10, -400] }));
    expect(burnt).toBe(LOWEST_QUALITY);
    expect(best).toBeLessThanOrEqual(HIGHEST_QUALITY);
    expect(best).toBeGreaterThan(490);
  });
});
