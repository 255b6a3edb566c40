import type { VNode } from 'preact';
import { compactText } from '../components/number-text.js';
import type { TimeZone } from '../components/time-zone.js';
import { ChartFrame, percent } from './chart-frame.js';
import { linearTicks } from './linear-ticks.js';
import { timeTicks } from './time-ticks.js';

/** One bar of time. */
export interface BarSlot {
  /** Start; epoch milliseconds. */
  at: number;
  /** One amount per series, from the bottom up. */
  values: readonly number[];
  /** Shown while the pointer is on it. */
  tip: string;
}

interface StackedBarsProps {
  label: string;
  /** Class of each series, which gives its colour. */
  series: readonly string[];
  /** In the order of time, each as long as the others. */
  slots: readonly BarSlot[];
  slotMilliseconds: number;
  zone: TimeZone;
}

const GAP = 0.22;
/** One failure among thousands must still be seen: no part of a bar is lower than this share of the plot. */
const LEAST_HEIGHT = 0.012;

/** Amounts over time, stacked by series. */
export function StackedBars({ label, series, slots, slotMilliseconds, zone }: StackedBarsProps): VNode {
  const from = slots[0]?.at ?? 0;
  const to = (slots.at(-1)?.at ?? 0) + slotMilliseconds;
  const totals = slots.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const ticks = linearTicks(0, Math.max(1, ...totals), 3).filter(Number.isInteger);
  const top = ticks.at(-1) ?? 1;
  const width = 1 / Math.max(1, slots.length);
  return (
    <ChartFrame
      label={label}
      yTicks={ticks.map((value) => ({ position: value / top, text: compactText(value) }))}
      xTicks={timeTicks(from, to, 7, zone).map(({ at, text }) => ({ position: (at - from) / (to - from), text }))}
    >
      {slots.map((slot, index) => (
        <g key={slot.at} class="chart-slot">
          {stack(slot.values, top).map(({ bottom, height }, part) =>
            height === 0 ? null : (
              <rect
                key={series[part]}
                class={`chart-bar ${series[part] ?? ''}`}
                x={percent((index + GAP / 2) * width)}
                y={percent(1 - bottom - height)}
                width={percent((1 - GAP) * width)}
                height={percent(height)}
              />
            ),
          )}
          <rect
            class="chart-band"
            x={percent(index * width)}
            width={percent(width)}
            height="100%"
            data-tip={slot.tip}
          />
        </g>
      ))}
    </ChartFrame>
  );
}

/** Where each part of a bar begins and how high it is, as shares of the plot. */
export function stack(values: readonly number[], top: number): { bottom: number; height: number }[] {
  let bottom = 0;
  return values.map((value) => {
    const height = value <= 0 ? 0 : Math.max(LEAST_HEIGHT, value / top);
    const part = { bottom, height };
    bottom += height;
    return part;
  });
}
