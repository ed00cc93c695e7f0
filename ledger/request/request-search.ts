import pg from 'pg';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import { PAGE_PLACE, REQUEST_COLUMNS } from '../../core/request/list-row.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import type { EnforcementClass } from '../../core/target.ts';
import type { VisibleRequests } from './access-questions.ts';
import type { Bind } from '../questions/audit-conditions.ts';
import { type Db, toTimestamp } from '../pool.ts';

/** `refused`: it was refused before it was opened, so it never was a request. */
export type SearchedState = OpenedRequest['kind'] | 'refused';

/** Which requests. Every condition must hold, and of one with several values one of them. `from` and `to` are included. */
export type RequestSearch = Readonly<{
  is: Readonly<
    Partial<{
      /** Whole ids, or their last letters. */
      id: readonly string[];
      person: readonly string[];
      /** Who approved it or an extension of it. */
      approver: readonly string[];
      entitlement: readonly string[];
      provider: readonly string[];
      class: readonly EnforcementClass[];
      state: readonly SearchedState[];
      ending: readonly Ending['kind'][];
      /** Whether an attempt about it was refused. */
      refused: readonly ('yes' | 'no')[];
    }>
  >;
  from?: Instant;
  to?: Instant;
}>;

/** A request as the view `audit.request` has it. A time is RFC 3339 in UTC. What a refused submission never had is null. */
export type RequestRow = Readonly<{
  at: string;
  id: RequestId;
  person: string | null;
  entitlement: string | null;
  minutes: number | null;
  providers: readonly string[];
  classes: readonly EnforcementClass[];
  state: SearchedState;
  ending: Ending['kind'] | null;
  approved_by: readonly string[];
  refusals: number;
  ends_at: string | null;
  closed_at: string | null;
  digest: string | null;
}>;

/** A page is after a row, which is older, or before a row, which is newer. It has `most` rows at most. */
export type RequestPart = Readonly<{ most: number; after?: string | undefined; before?: string | undefined }>;

/** A page, the newest request first. `next` is the `after` of the page that follows, `previous` the `before` of the one that precedes it. */
export type RequestPage = Readonly<{ rows: readonly RequestRow[]; next?: string; previous?: string }>;

/** Where a list looks for its next rows first: in so many of the newest. More would be slower than to look by an index. */
const WINDOWS = [20_000, 100_000];
/** The larger window is tried when the smaller one had this share of the page. */
const PROMISING = 1 / 5;

/** One page of the requests that a search finds and a reader may see, the newest first. Throws for a place that no page named. */
export async function searchRequests(
  db: Db,
  search: RequestSearch,
  visible: VisibleRequests,
  { most, after, before }: RequestPart,
): Promise<RequestPage> {
  const isBackwards = before !== undefined;
  const reading = { search, visible, place: before ?? after, isBackwards, most: most + 1 };
  let share = 1;
  for (const window of WINDOWS) {
    if (share < PROMISING) break;
    const rows = await placedRows(db, { ...reading, window });
    if (rows.length > most) return pageOf(rows, { most, after, isBackwards });
    share = rows.length / most;
  }
  return pageOf(await placedRows(db, { ...reading, window: undefined }), { most, after, isBackwards });
}

type PlacedRow = Readonly<{ place: string } & Record<string, unknown>>;
type Reading = Readonly<{
  search: RequestSearch;
  visible: VisibleRequests;
  place: string | undefined;
  isBackwards: boolean;
  most: number;
  /** How many of the newest rows are looked at. Undefined: all. */
  window: number | undefined;
}>;

/**
 * The first rows after a place. What is frequent is among the newest rows, and what is rare is found by its own index and sorted. The planner does
 * not know which it is, because who approves has to do with what is requested. So the newest rows are tried first.
 */
async function placedRows(
  db: Db,
  { search, visible, place, isBackwards, most, window }: Reading,
): Promise<readonly PlacedRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const order = isBackwards ? 'at, id' : 'at desc, id desc';
  const times = [
    ...timeConditions(search, bind),
    ...(place === undefined ? [] : [`(at, id) ${isBackwards ? '>' : '<'} ${placeOf(place, bind)}`]),
  ];
  const conditions = conditionsOf(search, visible, bind);
  const source =
    window !== undefined
      ? `(select ${SEARCHED} from audit.request ${whereOf(times)} order by ${order} limit ${window}) newest ${whereOf(conditions)}`
      : // With "offset 0" the plan is the one that is cheapest for all rows, and not for the first ones.
        `(select ${SEARCHED} from audit.request ${whereOf([...times, ...conditions])} offset 0) every`;
  const { rows } = await db.query<PlacedRow>(
    `select ${REQUEST_COLUMNS.join(', ')}, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' || id as place
       from audit.request where id = any (array(select id from ${source} order by ${order} limit ${bind(most)}))
      order by ${order}`,
    values,
  );
  return rows;
}

