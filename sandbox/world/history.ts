import type { WorldRow } from './row.ts';

/** A row and since when it is there; without `since` it was there when we began to look. */
export type SeenRow = WorldRow & Readonly<{ since?: number }>;

const KEEP_GONE_MS = 600_000;
const KEEP_GONE_ROWS = 3;

/**
 * Joins a reading with what was seen before it (undefined: nothing yet). What appeared while we looked comes
 * first, what stands since before follows, and what vanished stays for ten minutes as `gone`.
 */
export function mergeReading(
  before: readonly SeenRow[] | undefined,
  rows: readonly WorldRow[],
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
    .slice(-KEEP_GONE_ROWS);
  return [
    ...present.filter(({ since }) => since !== undefined),
    ...present.filter(({ since }) => since === undefined),
    ...gone,
  ];
}
