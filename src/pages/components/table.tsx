import type { ComponentChildren, VNode } from 'preact';

export interface TableColumn<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right, in figures of one width. */
  numeric?: boolean;
  /** On a phone: the cell that heads the row. */
  lead?: boolean;
}

interface TableProps<Row> {
  /** What the table holds, for screen readers. */
  label: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowClass?: (row: Row) => string | undefined;
}

/**
 * A table that becomes a list of small cards on a phone. The roles are said aloud since browsers drop those of tables
 * that are laid out as anything else.
 */
export function Table<Row>({ label, columns, rows, rowKey, rowClass }: TableProps<Row>): VNode {
  return (
    <table class="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.title} role="columnheader" scope="col" class={column.numeric === true ? 'numeric' : undefined}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" class={rowClass?.(row)}>
            {columns.map((column) => (
              <td key={column.title} role="cell" class={cellClass(column)} data-label={column.title}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellClass<Row>({ numeric, lead }: TableColumn<Row>): string | undefined {
  return [numeric === true ? 'numeric' : '', lead === true ? 'lead' : ''].join(' ').trim() || undefined;
}
