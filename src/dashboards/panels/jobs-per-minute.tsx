import type { VNode } from 'preact';
import { JOB_STATUSES, type JobStatus } from '../../jobs/job.js';
import type { MinuteCount } from '../../jobs/job-store.js';
import { Legend } from '../../pages/charts/legend.js';
import { type BarSlot, StackedBars } from '../../pages/charts/stacked-bars.js';
import { countText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { clockText } from '../../pages/components/time-text.js';
import type { TimeZone } from '../../pages/components/time-zone.js';
import type { DashboardFigures } from '../dashboard-figures.js';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** From the bottom up: what needs a look is on top. */
const ORDER: readonly JobStatus[] = ['finished', 'cancelled', 'queued', 'failed'];

/** How many jobs ended in each minute of the last hour. */
export function JobsPerMinute({
  figures: { minutes, at },
  zone,
}: {
  figures: DashboardFigures;
  zone: TimeZone;
}): VNode {
  const shown = ORDER.filter(
    (status) => status === 'finished' || status === 'failed' || minutes?.some((count) => count.status === status),
  );
  return (
    <Panel
      id="jobs-per-minute"
      title="Jobs per minute"
      aside={<Legend entries={shown.map((status) => ({ name: status, series: `series-${status}`, shape: 'bar' }))} />}
    >
      {minutes === null ? (
        <Empty>Not available right now.</Empty>
      ) : (
        chart(minuteSlots(minutes, at, shown, zone), shown, zone)
      )}
    </Panel>
  );
}

function chart(slots: readonly BarSlot[], shown: readonly JobStatus[], zone: TimeZone): VNode {
  const totals = shown.map((status, index) => {
    const jobs = slots.reduce((sum, slot) => sum + (slot.values[index] ?? 0), 0);
    return `${countText(jobs)} ${status}`;
  });
  return (
    <StackedBars
      label={`Bar chart of the jobs of each minute of the last hour: ${totals.join(', ')}.`}
      series={shown.map((status) => `series-${status}`)}
      slots={slots}
      slotMilliseconds={MINUTE_MS}
      zone={zone}
    />
  );
}

/** One slot for each of the last sixty minutes, the current one last, whether it has jobs or not. */
export function minuteSlots(
  minutes: readonly MinuteCount[],
  now: number,
  statuses: readonly JobStatus[],
  zone: TimeZone,
): BarSlot[] {
  const byMinute = new Map<number, Record<JobStatus, number>>();
  for (const { minute, status, jobs } of minutes) {
    const counts = byMinute.get(minute) ?? none();
    counts[status] += jobs;
    byMinute.set(minute, counts);
  }
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: MINUTES }, (_, index) => {
    const at = last - (MINUTES - 1 - index) * MINUTE_MS;
    const counts = byMinute.get(at) ?? none();
    const parts = statuses
      .filter((status) => counts[status] > 0)
      .map((status) => `${countText(counts[status])} ${status}`);
    return {
      at,
      values: statuses.map((status) => counts[status]),
      tip: `${clockText(at, zone)}: ${parts.length === 0 ? 'no jobs' : parts.join(', ')}`,
    };
  });
}

function none(): Record<JobStatus, number> {
  return Object.fromEntries(JOB_STATUSES.map((status) => [status, 0])) as Record<JobStatus, number>;
}
