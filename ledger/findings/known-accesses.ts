import type { KnownLease } from '../../core/findings/classify.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { LeaseState } from '../../core/lease.ts';
import type { LeaseStanding } from '../../core/request/lease-states.ts';
import { standingsOf } from '../leases/lease-rows.ts';
import type { Db } from '../pool.ts';
import { requestIdOfLease } from '../../core/ids.ts';

/** What the ledger knows of one account at a target. `isSettling`: a finding about it was revoked so lately that a read may still show it. */
export type KnownAtTarget = Readonly<{
  subject: string;
  prior?: string;
  restored?: string;
  standing?: string;
  isSettling?: true;
  leases: readonly KnownLease[];
}>;

type Row = {
  subject: string;
  lease: LeaseId;
  level: string;
  state: LeaseState;
  changed_at: number;
  is_open: boolean;
  is_gone: boolean;
  prior: string;
};

/**
 * All that the ledger knows of the accounts at a target. A lease that changed after `settledBefore` is unsettled, because a read may
 * still show the state before. Leases that ended long ago and whose access a look found gone are left out.
 */
export async function knownAt(
  db: Db,
  provider: string,
  { key, settledBefore }: Readonly<{ key: string; settledBefore: Instant }>,
): Promise<ReadonlyMap<string, KnownAtTarget>> {
  const { rows } = await db.query<Row>(
    `select h.subject_id as subject, l.id as lease, q.targets -> l.position ->> 'level' as level, l.state,
            (extract(epoch from l.changed_at) * 1000)::float8 as changed_at, h.closed_at is null as is_open,
            c.gone_at is not null as is_gone, h.prior
       from holding h join lease l on l.holding_id = h.id join request q on q.id = l.request_id
            left join access_check c on c.lease_id = l.id
      where h.provider = $1 and split_part(h.target_key, E'\\n', 1) = $2
        and (h.closed_at is null or c.gone_at is null or l.changed_at > to_timestamp($3 / 1000.0))
      order by h.id, l.id`,
    [provider, key, settledBefore],
  );
  const known = new Map<string, KnownAtTarget>();
  for (const row of rows) {
    const before = known.get(row.subject) ?? { subject: row.subject, leases: [] };
    const standing = (await standingsOf(db, requestIdOfLease(row.lease))).get(row.lease);
    const lease: KnownLease = {
      lease: row.lease,
      level: row.level,
      ...(standing?.cap === undefined ? {} : { cap: standing.cap }),
      standing: standingOf(row, standing, settledBefore),
    };
    known.set(row.subject, {
      ...before,
      ...(row.is_open ? { prior: row.prior } : { restored: row.prior }),
      leases: [...before.leases, lease],
    });
  }
  const found = await db.query<{ subject: string; level: string; state: 'adopted' | 'revoked' }>(
    `select subject_id as subject, level, state from finding
      where provider = $1 and target_key = $2 and kind = 'access'
        and (state = 'adopted' or (state = 'revoked' and closed_at > to_timestamp($3 / 1000.0)))`,
    [provider, key, settledBefore],
  );
  for (const { subject, level, state } of found.rows)
    known.set(subject, {
      ...(known.get(subject) ?? { subject, leases: [] }),
      ...(state === 'adopted' ? { standing: level } : { isSettling: true }),
    });
  return known;
}

function standingOf(
  { state, changed_at, is_gone }: Row,
  standing: LeaseStanding | undefined,
  settledBefore: Instant,
): KnownLease['standing'] {
  const now = standing?.state ?? state;
  const isFresh = Math.max(changed_at, standing?.shownAt ?? 0) > settledBefore;
  if (now === 'revoked') return isFresh ? 'unsettled' : is_gone ? 'gone' : 'over';
  return now === 'granted' && !isFresh ? 'live' : 'unsettled';
}
