import { PRODUCT_QUALITY_DATASET } from './product-quality-dataset.js';

const { features, target } = PRODUCT_QUALITY_DATASET;

function accepts(row: readonly number[]): boolean {
  return row.every((value, i) => value >= features[i]!.minimum! && value <= features[i]!.maximum!);
}

describe('the product_quality dataset', () => {
  it('lists the 11 features in the order of the reference system and its payload key', () => {
    expect(features.map(({ name }) => name).join(' ')).toBe(
      'h_data t_data_1_1 t_data_1_2 t_data_1_3 t_data_2_3 t_data_3_1 t_data_3_2 t_data_3_3 t_data_5_1 t_data_5_2 t_data_5_3',
    );
    expect(target.name).toBe('quality');
    expect(PRODUCT_QUALITY_DATASET.payloadKey).toBe('product_quality');
    expect([...features, target].some(({ nullable }) => nullable)).toBe(false);
  });

  it('accepts the sample message of the reference system', () => {
    expect(accepts([169.94, 279, 256, 256, 321, 469, 574, 535, 259, 258, 250])).toBe(true);
  });

  it('accepts the smallest and largest value of each column in 29,131 hours of real records', () => {
    expect(accepts([144.41, 13, 168, 183, 107, 311, 401, 197, 114, 145, 146])).toBe(true);
    expect(accepts([203.68, 343, 341, 339, 433, 1024, 756, 934, 319, 361, 374])).toBe(true);
  });

  it('refuses a thermocouple that shows -23.85 °C, as a broken one did in the real records', () => {
    expect(accepts([169.94, 279, 256, 256, -23.85, 469, 574, 535, 259, 258, 250])).toBe(false);
  });
});
