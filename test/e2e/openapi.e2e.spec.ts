import { readFileSync } from 'node:fs';
import { Installation } from '../support/installation.js';

interface Media {
  schema?: object;
  example?: unknown;
  examples?: object;
}

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  responses: Record<string, { description?: string; content?: Record<string, Media> }>;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
/** Routes that anybody may call. */
const OPEN = ['/queue_manager', '/health/live', '/health/ready', '/v2/health/live', '/v2/health/ready'];

const checkedIn = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(checkedIn.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    ...item[method]!,
  })),
);

/** Names of the operations for which `isGood` does not hold: an empty list is a pass that says what was looked at otherwise. */
const without = (isGood: (operation: (typeof operations)[number]) => boolean) =>
  operations.filter((each) => !isGood(each)).map(({ name }) => name);

describe('the OpenAPI document', () => {
  it('is what the running program says (run `npm run openapi` after a change)', async () => {
    const gits = await Installation.start({ GITS_DEMO: 'false', GITS_WORKERS: '0' });
    try {
      expect(await gits.get('/docs-json')).toEqual(checkedIn);
      expect((await gits.call('GET', '/docs', { headers: { accept: 'text/html' } })).status).toBe(200);
    } finally {
      await gits.remove();
    }
  });

  it('has every part of the API', () => {
    expect(operations.length).toBeGreaterThan(40);
    const prefixes = [
      '/queue_manager/jobs',
      '/queue_manager/get_services',
      '/queue_manager/get_algorithms',
      '/ml_data_api/datasets',
      '/ml_data_api/insert_data',
      '/v2/models',
      '/health',
      '/access',
    ];
    expect(prefixes.filter((prefix) => !operations.some(({ path }) => path.startsWith(prefix)))).toEqual([]);
  });

  it('gives each operation a summary, a tag and an id of its own', () => {
    expect(without(({ summary, tags }) => (summary ?? '') !== '' && tags?.length === 1)).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('shows for each operation what a good answer looks like', () => {
    const shows = ({ responses }: Operation) =>
      Object.entries(responses).some(([status, { content }]) => {
        if (status === '204') return true;
        const media = Object.values(content ?? {});
        return (
          /^2/.test(status) &&
          media.some(({ schema, example, examples }) => (schema ?? example ?? examples) !== undefined)
        );
      });
    expect(without(shows)).toEqual([]);
  });

  it('documents for each operation how it fails, with the shape of the error', () => {
    const failures = ({ responses }: Operation) => Object.entries(responses).filter(([status]) => /^[45]/.test(status));
    const isOpen = ({ path }: { path: string }) => OPEN.includes(path.replace(/\/$/, ''));
    expect(without((operation) => isOpen(operation) || '401' in operation.responses)).toEqual([]);
    // What the lowest role may do, everybody who is logged in may.
    expect(
      without((operation) => isOpen(operation) || operation.name.startsWith('GET') || '403' in operation.responses),
    ).toEqual([]);
    expect(
      without((operation) => failures(operation).every(([, { content }]) => Object.keys(content ?? {}).length > 0)),
    ).toEqual([]);
    expect(without(({ path, responses }) => !path.includes('{') || '404' in responses)).toEqual([]);
  });
});
