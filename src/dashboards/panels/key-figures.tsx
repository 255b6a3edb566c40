import type { ComponentChildren, VNode } from 'preact';
import {
  NO_FIGURE,
  amountText,
  countText,
  durationText,
  rateText,
  shareText,
} from '../../pages/components/number-text.js';
import { StatusSign } from '../../pages/components/status.js';
import type { JobStatus } from '../../jobs/job.js';
import type { DashboardFigures } from '../dashboard-figures.js';

/** The numbers at the top: how fast, how many, how long. */
export function KeyFigures({ figures }: { figures: DashboardFigures }): VNode {
  const { counts, throughput, latency, queues } = figures;
  const ended = counts === null ? 0 : counts.finished + counts.failed;
  const rate = throughput.now ?? throughput.lastMinute;
  const deadLetters = queues?.reduce((sum, queue) => sum + queue.deadLetters, 0);
  const waiting = queues?.reduce((sum, queue) => sum + queue.messages, 0);
  const count = (status: JobStatus) => (counts === null ? NO_FIGURE : countText(counts[status]));
  const milliseconds = (value: number | null | undefined) => (value == null ? NO_FIGURE : durationText(value));
  return (
    <dl class="tiles" aria-label="Key figures">
      <Tile name="Throughput" value={rate === null ? NO_FIGURE : rateText(rate)} unit="jobs/s">
        {throughput.lastMinute === null ? '' : `${rateText(throughput.lastMinute)}/s over the last minute`}
      </Tile>
      <Tile name="Latency" value={milliseconds(latency?.p50)} title={latencyTitle(latency)}>
        p95 {milliseconds(latency?.p95)} · p99 {milliseconds(latency?.p99)}
      </Tile>
      <Tile name="Finished" status="finished" value={count('finished')}>
        {counts !== null && ended > 0 && `${shareText(counts.finished, ended)} of all that ended`}
      </Tile>
      <Tile name="Failed" status="failed" value={count('failed')} alarming={(counts?.failed ?? 0) > 0}>
        {[
          ...(counts !== null && ended > 0 ? [shareText(counts.failed, ended)] : []),
          ...(deadLetters === undefined ? [] : [amountText(deadLetters, 'dead letter')]),
        ].join(' · ')}
      </Tile>
      <Tile name="Queued" status="queued" value={count('queued')}>
        {waiting !== undefined && `${amountText(waiting, 'message')} in queues`}
      </Tile>
      <Tile name="Cancelled" status="cancelled" value={count('cancelled')}>
        taken back before scoring
      </Tile>
    </dl>
  );
}

interface TileProps {
  name: string;
  value: string;
  unit?: string;
  status?: JobStatus;
  alarming?: boolean;
  title?: string | undefined;
  children: ComponentChildren;
}

function Tile({ name, value, unit, status, alarming = false, title, children }: TileProps): VNode {
  return (
    <div class={alarming ? 'tile alarming' : 'tile'} title={title}>
      <dt>
        {status !== undefined && <StatusSign status={status} />}
        {name}
      </dt>
      <dd class="tile-value">
        {value}
        {unit !== undefined && <span class="tile-unit"> {unit}</span>}
      </dd>
      <dd class="tile-note">{children}</dd>
    </div>
  );
}

function latencyTitle(latency: DashboardFigures['latency']): string | undefined {
  if (latency === null || latency.p50Work === null) return undefined;
  const sample = `From published to stored: median of the newest ${countText(latency.jobs)} finished jobs.`;
  return `${sample} From taken by the worker to scored: ${durationText(latency.p50Work)}.`;
}
