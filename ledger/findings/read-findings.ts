import type {
  Finding,
  FindingId,
  FindingKind,
  FindingState,
  FoundSource,
} from '../../core/findings/finding.ts';
import type { Instant, LeaseId, PersonId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';

type Row = {
  id: FindingId;
  kind: FindingKind;
  provider: string;
  target_key: string;
  target_name: string;
  target: unknown;
  what: string;
  subject_id: string;
  subject_name: string;
  lease_id: LeaseId | null;
  lease_of: PersonId | null;
  level: string;
  on_ladder: boolean;
  sources: readonly FoundSource[];
  why_no_adopt: string | null;
  why_no_revoke: string | null;
  state: FindingState;
  first_seen: Instant;
  last_seen: Instant;
  closed: Instant | null;
  closed_by: PersonId | null;
  why: string | null;
  pending: 'adopt' | 'revoke' | null;
  pending_by: PersonId | null;
  problem: string | null;
};

export const SELECT_FINDING = `
  select f.id, f.kind, f.provider, f.target_key, f.target_name, f.target, f.what, f.subject_id, f.subject_name, f.lease_id,
         (select r.requester from lease l join request r on r.id = l.request_id where l.id = f.lease_id) as lease_of,
         f.level, f.on_ladder, f.sources, f.why_no_adopt, f.why_no_revoke, f.state,
         (extract(epoch from f.first_seen_at) * 1000)::float8 as first_seen,
         (extract(epoch from f.last_seen_at) * 1000)::float8 as last_seen,
         (extract(epoch from f.closed_at) * 1000)::float8 as closed, f.closed_by, f.why,
         d.kind as pending, d.by as pending_by, f.problem
    from finding f left join finding_decision d on d.click_id = f.decision`;

export function findingOf(row: Record<string, unknown>): Finding {
  const { id, kind, provider, what, level, sources, state, target, ...rest } = row as Row;
  const optional = <K extends string, V>(name: K, value: V | null): Partial<Record<K, V>> =>
    value === null ? {} : ({ [name]: value } as Record<K, V>);
  return {
    id,
    kind,
    provider,
    what,
    level,
    sources,
    state,
    target,
    targetKey: rest.target_key,
    targetName: rest.target_name,
    subject: { id: rest.subject_id, name: rest.subject_name },
    onLadder: rest.on_ladder,
    firstSeen: Math.round(rest.first_seen) as Instant,
    lastSeen: Math.round(rest.last_seen) as Instant,
    ...optional('lease', rest.lease_id),
    ...optional('leaseOf', rest.lease_of),
    ...optional('whyNoAdopt', rest.why_no_adopt),
    ...optional('whyNoRevoke', rest.why_no_revoke),
    ...optional('closedAt', rest.closed === null ? null : (Math.round(rest.closed) as Instant)),
    ...optional('closedBy', rest.closed_by),
    ...optional('why', rest.why),
    ...optional('problem', rest.problem),
    ...(rest.pending === null || rest.pending_by === null
      ? {}
      : { pending: { kind: rest.pending, by: rest.pending_by } }),
  };
}

export async function readFinding(db: Db, id: FindingId): Promise<Finding | undefined> {
  const { rows } = await db.query(`${SELECT_FINDING} where f.id = $1`, [id]);
  return rows[0] && findingOf(rows[0]);
}

/** At most two findings whose ids end in these characters. */
export async function findingsEndingIn(db: Db, letters: string): Promise<readonly FindingId[]> {
  const { rows } = await db.query<{ id: FindingId }>(
    'select id from finding where right(id, length($1)) = $1 order by id desc limit 2',
    [letters],
  );
  return rows.map(({ id }) => id);
}

export type FindingFilter = Readonly<{
  states: readonly FindingState[];
  provider?: string;
  /** The name of the account at the provider. */
  account?: string;
  /** Only findings that are older than this one. */
  before?: FindingId;
  limit: number;
}>;

/** Findings that match every condition, the newest first. */
export async function listFindings(
  db: Db,
  { states, provider, account, before, limit }: FindingFilter,
): Promise<readonly Finding[]> {
  const { rows } = await db.query(
    `${SELECT_FINDING}
      where f.state = any ($1) and ($2::text is null or f.provider = $2) and ($3::text is null or lower(f.subject_name) = lower($3))
        and ($4::text is null or f.id < $4)
      order by f.id desc limit $5`,
    [states, provider ?? null, account ?? null, before ?? null, limit],
  );
  return rows.map(findingOf);
}