/** The columns that conditions read. The number of refusals is counted for the rows of the page alone. */
const SEARCHED =
  'id, at, person, entitlement, providers, classes, state, ending, approvers, approved_by, refused';

function pageOf(
  rows: readonly PlacedRow[],
  { most, after, isBackwards }: Pick<RequestPart, 'most' | 'after'> & Pick<Reading, 'isBackwards'>,
): RequestPage {
  const shown = isBackwards ? rows.slice(0, most).toReversed() : rows.slice(0, most);
  const isMore = rows.length > most;
  const [first, last] = [shown[0]?.place, shown.at(-1)?.place];
  return {
    rows: shown.map(rowOf),
    ...(last !== undefined && (isBackwards || isMore) ? { next: last } : {}),
    ...(first !== undefined && (isBackwards ? isMore : after !== undefined) ? { previous: first } : {}),
  };
}

/** How many requests a search finds that a reader may see. It stops counting after `limit`, and then returns one more. */
export async function countSearched(
  db: Db,
  search: RequestSearch,
  visible: VisibleRequests,
  limit: number,
): Promise<number> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [...timeConditions(search, bind), ...conditionsOf(search, visible, bind)];
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::integer as count
       from (select from (select from audit.request ${whereOf(conditions)} offset 0) every limit ${bind(limit + 1)}) found`,
    values,
  );
  return rows[0]?.count ?? 0;
}

/** A search as a statement that a login with the role curfew_auditor can run. */
export function searchSql(search: RequestSearch): string {
  const bind = (value: unknown): string => literal(value);
  const conditions = [...timeConditions(search, bind), ...conditionsOf(search, 'all', bind)];
  return [
    'select * from audit.request',
    ...conditions.map((each, at) => `${at === 0 ? ' where' : '   and'} ${each}`),
    ' order by at desc, id desc;',
  ].join('\n');
}

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `array[${value.map(literal).join(', ')}]`;
  return typeof value === 'number'
    ? String(value)
    : pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
};

const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;

function placeOf(place: string, bind: Bind): string {
  const [, time, id] = PAGE_PLACE.exec(place) ?? [];
  if (time === undefined) throw new Error('a page begins at a place that no page named');
  return `(${bind(time)}::timestamptz, ${bind(id)}::text)`;
}

function rowOf({ place: _place, ...row }: PlacedRow): RequestRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  ) as RequestRow;
}

const timeConditions = ({ from, to }: RequestSearch, bind: Bind): readonly string[] => [
  ...(from === undefined ? [] : [`at >= ${bind(toTimestamp(from))}`]),
  ...(to === undefined ? [] : [`at <= ${bind(toTimestamp(to))}`]),
];

function conditionsOf({ is }: RequestSearch, visible: VisibleRequests, bind: Bind): readonly string[] {
  const isOneOf = (column: string, values: readonly string[] | undefined): readonly string[] =>
    values === undefined ? [] : [`${column} = any (${bind(values)}::text[])`];
  const hasOneOf = (column: string, values: readonly string[] | undefined): readonly string[] =>
    values === undefined ? [] : [`${column} && ${bind(values)}::text[]`];
  return [
    ...(is.id === undefined
      ? []
      : [`(${is.id.map((each) => idCondition(each, bind)).join(' or ') || 'false'})`]),
    ...isOneOf('person', is.person),
    ...isOneOf('entitlement', is.entitlement),
    ...isOneOf('state', is.state),
    ...isOneOf('ending', is.ending),
    ...hasOneOf('approved_by', is.approver),
    ...hasOneOf('providers', is.provider),
    ...hasOneOf('classes', is.class),
    ...refusedCondition(is.refused),
    ...visibleCondition(visible, bind),
  ];
}

/** The index has the ids with their last letter first. */
const idCondition = (id: string, bind: Bind): string =>
  id.startsWith('req_')
    ? `id = ${bind(id)}`
    : `reverse(id) like ${bind(
        `${[...id]
          .toReversed()
          .join('')
          .replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      )}`;

function refusedCondition(refused: RequestSearch['is']['refused']): readonly string[] {
  const [isYes, isNo] = [refused?.includes('yes'), refused?.includes('no')];
  return isYes === isNo ? [] : [isYes ? 'refused' : 'not refused'];
}

const visibleCondition = (visible: VisibleRequests, bind: Bind): readonly string[] =>
  visible === 'all'
    ? []
    : [
        `(person = any (${bind(visible.requesters)}::text[]) or entitlement = any (${bind(visible.entitlements)}::text[])
          or approvers @> array[${bind(visible.reader)}::text])`,
      ];
