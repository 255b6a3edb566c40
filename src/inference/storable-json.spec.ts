import { storableJson } from './storable-json.js';

describe(storableJson.name, () => {
  it('leaves JSON as it is', () => {
    expect(storableJson('{"a": [1, 2]}')).toBe('{"a": [1, 2]}');
  });

  it('keeps a text that is no JSON as one string', () => {
    expect(storableJson('temperature high!')).toBe('"temperature high!"');
    expect(JSON.parse(storableJson('a "b" \\ \n'))).toBe('a "b" \\ \n');
  });

  it('keeps JSON that is nested beyond measure as one string', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(JSON.parse(storableJson(deep))).toBe(deep);
  });
});
