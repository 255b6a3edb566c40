import { gunzipSync } from 'node:zlib';
import { acceptsGzip, gzipPage } from './gzip.js';

describe('acceptsGzip', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['gzip, deflate, br', true],
    ['br;q=1.0, GZIP;q=0.8', true],
    ['*', true],
    ['gzip;q=0, *', false],
    ['gzip; q=0.000', false],
    ['identity', false],
    ['xgzip', false],
  ])('reads %p as %p', (header, accepted) => {
    expect(acceptsGzip(header)).toBe(accepted);
  });

  it('compresses what can be read again', async () => {
    const html = '<p>Überhitzt</p>'.repeat(100);
    const packed = await gzipPage(html);
    expect(packed.length).toBeLessThan(html.length / 5);
    expect(gunzipSync(packed).toString()).toBe(html);
  });
});
