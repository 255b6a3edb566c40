import type { VNode } from 'preact';
import { agoText, fullTimeText } from './time-text.js';
import type { TimeZone } from './time-zone.js';

/** A time by its age, with the time itself for machines and on hover. Epoch milliseconds. */
export function TimeAgo({ at, now, zone }: { at: number; now: number; zone: TimeZone }): VNode {
  return (
    <time datetime={new Date(at).toISOString()} title={fullTimeText(at, zone)}>
      {agoText(at, now)}
    </time>
  );
}
