import type { AccessRow } from './access-row.ts';

/** A row, and when a reading first had it. Without `since`, the first reading had it already. */
export type SeenRow = AccessRow & Readonly<{ since?: number }>;

const KEEP_GONE_MS = 600_000;
const KEEP_GONE_ROWS = 3;

/**
 * Merges a new reading into the rows of the readings before it (undefined before the first reading). New rows
 * come first, then the rows of the first reading, then rows that disappeared, the newest first. A row that
 * disappeared is kept as `gone` for ten minutes, unless three others disappeared after it.
 */
export function mergeReading(
  before: readonly SeenRow[] | undefined,
  rows: readonly AccessRow[],
  now: number,
): readonly SeenRow[] {
  if (before === undefined) return rows;
  const known = new Map(before.map((row) => [row.id, row]));
  const here = new Set(rows.map(({ id }) => id));
  const present = rows.map((row): SeenRow => {
    const old = known.get(row.id);
    const since = old === undefined || old.state.kind === 'gone' ? now : old.since;
    return since === undefined ? row : { ...row, since };
  });
  const gone = before
    .filter(({ id }) => !here.has(id))
    .map((row): SeenRow => (row.state.kind === 'gone' ? row : { ...row, state: { kind: 'gone', at: now } }))
    .filter(({ state }) => state.kind === 'gone' && now - state.at < KEEP_GONE_MS)
    .slice(0, KEEP_GONE_ROWS);
  return [
    ...present.filter(({ since }) => since !== undefined),
    ...present.filter(({ since }) => since === undefined),
    ...gone,
  ];
}
