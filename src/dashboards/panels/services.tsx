import type { ComponentChildren, VNode } from 'preact';
import { Name } from '../../pages/components/name.js';
import { countText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { Table } from '../../pages/components/table.js';
import type { QueueDepth } from '../../platform/broker/message-broker.js';
import type { ServiceBinding } from '../../registry/services.service.js';
import type { DashboardFigures } from '../dashboard-figures.js';

interface ServedQueue {
  queue: string;
  service: ServiceBinding | null;
  depth: QueueDepth | null;
}

/** Each service with its model and what waits for it, and queues that nobody reads. */
export function Services({ figures: { services, queues } }: { figures: DashboardFigures }): VNode {
  const rows = servedQueues(services ?? [], queues ?? []);
  return (
    <Panel id="services" title="Services and queues" aside={<a href="/queue_manager/get_services">JSON</a>}>
      {services === null && queues === null ? (
        <Empty>Not available right now.</Empty>
      ) : rows.length === 0 ? (
        <Empty>No services yet. Upload a model, then bind a service to it: see the API.</Empty>
      ) : (
        <Table
          label="Services, their models and queues"
          columns={[
            { title: 'Service', onPhone: 'wide', cell: serviceCell },
            {
              title: 'Waiting',
              onPhone: 'named',
              numeric: true,
              cell: ({ depth }) => (depth === null ? null : countText(depth.messages)),
            },
            { title: 'Dead letters', onPhone: 'named', numeric: true, cell: deadLetters },
          ]}
          rows={rows}
          rowKey={({ queue }) => queue}
        />
      )}
    </Panel>
  );
}

/** Services by name, then queues without one that hold something. */
export function servedQueues(services: readonly ServiceBinding[], queues: readonly QueueDepth[]): ServedQueue[] {
  const depths = new Map(queues.map((depth) => [depth.queue, depth]));
  const served = new Set(services.map(({ queue }) => queue));
  return [
    ...services.map((service) => ({ queue: service.queue, service, depth: depths.get(service.queue) ?? null })),
    ...queues
      .filter(({ queue, messages, deadLetters: dead }) => !served.has(queue) && messages + dead > 0)
      .map((depth) => ({ queue: depth.queue, service: null, depth })),
  ];
}

function serviceCell({ queue, service }: ServedQueue): ComponentChildren {
  return (
    <>
      <Name of={service === null ? 'no service' : service.service} />
      {service?.enabled === false && <span class="tag">paused</span>}
      {service !== null && service.version === null && <span class="tag alarming">no model</span>}
      <span class="detail">
        {service !== null &&
          `${service.model} ${service.version === null ? '' : `v${service.version}`} (${service.alias}) · `}
        queue {queue}
      </span>
    </>
  );
}

function deadLetters({ depth }: ServedQueue): ComponentChildren {
  if (depth === null) return null;
  return depth.deadLetters === 0 ? '0' : <b class="alarming">{countText(depth.deadLetters)}</b>;
}
