import type { Instant, LeaseId, RequestId } from '../core/ids.ts';
import type { LeaseState } from '../core/lease.ts';
import type { RequestedTarget } from '../core/target.ts';
import { type Db, toInstant } from './pool.ts';
import { record, type Recorded, type Via } from './record.ts';

/** All there is to know of a lease before its provider is called. */
export type Lease = Readonly<{
  id: LeaseId;
  request: RequestId;
  state: LeaseState;
  target: RequestedTarget;
  endsAt: Instant;
  /** Present once the intent is written: whom, what they had before us, and what other live leases give. */
  holding?: Readonly<{
    id: number;
    subject: { id: string; name: string };
    prior: string;
    otherLevels: readonly string[];
  }>;
}>;

const SELECT = `
  select l.id, l.request_id, l.state, l.ends_at,
         jsonb_set(r.targets -> l.position, '{spec}', coalesce(l.found_spec, r.targets -> l.position -> 'spec')) as target,
         h.id as holding_id, h.subject_id, h.subject_name, h.prior,
         array(select o.level from lease o
                where o.holding_id = l.holding_id and o.id <> l.id and o.state in ('intended', 'granted')) as others
    from lease l join request r on r.id = l.request_id left join holding h on h.id = l.holding_id`;

type Row = {
  id: LeaseId;
  request_id: RequestId;
  state: LeaseState;
  ends_at: Date;
  target: RequestedTarget;
  holding_id: number | null;
  subject_id: string;
  subject_name: string;
  prior: string;
  otherLevels: readonly string[];
};

const leaseOf = ({ id, request_id, state, ends_at, target, holding_id, ...row }: Row): Lease => ({
  id,
  request: request_id,
  state,
  target,
  endsAt: toInstant(ends_at),
  ...(holding_id === null
    ? {}
    : {
        holding: {
          id: holding_id,
          subject: { id: row.subject_id, name: row.subject_name },
          prior: row.prior,
          otherLevels: row.otherLevels,
        },
      }),
});

export async function readLease(db: Db, id: LeaseId): Promise<Lease | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} where l.id = $1`, [id]);
  return rows[0] && leaseOf(rows[0]);
}

/**
 * What the provider showed before the first write: whom, at which rung of `ladder`, and the target with the
 * vendor's own id in it. `key` is that one's: two spellings of one target are one holding.
 */
export type Observed = Readonly<{
  subject: { id: string; name: string };
  prior: string;
  target: unknown;
  key: string;
  ladder: readonly string[];
}>;

/**
 * Writes the intent, before the first byte leaves (I2): ties the lease to its holding, opening one with what
 * was seen when no other lease lives on it. What was there before us is kept until the last lease ends (I5);
 * where less is there by now, somebody took it away meanwhile, and that is not ours to give back.
 */
export const intend = (db: Db, lease: Lease, seen: Observed, level: string, via: Via): Promise<Recorded> =>
  record(db, {
    request: lease.request,
    name: `intend/${lease.id}`,
    via,
    command: async (state, at) => {
      const wanted = state.kind === 'granting' && at < state.endsAt;
      const prior = wanted ? await openHolding(db, lease, seen) : seen.prior;
      return { kind: 'intend', lease: lease.id, prior, level, subject: seen.subject.id, at };
    },
  });

async function openHolding(
  db: Db,
  { id, target: { provider, ownObject } }: Lease,
  { subject, prior, target, key, ladder }: Observed,
): Promise<string> {
  const { rows } = await db.query<{ id: number; prior: string }>(
    `insert into holding as h (provider, target_key, subject_id, subject_name, prior) values ($1, $2, $3, $4, $5)
     on conflict (provider, target_key, subject_id) where closed_at is null
       do update set subject_name = excluded.subject_name,
                     prior = case when array_position($6::text[], excluded.prior) < array_position($6::text[], h.prior)
                                  then excluded.prior else h.prior end
     returning id, prior`,
    [provider, ownObject ? `${key}\n${id}` : key, subject.id, subject.name, prior, ladder],
  );
  await db.query('update lease set holding_id = $2, found_spec = $3 where id = $1', [
    id,
    rows[0]?.id ?? null,
    JSON.stringify(target),
  ]);
  return rows[0]?.prior ?? prior;
}

/** A request's leases, one for each target, also those that are over. */
export async function leasesOf(db: Db, request: RequestId): Promise<readonly Lease[]> {
  const { rows } = await db.query<Row>(`${SELECT} where l.request_id = $1 order by l.position`, [request]);
  return rows.map(leaseOf);
}

/**
 * Takes up to `most` leases that owe something and that nobody brought to an end: past their end, or
 * ending, and with no later look agreed; not those in `but`. Each is put off, so that two sweepers do not work on one.
 */
export async function takeDueLeases(
  db: Db,
  most: number,
  but: Readonly<{ leases?: readonly LeaseId[]; providers?: readonly string[] }> = {},
): Promise<readonly Lease[]> {
  const { rows } = await db.query<{ id: LeaseId }>(
    `update lease set tries = tries + 1,
            next_try_at = ledger_now() + least(5 * power(2, least(tries, 4)), 60) * interval '1 second'
      where id in (select id from lease where next_try_at <= ledger_now() and id <> all ($2) and provider <> all ($3)
                   order by next_try_at limit $1 for update skip locked)
      returning id`,
    [most, but.leases ?? [], but.providers ?? []],
  );
  if (rows.length === 0) return [];
  const due = await db.query<Row>(`${SELECT} where l.id = any ($1) order by l.ends_at`, [
    rows.map(({ id }) => id),
  ]);
  return due.rows.map(leaseOf);
}

/** When a lease on this account and target last ended; nothing when none did. */
export async function lastRevokedAt(
  db: Db,
  provider: string,
  { key, subject }: Pick<Observed, 'key' | 'subject'>,
): Promise<Instant | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    `select max(l.changed_at) as at from lease l join holding h on h.id = l.holding_id
      where l.state = 'revoked' and l.changed_at <= ledger_now()
        and h.provider = $1 and h.target_key = $2 and h.subject_id = $3`,
    [provider, key, subject.id],
  );
  const at = rows[0]?.at;
  return at ? toInstant(at) : undefined;
}

/** Keeps why a removal has not succeeded yet, for `curfew doctor`. */
export const noteLeaseFault = (db: Db, lease: LeaseId, fault: string) =>
  db.query('update lease set last_fault = $2 where id = $1', [lease, fault.slice(0, 500)]);

export type OverdueLease = Readonly<{ lease: LeaseId; state: LeaseState; fault: string | null }>;

/** Leases past their end that nobody has brought to an end yet; there should be none for long (I4). */
export async function overdueLeases(db: Db): Promise<readonly OverdueLease[]> {
  const { rows } = await db.query<OverdueLease>(
    `select id as lease, state, last_fault as fault from lease
      where state <> 'revoked' and (state = 'revoke-started' or ends_at < ledger_now()) order by ends_at limit 50`,
  );
  return rows;
}

/** Requests whose grant began more than `afterMs` ago and is still neither active nor failed: nobody works on it. */
export async function stuckGrants(db: Db, afterMs: number): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ id: RequestId }>(
    `select r.id from request r
      where r.state = 'granting' and not exists (
        select from event e where e.request_id = r.id and e.kind = 'grant-started'
           and e.at > ledger_now() - $1 * interval '1 millisecond')
      limit 100`,
    [afterMs],
  );
  return rows.map(({ id }) => id);
}
