import type { VNode } from 'preact';
import type { JobStatus } from '../../jobs/job.js';

/** A shape of its own for each status, so that no one needs to tell the colours apart. */
const SHAPES: Record<JobStatus, VNode> = {
  finished: <path d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1m-1.2 9.9 5-5-1.1-1.1-3.9 3.9-1.6-1.6-1.1 1.1z" />,
  failed: <path d="M8 1 15.5 14.5H.5zM7.2 6v4.2h1.6V6zm0 5.2v1.6h1.6v-1.6z" />,
  queued: (
    <path d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1m0 1.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8M7.2 4.5h1.6v3.2l2.1 1.3-.8 1.3-2.9-1.8z" />
  ),
  cancelled: <path d="M2 2h12v12H2zm2.5 5.200v1.600h7V7.200z" />,
};

/** The sign of a status; decoration beside its word. */
export function StatusSign({ status }: { status: JobStatus }): VNode {
  return (
    <svg
      class={`status-sign status-${status}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
      fill-rule="evenodd"
    >
      {SHAPES[status]}
    </svg>
  );
}

/** A job's status: a sign and a word. */
export function StatusBadge({ status }: { status: JobStatus }): VNode {
  return (
    <span class={`status status-${status}`}>
      <StatusSign status={status} />
      {status}
    </span>
  );
}
