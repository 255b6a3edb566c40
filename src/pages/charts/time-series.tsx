import type { VNode } from 'preact';
import { valueText } from '../components/number-text.js';
import type { TimeZone } from '../components/time-zone.js';
import { ChartFrame, percent } from './chart-frame.js';
import { linearTicks } from './linear-ticks.js';
import { timeTicks } from './time-ticks.js';

/** A value, and what was found out about it later. */
export interface SeriesPoint {
  /** Epoch milliseconds. */
  at: number;
  value: number;
  /** A second value of the same moment, drawn as a ring; null: not known. */
  mark: number | null;
  /** Shown while the pointer is near. */
  tip: string;
}

interface TimeSeriesProps {
  label: string;
  /** At least one, in the order of time. */
  points: readonly SeriesPoint[];
  /** Classes that give line and rings their colours. */
  lineSeries: string;
  markSeries: string;
  zone: TimeZone;
}

/** Side of the square in which the line is drawn, before it is stretched to the plot. */
const SIDE = 1000;

/** A line of values over time, with rings where a second value is known. */
export function TimeSeries({ label, points, lineSeries, markSeries, zone }: TimeSeriesProps): VNode {
  const from = points[0]?.at ?? 0;
  const to = Math.max(from + 1, points.at(-1)?.at ?? 0);
  const values = points.flatMap(({ value, mark }) => (mark === null ? [value] : [value, mark]));
  const ticks = linearTicks(Math.min(...values), Math.max(...values), 3);
  const [bottom = 0, top = 1] = [ticks[0], ticks.at(-1)];
  const x = (at: number) => (at - from) / (to - from);
  const y = (value: number) => 1 - (value - bottom) / (top - bottom);
  return (
    <ChartFrame
      label={label}
      yTicks={ticks.map((value) => ({ position: 1 - y(value), text: valueText(value) }))}
      xTicks={timeTicks(from, to, 6, zone).map(({ at, text }) => ({ position: x(at), text }))}
    >
      <svg class={lineSeries} width="100%" height="100%" viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none">
        <path class="chart-line" d={linePath(points.map(({ at, value }) => [x(at) * SIDE, y(value) * SIDE]))} />
      </svg>
      <g class={markSeries}>
        {points.map(({ at, mark }) =>
          mark === null ? null : <circle key={at} class="chart-ring" cx={percent(x(at))} cy={percent(y(mark))} r="3" />,
        )}
      </g>
      {bands(points.map(({ at }) => x(at))).map(([left, right], index) => (
        <rect
          key={index}
          class="chart-band"
          x={percent(left)}
          width={percent(right - left)}
          height="100%"
          data-tip={points[index]?.tip}
        />
      ))}
    </ChartFrame>
  );
}

/** A polyline through points, with one decimal. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/**
 * For each position the part of 0 to 1 that is nearer to it than to any other.
 *
 * @param positions rising
 */
export function bands(positions: readonly number[]): [number, number][] {
  return positions.map((position, index) => {
    const before = positions[index - 1];
    const after = positions[index + 1];
    return [before === undefined ? 0 : (before + position) / 2, after === undefined ? 1 : (position + after) / 2];
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
