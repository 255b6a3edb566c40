import type { VNode } from 'preact';

export interface LegendEntry {
  name: string;
  /** Class of the series, which gives its colour. */
  series: string;
  shape: 'bar' | 'line' | 'ring';
}

/** Which shape and colour is what. */
export function Legend({ entries }: { entries: readonly LegendEntry[] }): VNode {
  return (
    <ul class="legend">
      {entries.map(({ name, series, shape }) => (
        <li key={name}>
          <svg class={`legend-sign ${series}`} viewBox="0 0 14 10" aria-hidden="true" focusable="false">
            {shape === 'bar' && <rect class="chart-bar" x="2" width="10" height="10" rx="1.5" />}
            {shape === 'line' && <path class="chart-line" d="M0 5h14" />}
            {shape === 'ring' && <circle class="chart-ring" cx="7" cy="5" r="3.5" />}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
