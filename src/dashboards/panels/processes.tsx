import type { ComponentChildren, VNode } from 'preact';
import { Name } from '../../pages/components/name.js';
import { amountText, countText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { Table } from '../../pages/components/table.js';
import { TimeAgo } from '../../pages/components/time-ago.js';
import { fullTimeText, sinceText } from '../../pages/components/time-text.js';
import type { TimeZone } from '../../pages/components/time-zone.js';
import type { ProcessRecord } from '../../platform/telemetry/process-registry.js';
import type { DashboardFigures } from '../dashboard-figures.js';
import { type ProcessDetails, readProcessDetails } from '../process-details.js';

/** The processes of GITS that are alive. */
export function Processes({ figures: { processes, at }, zone }: { figures: DashboardFigures; zone: TimeZone }): VNode {
  const rows = (processes ?? []).map((process) => ({ process, details: readProcessDetails(process.details) }));
  const workers = rows.filter(({ process }) => process.role.split(',').includes('worker')).length;
  return (
    <Panel id="processes" title="Processes" aside={processes === null ? undefined : workersText(workers)}>
      {processes === null ? (
        <Empty>Not available right now.</Empty>
      ) : rows.length === 0 ? (
        <Empty>No process has reported yet.</Empty>
      ) : (
        <Table
          label="Running processes"
          columns={[
            { title: 'Role', onPhone: 'lead', cell: ({ process }) => <b>{process.role}</b> },
            { title: 'Process', cell: ({ process }) => processName(process) },
            {
              title: 'Running for',
              onPhone: 'named',
              cell: ({ process }) => uptime(process.startedAt.getTime(), at, zone),
            },
            { title: 'Serves', onPhone: 'wide', cell: ({ details }) => serves(details) },
            { title: 'Messages', onPhone: 'named', numeric: true, cell: ({ details }) => messages(details) },
            {
              title: 'Memory',
              onPhone: 'named',
              numeric: true,
              cell: ({ details: { rssMb } }) => (rssMb === null ? null : `${countText(rssMb)} MB`),
            },
            {
              title: 'Seen',
              onPhone: 'named',
              cell: ({ process }) => <TimeAgo at={process.seenAt.getTime()} now={at} zone={zone} />,
            },
          ]}
          rows={rows}
          rowKey={({ process }) => process.id}
        />
      )}
    </Panel>
  );
}

function workersText(workers: number): ComponentChildren {
  if (workers === 0) return <b class="alarming">no worker is running</b>;
  return amountText(workers, 'worker');
}

function processName({ host, pid }: ProcessRecord): VNode {
  return (
    <span class="code">
      {host}:{pid}
    </span>
  );
}

function uptime(from: number, now: number, zone: TimeZone): VNode {
  return (
    <time datetime={new Date(from).toISOString()} title={`Since ${fullTimeText(from, zone)}`}>
      {sinceText(from, now)}
    </time>
  );
}

function serves({ services }: ProcessDetails): ComponentChildren {
  if (services.length === 0) return null;
  return services.map(({ service, model, version }) => (
    <span key={service} class="served">
      <Name of={service} />
      {model !== null && <span class="detail">{version === null ? model : `${model} v${version}`}</span>}
    </span>
  ));
}

function messages({ finished, failed, sent }: ProcessDetails): ComponentChildren {
  if (sent !== null) return `${countText(sent)} sent`;
  if (finished === null) return null;
  return (
    <>
      {countText(finished)}
      {failed !== null && failed > 0 && <span class="detail alarming">{countText(failed)} failed</span>}
    </>
  );
}
