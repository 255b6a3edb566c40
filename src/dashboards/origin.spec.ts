import { originOf } from './origin.js';

describe('originOf', () => {
  it.each([
    ['', '127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['', '[::1]:8000', 'http://[::1]:8000'],
    ['', 'plant.example', 'http://plant.example'],
    ['https://gits.example/', 'internal:8000', 'https://gits.example'],
    ['', "x'; rm -rf ~ #", 'http://localhost'],
    ['', '"><script>', 'http://localhost'],
    ['', undefined, 'http://localhost'],
  ])('with public URL %p and host %p is %s', (publicUrl, host, origin) => {
    expect(originOf(publicUrl, 'http', host)).toBe(origin);
  });
});
