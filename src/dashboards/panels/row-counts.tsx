import type { VNode } from 'preact';
import { Name } from '../../pages/components/name.js';
import { countText } from '../../pages/components/number-text.js';
import { Empty, Panel } from '../../pages/components/panel.js';
import { ShareBar } from '../../pages/components/share-bar.js';
import { Table } from '../../pages/components/table.js';
import type { DashboardFigures } from '../dashboard-figures.js';

/** How many rows each dataset has by split, and how many of the production rows have a label. */
export function RowCounts({ figures: { rows } }: { figures: DashboardFigures }): VNode {
  return (
    <Panel id="rows" title="Data rows">
      {rows === null ? (
        <Empty>Not available right now.</Empty>
      ) : rows.length === 0 ? (
        <Empty>No datasets yet.</Empty>
      ) : (
        <Table
          label="Rows of each dataset by split"
          columns={[
            { title: 'Dataset', onPhone: 'wide', cell: ({ dataset }) => <Name of={dataset} /> },
            { title: 'Training', onPhone: 'named', numeric: true, cell: ({ training }) => countText(training) },
            { title: 'Testing', onPhone: 'named', numeric: true, cell: ({ testing }) => countText(testing) },
            { title: 'Production', onPhone: 'named', numeric: true, cell: ({ production }) => countText(production) },
            {
              title: 'Labelled',
              onPhone: 'named',
              cell: ({ labelled, production }) => (
                <span title={`${countText(labelled)} of ${countText(production)} production rows have a label`}>
                  <ShareBar part={labelled} whole={production} />
                </span>
              ),
            },
          ]}
          rows={rows}
          rowKey={({ dataset }) => dataset}
        />
      )}
    </Panel>
  );
}
