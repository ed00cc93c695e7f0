import pg from 'pg';
import type { Instant } from '../core/ids.ts';
import { type Counted, type CountLimit, countWithin } from './count.ts';
import { type Db, toTimestamp } from './pool.ts';

/** The columns of each view of the schema `audit`, in the order in which people and programs read them. The first two say when and which. */
export const AUDIT_VIEWS = {
  access: [
    ...[
      'since',
      'id',
      'until',
      'planned_end',
      'person',
      'entitlement',
      'provider',
      'target_name',
      'target_key',
    ],
    ...['account_name', 'account_id', 'level', 'basis', 'request_id'],
  ],
  granted_access: [
    ...[
      'at',
      'id',
      'until',
      'planned_end',
      'person',
      'entitlement',
      'provider',
      'target_name',
      'account_name',
    ],
    ...['level', 'approved_by', 'approvals', 'granted_event', 'receipt', 'request_id'],
  ],
  approval: [
    ...[
      'at',
      'id',
      'person',
      'via',
      'account',
      'approved',
      'requester',
      'entitlement',
      'minutes',
      'stage',
      'asked_at',
    ],
    ...['seconds', 'digest', 'request_id'],
  ],
  approval_pair: ['at', 'id', 'person', 'other', 'approved', 'was_approved', 'first_at'],
  overstay: [
    ...['at', 'id', 'seconds', 'planned_end', 'until', 'person', 'entitlement', 'provider', 'target_name'],
    ...['account_name', 'level', 'request_id'],
  ],
  refusal: [
    'at',
    'id',
    'person',
    'via',
    'account',
    'tried',
    'code',
    'requester',
    'entitlement',
    'request_id',
  ],
  drift: [
    ...[
      'at',
      'id',
      'kind',
      'change',
      'expected',
      'found',
      'person',
      'entitlement',
      'provider',
      'target_name',
    ],
    ...['account_name', 'lease_id', 'request_id'],
  ],
  finding: [
    ...[
      'at',
      'id',
      'kind',
      'provider',
      'target_name',
      'target_key',
      'what',
      'account_name',
      'account_id',
      'level',
    ],
    ...['state', 'last_seen_at', 'closed_at', 'closed_by', 'closed_via', 'lease_id'],
  ],
  finding_decision: [
    ...[
      'at',
      'id',
      'person',
      'via',
      'decision',
      'refused',
      'finding_id',
      'provider',
      'target_name',
      'account_name',
    ],
    ...['level', 'state'],
  ],
  mass_ending: ['at', 'id', 'person', 'scope', 'scope_name', 'requests', 'needs', 'lifted_by'],
  policy: ['at', 'id', 'last_at', 'judged'],
  purge: ['at', 'id', 'person', 'before_at', 'requests', 'entries', 'export_size'],
  reading: ['at', 'id', 'person', 'kind', 'address'],
  review: [
    ...[
      'at',
      'id',
      'person',
      'scope',
      'from_at',
      'to_at',
      'due_at',
      'population',
      'wanted',
      'lines',
      'certified',
    ],
    ...['objected', 'finished_at', 'population_digest', 'checkpoint_size', 'checkpoint_root'],
  ],
  review_line: [
    ...[
      'at',
      'id',
      'review_id',
      'position',
      'line_id',
      'kind',
      'person',
      'entitlement',
      'provider',
      'target_name',
    ],
    ...[
      'account_name',
      'level',
      'approved_by',
      'until',
      'planned_end',
      'decision',
      'decided_by',
      'decided_at',
    ],
    ...['decision_id', 'granted_event', 'receipt', 'request_id'],
  ],
  review_decision: [
    ...['at', 'id', 'person', 'via', 'account', 'decision', 'refused', 'review_id', 'line_id'],
  ],
  policy_gain: ['at', 'id', 'policy', 'person', 'entitlement', 'request_id'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type AuditView = keyof typeof AUDIT_VIEWS;

/** What a row of an answer must be. `during` is the time of an access. */
export type AuditCondition = Readonly<
  | { kind: 'is'; column: string; value: string }
  | { kind: 'missing'; column: string }
  | { kind: 'same'; column: string; other: string }
  | { kind: 'from' | 'to'; column: string; at: Instant }
  | { kind: 'over' | 'under'; column: string; value: number }
  | { kind: 'during'; from: Instant; to: Instant }
  | { kind: 'target'; name: string; provider?: string }
  | { kind: 'not-granted' }
  /** Access that Curfew did not grant, of the account with this name. */
  | { kind: 'not-granted-of-account'; provider: string; name: string }
  /** Access that Curfew did not grant, at the targets that an entitlement gives in the catalogue, or that its leases gave. */
  | { kind: 'not-granted-at-targets-of'; entitlement: string }
  /** Access that Curfew did not grant, of the accounts with which a person had leases. */
  | { kind: 'not-granted-of-accounts-of'; person: string }
  | { kind: 'any' | 'all'; of: readonly AuditCondition[] }
>;

/**
 * What was held between two moments, from only what had been recorded at another one. With a person or an entitlement, what Curfew granted to others is
 * not computed. The conditions of the query still decide.
 */
export type KnownThen = Readonly<{
  at: Instant;
  from: Instant;
  to: Instant;
  person?: string;
  entitlement?: string;
}>;

/** What an answer is selected by. Only access has `known`. */
export type AuditQuery = Readonly<{
  view: AuditView;
  where: readonly AuditCondition[];
  known?: KnownThen;
}>;

/** A time is RFC 3339 in UTC. */
export type AuditRow = Readonly<Record<string, string | number | null | readonly string[]>>;

/** A part of an answer. `next` names where the following part begins; left out at the end. */
export type AuditPage = Readonly<{ rows: readonly AuditRow[]; next?: string }>;

/** Where a page begins, and how many rows it has at most. */
export type AuditPart = Readonly<{ after?: string | undefined; most: number; newestFirst?: boolean }>;

/** The place of a row: its time in UTC, and its id. */
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z)\/(.{1,200})$/;

/** One page of an answer, the oldest row first or the newest. `after` is the `next` of the page before it. */
export async function readAuditPage(
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

/** A question as a statement that a login with the role curfew_auditor can run. */
export function auditSql({ view, where, known }: AuditQuery): string {
  const bind = (value: unknown): string =>
    typeof value === 'number'
      ? String(value)
      : literalOf(value instanceof Date ? value.toISOString() : String(value));
  const conditions = where.map((each) => sqlOf(each, bind));
  return [
    'select *',
    `  from ${sourceOf(view, known, bind)}${view === 'access' ? ' a' : ''}`, // Conditions of access name its rows.
    ...conditions.map(
      (each, index) => `${index === 0 ? ' where' : '   and'} ${each.replaceAll(/\s*\n\s*/g, ' ')}`,
    ),
    ` order by ${AUDIT_VIEWS[view][0]}, id;`,
  ].join('\n');
}

/** Characters that are not seen, or that change how others are seen. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A text in SQL. Nobody can be deceived about the statement, so what is not seen is written as its number. */
function literalOf(text: string): string {
  if (text.search(INVISIBLE) < 0) return pg.escapeLiteral(text);
  const escaped = text
    .replaceAll("'", "''")
    .replaceAll('\\', '\\\\')
    .replaceAll(INVISIBLE, (each) => `\\+${(each.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`);
  return `U&'${escaped}'`;
}

/** How many rows an answer has, and when the newest was. Undefined when to count them takes too long. */
export async function countAuditRows(
  db: Db,
  { view, where, known }: AuditQuery,
  { most, withinMs }: CountLimit,
): Promise<Counted | undefined> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const [at] = AUDIT_VIEWS[view];
  const source = sourceOf(view, known, bind);
  const conditions = where.map((each) => sqlOf(each, bind));
  const sql = `select ${at} as at from ${source} a ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
                order by ${at} desc limit ${bind(most + 1)}`;
  return countWithin(db, { sql, values }, withinMs);
}

/** What the rows of an answer are read from. */
export const sourceOf = (view: AuditView, known: AuditQuery['known'], bind: Bind): string =>
  known
    ? `audit.access_as_known(${[
        ...[known.at, known.from, known.to].map((each) => bind(toTimestamp(each))),
        ...((known.person ?? known.entitlement)
          ? [known.person, known.entitlement].map(textOrNull(bind))
          : []),
      ].join(', ')})`
    : `audit.${view}`;

const textOrNull =
  (bind: Bind) =>
  (text: string | undefined): string =>
    text === undefined ? 'null' : bind(text);

function rowOf({ cursor: _cursor, ...row }: Readonly<Record<string, unknown>>): AuditRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  ) as AuditRow;
}

