import { timeZone } from '../components/time-zone.js';
import { renderFragment } from '../render-page.js';
import { StackedBars, stack } from './stacked-bars.js';
import { TimeSeries, bands, linePath } from './time-series.js';

const utc = timeZone('UTC')!;

describe('stack', () => {
  it('puts each part upon the one before', () => {
    expect(stack([50, 0, 25], 100)).toEqual([
      { bottom: 0, height: 0.5 },
      { bottom: 0.5, height: 0 },
      { bottom: 0.5, height: 0.25 },
    ]);
  });

  it('lets one among very many be seen', () => {
    expect(stack([1_000_000, 1], 1_500_000)[1]!.height).toBeGreaterThan(0.01);
  });
});

describe('bands', () => {
  it('gives each position what is nearest to it', () => {
    expect(bands([0, 0.5, 1])).toEqual([
      [0, 0.25],
      [0.25, 0.75],
      [0.75, 1],
    ]);
    expect(bands([0.3])).toEqual([[0, 1]]);
    expect(bands([])).toEqual([]);
  });
});

describe('linePath', () => {
  it('draws a polyline with one decimal', () => {
    expect(
      linePath([
        [0, 1000],
        [333.333, 0.06],
      ]),
    ).toBe('M0 1000L333.3 0.1');
  });
});

describe('StackedBars', () => {
  it('draws one bar per slot and part, with what it says on hover', () => {
    const slots = [
      { at: 0, values: [1, 0], tip: 'first' },
      { at: 60_000, values: [1, 1], tip: '"second" <b>' },
    ];
    const html = renderFragment(
      <StackedBars label="Two bars" series={['a', 'b']} slots={slots} slotMilliseconds={60_000} zone={utc} />,
    );
    expect(html.match(/class="chart-bar a"/g)).toHaveLength(2);
    expect(html.match(/class="chart-bar b"/g)).toHaveLength(1);
    expect(html).toContain('data-tip="&quot;second&quot; &lt;b>"');
    expect(html).toContain('role="img" aria-label="Two bars"');
  });

  it('is an empty frame without slots', () => {
    const html = renderFragment(
      <StackedBars label="None" series={['a']} slots={[]} slotMilliseconds={60_000} zone={utc} />,
    );
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('TimeSeries', () => {
  const chart = (points: { at: number; value: number; mark: number | null }[]) =>
    renderFragment(
      <TimeSeries
        label="Values"
        points={points.map((point) => ({ ...point, tip: '' }))}
        lineSeries="line"
        markSeries="mark"
        zone={utc}
      />,
    );

  it('draws a line through all values and a ring where a mark is known', () => {
    const html = chart([
      { at: 0, value: 10, mark: null },
      { at: 1000, value: 20, mark: 15 },
      { at: 2000, value: 10, mark: null },
    ]);
    expect(html).toContain('d="M0 1000L500 0L1000 1000"');
    expect(html.match(/chart-ring/g)).toHaveLength(1);
    expect(html).toContain('cx="50%" cy="50%"');
  });

  it.each([
    ['one point', [{ at: 5, value: 1, mark: null }]],
    [
      'points of one moment',
      [
        { at: 5, value: 1, mark: null },
        { at: 5, value: 2, mark: null },
      ],
    ],
    [
      'values that are all the same',
      [
        { at: 5, value: 3, mark: 3 },
        { at: 9, value: 3, mark: null },
      ],
    ],
  ])('draws %s without a division by zero', (_, points) => {
    expect(chart(points)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
