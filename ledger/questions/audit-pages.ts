import { type AuditCondition, type Bind, sqlOf } from './audit-conditions.ts';
import { type AuditQuery, sourceOf } from './audit-query.ts';
import { AUDIT_VIEWS, type AuditView } from './audit-views.ts';
import { type CountAndNewest, type CountLimit, countWithin } from '../count.ts';
import { type Db, toTimestamp } from '../pool.ts';

/** A time is RFC 3339 in UTC. */
export type AuditRow = Readonly<Record<string, string | number | null | readonly string[]>>;

/** A part of an answer. `next` names where the following part begins; left out at the end. */
export type AuditPage = Readonly<{ rows: readonly AuditRow[]; next?: string }>;

/** Where a page begins, and how many rows it has at most. */
export type AuditPart = Readonly<{ after?: string | undefined; most: number; newestFirst?: boolean }>;

/** The place of a row: its time in UTC, and its id. */
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z)\/(.{1,200})$/;

/** One page of an answer, the oldest row first or the newest. `after` is the `next` of the page before it. */
export async function auditPage(
  db: Db,
  { view, where, known }: AuditQuery,
  { after, most, newestFirst = false }: AuditPart,
): Promise<AuditPage> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const columns = AUDIT_VIEWS[view];
  const at = columns[0];
  const during = known === undefined ? where.find(isTime) : undefined;
  const conditions = where.filter((each) => each !== during).map((each) => sqlOf(each, bind));
  const order = newestFirst ? `${at} desc, id desc` : `${at}, id`;
  const [, time, id] = CURSOR.exec(after ?? '') ?? [];
  if (time !== undefined && !Number.isNaN(Date.parse(time)))
    conditions.push(`(${at}, id) ${newestFirst ? '<' : '>'} (${bind(time)}::timestamptz, ${bind(id)}::text)`);
  const part = { conditions, end: `order by ${order} limit ${bind(most + 1)}` };
  const source = during
    ? partsOf(view, during, bind).map((each) => `(${selected(each, part)})`)
    : [selected({ source: sourceOf(view, known, bind), conditions: [] }, part)];
  // The cursor has the whole time, to the microsecond. Only that of the last row is used.
  const cursor = `to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' || id`;
  const { rows } = await db.query<{ cursor: string | null } & Record<string, unknown>>(
    `select ${columns.map((column) => `"${column}"`).join(', ')},
            case row_number() over (order by ${order}) when ${bind(most)}::bigint then ${cursor} end as cursor
       from (${source.join(' union all ')}) found ${part.end}`,
    values,
  );
  const shown = rows.slice(0, most);
  const last = rows.length > most ? shown.at(-1) : undefined;
  return { rows: shown.map(rowOf), ...(last?.cursor ? { next: last.cursor } : {}) };
}

type During = Extract<AuditCondition, { kind: 'during' }>;

const isTime = (condition: AuditCondition): condition is During => condition.kind === 'during';

type Part = Readonly<{ source: string; conditions: readonly string[] }>;

const selected = (
  { source, conditions }: Part,
  all: Readonly<{ conditions: readonly string[]; end: string }>,
): string => {
  const every = [...conditions, ...all.conditions];
  return `select * from ${source} a ${every.length === 0 ? '' : `where ${every.join(' and ')}`} ${all.end}`;
};

/**
 * What was held in a time: what was held at its beginning, and what began later. The first part is small, and with "offset 0" it is found by the index of the
 * times. The second one has an index in the order of the answer, so a page does not read the whole time.
 */
function partsOf(view: AuditView, { from, to }: During, bind: Bind): readonly Part[] {
  const [at] = AUDIT_VIEWS[view];
  const [start, end] = [from, to].map((each) => `${bind(toTimestamp(each))}::timestamptz`);
  return [
    { source: `(select * from audit.${view} where during @> ${start} offset 0)`, conditions: [] },
    { source: `audit.${view}`, conditions: [`${at} > ${start}`, `${at} <= ${end}`] },
  ];
}

function rowOf({ cursor: _cursor, ...row }: Readonly<Record<string, unknown>>): AuditRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  ) as AuditRow;
}

/** How many rows an answer has, and when the newest was. Undefined when to count them takes too long. */
export async function countAuditRows(
  db: Db,
  { view, where, known }: AuditQuery,
  { most, withinMs }: CountLimit,
): Promise<CountAndNewest | undefined> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const [at] = AUDIT_VIEWS[view];
  const source = sourceOf(view, known, bind);
  const conditions = where.map((each) => sqlOf(each, bind));
  const sql = `select ${at} as at from ${source} a ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
                order by ${at} desc limit ${bind(most + 1)}`;
  return countWithin(db, { sql, values }, withinMs);
}
