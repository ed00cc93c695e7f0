import type { Child, FC } from 'hono/jsx';

/** A column: its heading, and what a row shows there. A number stands to the right. */
export type Column<Row> = Readonly<{ name: string; of: (row: Row) => Child; isNumber?: boolean }>;

type TableProps<Row> = Readonly<{
  /** What the table has, for people who hear it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Shown instead of a table without rows. */
  empty: Child;
}>;

/** A table, or a sentence where it has no row. */
export function Table<Row>({ caption, columns, rows, empty }: TableProps<Row>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // A region that can be scrolled must be reachable by keyboard (WCAG 2.2, 2.1.1). The roles are for a narrow screen, on which the style makes each row
    // a block.
    <div class="scrolls" role="region" aria-label={caption} tabindex={0}>
      <table role="table">
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isNumber }) => (
              <th role="columnheader" scope="col" class={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row">
              {columns.map(({ name, of, isNumber }) => (
                <td role="cell" data-name={name} class={isNumber ? 'number' : undefined}>
                  {of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A link to the following rows, where there are some. */
export const NextPage: FC<Readonly<{ href: string | undefined }>> = ({ href }) =>
  href === undefined ? null : (
    <p class="paging">
      <a href={href} rel="next">
        Following rows
      </a>
    </p>
  );
