import type { VNode } from 'preact';
import { shareText } from './number-text.js';

/** A share as text and as a bar. */
export function ShareBar({ part, whole }: { part: number; whole: number }): VNode {
  const percent = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
  return (
    <span class="share">
      {shareText(part, whole)}
      <svg class="share-bar" aria-hidden="true" focusable="false">
        <rect class="share-whole" width="100%" height="100%" rx="2" />
        <rect class="share-part" width={`${percent.toFixed(2)}%`} height="100%" rx="2" />
      </svg>
    </span>
  );
}
