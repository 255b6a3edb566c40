import type { Job, JobStatus } from '../jobs/job.js';
import { timeZone } from '../pages/components/time-zone.js';
import { renderPage } from '../pages/render-page.js';
import type { DashboardFigures } from './dashboard-figures.js';
import { MainDashboardPage } from './main-dashboard-page.js';

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;`;
const NOW = Date.UTC(2026, 0, 12, 12, 0, 30);
const utc = timeZone('UTC')!;

function job(id: string, status: JobStatus, over: Partial<Job> = {}): Job {
  return {
    id,
    service: 'service_a',
    routingKey: 'queue_a',
    status,
    payload: '{"a":[1]}',
    result: '[{"x":1,"quality":366.89508}]',
    message: 'ok',
    worker: 'w',
    model: 'm',
    modelVersion: 1,
    attempts: 0,
    queuedAt: NOW - 5000,
    startedAt: NOW - 4998,
    endedAt: NOW - 4990,
    ...over,
  };
}

function figures(over: Partial<DashboardFigures> = {}): DashboardFigures {
  return {
    at: NOW,
    counts: { queued: 2, finished: 1_234_567, failed: 3, cancelled: 0 },
    throughput: { now: 15_234, lastMinute: 9.5 },
    minutes: [{ minute: NOW - 30_000, status: 'finished', jobs: 570 }],
    latency: { jobs: 1000, p50: 4.2, p95: 12.1, p99: 40, p50Work: 3 },
    queues: [{ queue: 'queue_a', messages: 12, deadLetters: 4 }],
    services: [
      {
        service: 'service_a',
        queue: 'queue_a',
        dataset: 'kiln',
        model: 'm',
        alias: 'champion',
        enabled: true,
        version: 3,
        sha256: 'ab',
        signature: null,
      },
    ],
    rows: [{ dataset: 'kiln', training: 23_304, testing: 5827, production: 100, labelled: 25 }],
    latestJobs: [job('0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11', 'finished')],
    latestFailures: [],
    processes: [],
    predictions: [
      {
        dataset: 'kiln',
        target: 'quality',
        unit: '',
        task: 'regression',
        points: [
          { at: NOW - 2000, predicted: 366.9, label: 360.9 },
          { at: NOW, predicted: 370, label: null },
        ],
      },
    ],
    targets: new Map([['kiln', 'quality']]),
    example: { service: 'service_a', payload: { a: [1] } },
    missing: [],
    ...over,
  };
}

function page(over: Partial<DashboardFigures> = {}): string {
  const principal = { kind: 'user', id: '1', name: 'ann', role: 'viewer' } as const;
  const origin = 'http://127.0.0.1:8000';
  return renderPage(MainDashboardPage({ principal, figures: figures(over), zone: utc, origin }));
}

/** Names of all elements and attributes, read as a browser does: a value ends at its quote and nowhere else. */
function markup(html: string): { elements: Set<string>; attributes: Set<string>; rest: string } {
  const elements = new Set<string>();
  const attributes = new Set<string>();
  const rest = html.replace(
    /<\/?([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g,
    (_, name: string, inside: string) => {
      elements.add(name);
      for (const [, attribute] of inside.matchAll(/([\w:-]+)(?:="[^"]*")?/g)) attributes.add(attribute!);
      return '';
    },
  );
  return { elements, attributes, rest: rest.replace('<!doctype html>', '') };
}

describe('the main dashboard', () => {
  it('shows counts, rates and latency in full', () => {
    const html = page();
    for (const text of [
      '1,234,567',
      '15,234',
      '9.5/s over the last minute',
      '4.2 ms',
      'p95 12 ms · p99 40 ms',
      '4 dead letters',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('shows a finished job with its prediction and a failed one with its reason', () => {
    const failed = job('0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a12', 'failed', {
      result: '[]',
      message: 'x must be a number',
    });
    const html = page({
      latestJobs: [job('0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11', 'finished'), failed],
      latestFailures: [failed],
    });
    expect(html).toContain('366.895');
    expect(html.split('>x must be a number<').length - 1).toBe(2);
    expect(html).toContain('href="/queue_manager/jobs/0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a12"');
    expect(html).toContain('title="2026-01-12 12:00:25.000 UTC"');
  });

  it('escapes whatever a message, a name or a value holds', () => {
    const hostileJob = job(HOSTILE, 'failed', {
      service: HOSTILE,
      message: HOSTILE,
      payload: HOSTILE,
      result: HOSTILE,
    });
    const liar = job('1', 'finished', { service: HOSTILE, result: JSON.stringify([{ [HOSTILE]: HOSTILE }]) });
    const process = {
      id: '1',
      role: HOSTILE,
      host: HOSTILE,
      pid: 1,
      healthUrl: HOSTILE,
      startedAt: new Date(NOW),
      seenAt: new Date(NOW),
    };
    const service = {
      ...figures().services![0]!,
      service: HOSTILE,
      queue: HOSTILE,
      dataset: HOSTILE,
      model: HOSTILE,
      alias: HOSTILE,
    };
    const html = page({
      latestJobs: [hostileJob, liar],
      latestFailures: [hostileJob],
      services: [service],
      queues: [{ queue: HOSTILE, messages: 1, deadLetters: 1 }],
      rows: [{ dataset: HOSTILE, training: 1, testing: 1, production: 1, labelled: 1 }],
      targets: new Map([[HOSTILE, HOSTILE]]),
      processes: [{ ...process, details: { services: [{ service: HOSTILE, model: HOSTILE, version: 1 }] } }],
      predictions: [
        {
          dataset: HOSTILE,
          target: HOSTILE,
          unit: HOSTILE,
          task: 'classification',
          points: [{ at: NOW, predicted: HOSTILE, label: HOSTILE }],
        },
        {
          dataset: HOSTILE,
          target: HOSTILE,
          unit: HOSTILE,
          task: 'regression',
          points: [{ at: NOW, predicted: 1, label: 2 }],
        },
      ],
      counts: { queued: 0, finished: 0, failed: 0, cancelled: 0 },
      example: { service: HOSTILE, payload: { [HOSTILE]: HOSTILE } },
      missing: [HOSTILE],
    });
    const plain = markup(page({ latestFailures: [job('2', 'failed')], missing: ['x'] }));
    const hostile = markup(html);
    expect(hostile.rest).not.toContain('<');
    expect(hostile.elements).not.toContain('img');
    expect([...hostile.attributes].filter((name) => name.startsWith('on'))).toEqual([]);
    expect(html.match(/<script/g)).toEqual(page().match(/<script/g));
    expect(plain.rest).not.toContain('<');
  });

  it('keeps to the content security policy: no inline script, style or handler', () => {
    const html = page({ latestFailures: [job('2', 'failed')] });
    const { attributes, elements } = markup(html);
    expect(attributes).not.toContain('style');
    expect(elements).not.toContain('style');
    expect([...attributes].filter((name) => name.startsWith('on'))).toEqual([]);
    expect(html).not.toMatch(/<script(?![^>]* src=)/);
  });

  it('gives the exact command for a first message while there are none', () => {
    const none = { queued: 0, finished: 0, failed: 0, cancelled: 0 };
    const html = page({ counts: none, latestJobs: [] });
    expect(html).toContain(`curl -X POST 'http://127.0.0.1:8000/queue_manager/jobs'`);
    expect(html).toContain("-d '{&quot;service&quot;:&quot;service_a&quot;,&quot;payload&quot;:{&quot;a&quot;:[1]}}'");
    expect(page()).not.toContain('curl');
    expect(page({ counts: none, example: null })).toContain('No service is ready');
  });

  it('renders with nothing to read, and says so', () => {
    const html = page({
      counts: null,
      throughput: { now: null, lastMinute: null },
      minutes: null,
      latency: null,
      queues: null,
      services: null,
      rows: null,
      latestJobs: null,
      latestFailures: null,
      processes: null,
      predictions: null,
      example: null,
      missing: ['job counts', 'services'],
    });
    expect(html).toContain('The database does not answer.');
    expect(html).not.toContain('No messages yet');
    expect(html).not.toContain('0 dead letters');
  });

  it('says which part is missing when the rest is there', () => {
    expect(page({ queues: null, missing: ['queues'] })).toContain('Not available right now: queues.');
  });

  it('warns when no worker is running', () => {
    expect(page()).toContain('no worker is running');
  });

  it('describes each chart in words', () => {
    const html = page();
    expect(html).toContain(
      'aria-label="Bar chart of the jobs of each minute of the last hour: 570 finished, 0 failed."',
    );
    expect(html).toMatch(
      /aria-label="Line chart of the newest 2 predictions of quality, [^"]+: mean error 6 on 1 label\."/,
    );
  });
});