/** The target of a row of `a` is one that an entitlement gives in the catalogue, or that its leases gave. */
export const isGivenBy = (entitlement: string): string =>
  `(exists (select from audit.access g where g.entitlement = ${entitlement} and g.provider = a.provider and g.target_name = a.target_name)
    or exists (select from audit.target t where ${entitlement} = any (t.entitlements) and t.provider = a.provider and t.target_name = a.target_name))`;

export type Bind = (value: unknown) => string;

/** A row is about the target with this name, at one provider or at any. */
export const isTarget = (
  { name, provider }: Readonly<{ name: string; provider?: string }>,
  bind: Bind,
): string =>
  [`target_name = ${bind(name)}`, ...(provider === undefined ? [] : [`provider = ${bind(provider)}`])].join(
    ' and ',
  );

/** A condition in SQL. */
export function sqlOf(condition: AuditCondition, bind: Bind): string {
  switch (condition.kind) {
    case 'is':
      return `"${condition.column}" = ${bind(condition.value)}`;
    case 'missing':
      return `"${condition.column}" is null`;
    case 'same':
      return `"${condition.column}" = "${condition.other}"`;
    case 'from':
      return `"${condition.column}" >= ${bind(toTimestamp(condition.at))}`;
    case 'to':
      return `"${condition.column}" <= ${bind(toTimestamp(condition.at))}`;
    case 'over':
      return `"${condition.column}" > ${bind(condition.value)}`;
    case 'under':
      return `"${condition.column}" < ${bind(condition.value)}`;
    case 'during':
      return `during && tstzrange(${bind(toTimestamp(condition.from))}, ${bind(toTimestamp(condition.to))}, '[]')`;
    case 'target':
      return isTarget(condition, bind);
    case 'not-granted':
      return `basis <> 'granted'`;
    case 'not-granted-of-account':
      return `(basis <> 'granted' and provider = ${bind(condition.provider)} and lower(account_name) = lower(${bind(condition.name)}))`;
    case 'not-granted-at-targets-of':
      return `(basis <> 'granted' and ${isGivenBy(bind(condition.entitlement))})`;
    case 'not-granted-of-accounts-of':
      return `(basis <> 'granted' and exists
               (select from audit.access g where g.person = ${bind(condition.person)} and g.provider = a.provider and g.account_id = a.account_id))`;
    case 'any':
      return `(${condition.of.map((each) => sqlOf(each, bind)).join(' or ')})`;
    case 'all':
      return `(${condition.of.map((each) => sqlOf(each, bind)).join(' and ')})`;
  }
}
