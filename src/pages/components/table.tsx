import type { ComponentChildren, VNode } from 'preact';
import { NO_FIGURE } from './number-text.js';

export interface TableColumn<Row> {
  title: string;
  /** Null where a row has nothing to say. */
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right, in figures of one width. */
  numeric?: boolean;
  /** On a phone: `lead` heads the row, `wide` has a line of its own, `named` is told with the column's title. */
  onPhone?: 'lead' | 'wide' | 'named';
}

interface TableProps<Row> {
  /** What the table holds, for screen readers. */
  label: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/**
 * A table that becomes a list of small cards on a phone. The roles are said aloud since browsers drop those of tables
 * that are laid out as anything else.
 */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>): VNode {
  return (
    <table class="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th
              key={column.title}
              role="columnheader"
              scope="col"
              class={column.numeric === true ? 'numeric' : undefined}
            >
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => (
              <Cell key={column.title} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row }: { column: TableColumn<Row>; row: Row }): VNode {
  const content = column.cell(row);
  const classes = [column.numeric === true ? 'numeric' : '', column.onPhone ?? '', content === null ? 'void' : ''];
  return (
    <td role="cell" class={classes.filter(Boolean).join(' ') || undefined} data-label={column.title}>
      {content ?? NO_FIGURE}
    </td>
  );
}
