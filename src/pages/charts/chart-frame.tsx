import type { ComponentChildren, VNode } from 'preact';

/** A mark on an axis. */
export interface AxisTick {
  /** 0 at the left or bottom, 1 at the right or top. */
  position: number;
  text: string;
}

interface ChartFrameProps {
  /** What the chart says, in words: for those who do not see it. */
  label: string;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  /** SVG with positions in percent of the plot, so that it fits any width without scripts and letters keep their size. */
  children: ComponentChildren;
}

/** Axes and grid around a plot. Colours come from the stylesheet by class, so that light, dark and print need no new drawing. */
export function ChartFrame({ label, xTicks, yTicks, children }: ChartFrameProps): VNode {
  return (
    <div class="chart" role="img" aria-label={label}>
      <svg class="chart-y" aria-hidden="true" focusable="false">
        {yTicks.map(({ position, text }) => (
          <text key={text} x="100%" y={percent(1 - position)} dy="0.32em" text-anchor="end">
            {text}
          </text>
        ))}
      </svg>
      <svg class="chart-plot" aria-hidden="true" focusable="false">
        {yTicks.map(({ position, text }) => (
          <line key={text} class="chart-grid" x1="0" x2="100%" y1={percent(1 - position)} y2={percent(1 - position)} />
        ))}
        {children}
      </svg>
      <svg class="chart-x" aria-hidden="true" focusable="false">
        {xTicks.map(({ position, text }, index) => (
          <text
            key={text}
            // On a phone there is room for every second one.
            class={index % 2 === 1 ? 'chart-minor' : undefined}
            x={percent(position)}
            y="14"
            text-anchor={position < 0.05 ? 'start' : position > 0.95 ? 'end' : 'middle'}
          >
            {text}
          </text>
        ))}
      </svg>
    </div>
  );
}

/** A share of the plot as an SVG length. Two decimals are a fifth of a pixel on a screen of 2000. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
