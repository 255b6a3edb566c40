import type { ComponentChildren, VNode } from 'preact';
import { Name } from '../../pages/components/name.js';
import type { Job } from '../../jobs/job.js';
import { durationText, valueText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { StatusBadge } from '../../pages/components/status.js';
import { Table } from '../../pages/components/table.js';
import { TimeAgo } from '../../pages/components/time-ago.js';
import type { TimeZone } from '../../pages/components/time-zone.js';
import type { DashboardFigures } from '../dashboard-figures.js';
import { predictionOf } from '../job-outcome.js';

interface JobsProps {
  figures: DashboardFigures;
  zone: TimeZone;
}

/** The jobs that came last. */
export function LatestJobs({ figures, zone }: JobsProps): VNode {
  const { latestJobs, at } = figures;
  return (
    <Panel id="latest-jobs" title="Latest jobs" aside={<a href="/queue_manager/jobs">All as JSON</a>}>
      {latestJobs === null ? (
        <Empty>Not available right now.</Empty>
      ) : latestJobs.length === 0 ? (
        <Empty>No jobs yet.</Empty>
      ) : (
        <Table
          label="Latest jobs, newest first"
          columns={[
            { title: 'Status', onPhone: 'lead', cell: (job) => <StatusBadge status={job.status} /> },
            { title: 'Queued', cell: (job) => <TimeAgo at={job.queuedAt} now={at} zone={zone} /> },
            { title: 'Service', onPhone: 'wide', cell: (job) => <Name of={job.service} /> },
            { title: 'Result', cell: (job) => outcome(job, figures) },
            { title: 'Took', numeric: true, cell: took },
            { title: 'Job', cell: jobLink },
          ]}
          rows={latestJobs}
          rowKey={(job) => job.id}
        />
      )}
    </Panel>
  );
}

/** The jobs that failed last: among thousands of good ones a second they would never be seen above. */
export function LatestFailures({ figures: { latestFailures, at }, zone }: JobsProps): VNode | null {
  if (latestFailures === null || latestFailures.length === 0) return null;
  return (
    <Panel
      id="latest-failures"
      title="Latest failures"
      aside={<a href="/queue_manager/jobs?last_status=failed">All as JSON</a>}
    >
      <ul class="failures">
        {latestFailures.map((job) => (
          <li key={job.id}>
            <Reason message={job.message} />
            <p class="muted">
              <TimeAgo at={job.queuedAt} now={at} zone={zone} /> · <Name of={job.service} /> · {jobLink(job)}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The prediction of a job that went well, else why it has none. */
function outcome(job: Job, { services, targets }: DashboardFigures): ComponentChildren {
  if (job.status === 'failed') return <Reason message={job.message} />;
  const dataset = services?.find(({ service }) => service === job.service)?.dataset;
  const target = dataset === undefined ? undefined : targets.get(dataset);
  const prediction = target === undefined ? null : predictionOf(job, target);
  if (prediction === null) return null;
  return (
    <>
      <span class="muted">{target} </span>
      <b class="figure">{typeof prediction === 'number' ? valueText(prediction) : prediction}</b>
    </>
  );
}

/** Cut to two lines by the stylesheet; in full on hover and in the job itself. */
function Reason({ message }: { message: string }): VNode {
  return (
    <span class="reason" title={message}>
      {message}
    </span>
  );
}

function took({ queuedAt, startedAt, endedAt }: Job): ComponentChildren {
  if (endedAt === null) return null;
  const work = startedAt === null ? '' : ` In the worker: ${durationText(Math.max(0, endedAt - startedAt))}.`;
  return <span title={`From queued to scored.${work}`}>{durationText(Math.max(0, endedAt - queuedAt))}</span>;
}

function jobLink({ id }: Job): VNode {
  return (
    <a class="code" href={`/queue_manager/jobs/${encodeURIComponent(id)}`} title={`Job ${id} as JSON`}>
      …{id.slice(-8)}
    </a>
  );
}
