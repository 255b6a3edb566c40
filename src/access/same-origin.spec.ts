import { type RequestSource, type SourceHeaders, requestSource } from './same-origin.js';

const HOST = 'gits.local:8000';

describe('requestSource', () => {
  it.each<[SourceHeaders, RequestSource]>([
    [{ host: HOST }, 'unsaid'],
    [{ host: HOST, origin: 'http://gits.local:8000' }, 'own'],
    [{ host: HOST, origin: 'https://gits.local:8000' }, 'own'],
    [{ host: 'GITS.local:8000', origin: 'http://gits.local:8000' }, 'own'],
    [{ host: 'gits.local', origin: 'http://gits.local' }, 'own'],
    [{ host: 'gits.local:443', origin: 'https://gits.local' }, 'own'],
    [{ host: HOST, origin: 'http://gits.local' }, 'foreign'],
    [{ host: HOST, origin: 'http://gits.local:8001' }, 'foreign'],
    [{ host: HOST, origin: 'http://evil.example' }, 'foreign'],
    [{ host: HOST, origin: 'http://gits.local:8000.evil.example' }, 'foreign'],
    [{ host: HOST, origin: 'http://x@evil.example' }, 'foreign'],
    [{ host: HOST, origin: 'null' }, 'foreign'],
    [{ host: HOST, origin: '' }, 'foreign'],
    [{ host: HOST, origin: 'file://' }, 'foreign'],
    [{ origin: 'http://gits.local:8000' }, 'foreign'],
    [{ host: '', origin: 'http://gits.local:8000' }, 'foreign'],
    [{ host: HOST, 'sec-fetch-site': 'same-origin' }, 'own'],
    [{ host: HOST, 'sec-fetch-site': 'same-origin', origin: 'null' }, 'own'],
    [{ host: HOST, 'sec-fetch-site': 'same-site' }, 'foreign'],
    [{ host: HOST, 'sec-fetch-site': 'cross-site', origin: 'http://gits.local:8000' }, 'foreign'],
    [{ host: HOST, 'sec-fetch-site': 'none' }, 'foreign'],
    [{ host: HOST, 'sec-fetch-site': '' }, 'foreign'],
  ])('takes a request with %j as %s', (headers, source) => {
    expect(requestSource(headers, '')).toBe(source);
  });

  it('accepts the origin of the public URL behind a proxy that changes the host', () => {
    const headers = { host: '10.0.0.5:8000', origin: 'https://gits.example.com' };
    expect(requestSource(headers, 'https://gits.example.com/')).toBe('own');
    expect(requestSource(headers, '')).toBe('foreign');
    expect(requestSource({ ...headers, origin: 'https://evil.example' }, 'https://gits.example.com/')).toBe('foreign');
  });

  it('does not trust an unencrypted page when the public URL is encrypted', () => {
    const headers = { host: 'gits.example.com', origin: 'http://gits.example.com' };
    expect(requestSource(headers, 'https://gits.example.com')).toBe('foreign');
  });
});
