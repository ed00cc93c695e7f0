import { Fault } from '../../core/faults.ts';
import { type Instant, type LeaseId, type RequestId, requestIdOfLease } from '../../core/ids.ts';
import { type Db, toInstant } from '../pool.ts';
import { takeDue } from '../take-due.ts';

/**
 * A write of a lease's entry that begins. `serial` is the number of the object. `wanted` is what was wanted then: it is read before
 * the lease is, so a change after it is written again.
 */
export type ManifestWrite = Readonly<{ lease: LeaseId; serial: number; wanted: number }>;

/** The last entry of a lease that is known to be stored. `isWritten`: nothing changed since. */
export type StoredEntry = Readonly<{
  lease: LeaseId;
  serial: number;
  state: 'live' | 'over';
  writtenAt: Instant;
  isWritten: boolean;
}>;

/** The highest number that somebody wrote by hand must not make every later step of the lease fail. */
const WANT = 'update manifest_entry set wanted = least(wanted, 2147483646) + 1, next_try_at = ledger_now()';

/** Says that the entry of a lease must be written again. A lease without an entry has no row, and stays without. */
export const wantManifestEntry = async (db: Db, lease: LeaseId): Promise<void> =>
  void (await db.query(`${WANT} where lease_id = $1`, [lease]));

/** The same for each lease of a request: its end may be another one now. */
export const wantManifestOfRequest = async (db: Db, request: RequestId): Promise<void> =>
  void (await db.query(`${WANT} where lease_id in (select id from lease where request_id = $1)`, [request]));

/** The same for each lease of a holding: its prior state is another one now. */
export const wantManifestOfHolding = async (db: Db, holding: number): Promise<void> =>
  void (await db.query(`${WANT} where lease_id in (select id from lease where holding_id = $1)`, [holding]));

/** Gives a lease an entry, and says that it must be written. Calling it again changes nothing. */
export async function addManifestEntry(db: Db, lease: LeaseId): Promise<void> {
  await db.query('insert into manifest_entry (lease_id) values ($1) on conflict do nothing', [lease]);
}

/** Those of these leases whose entry is not written as it must be, in this order. */
export async function unwrittenOf(db: Db, leases: readonly LeaseId[]): Promise<readonly LeaseId[]> {
  const { rows } = await db.query<{ lease_id: LeaseId }>(
    'select lease_id from manifest_entry where lease_id = any ($1) and wanted > written',
    [leases],
  );
  const unwritten = new Set(rows.map(({ lease_id }) => lease_id));
  return leases.filter((lease) => unwritten.has(lease));
}

/**
 * Begins a write: the next serial, which is committed before the object is stored. The next one comes after this one, so
 * whoever reads the lease after this call knows every change that an entry with a lower serial has.
 */
export async function beginManifestWrite(db: Db, lease: LeaseId): Promise<ManifestWrite | undefined> {
  const { rows } = await db.query<{ serial: number; wanted: number }>(
    `with next as (update manifest_serial set serial = serial + 1 returning serial)
     select next.serial, e.wanted from next, manifest_entry e where e.lease_id = $1`,
    [lease],
  );
  return rows[0] && { lease, ...rows[0] };
}

/**
 * Records that an object is stored. Returns the serial of the object that no longer counts: the one before it, or this one when a newer one is
 * stored already. Undefined for none. Throws when the ledger has no such write: then it lost its last commits since it began.
 */
export async function endManifestWrite(
  db: Db,
  { lease, serial, wanted }: ManifestWrite,
  state: 'live' | 'over',
): Promise<number | undefined> {
  const { rows } = await db.query<{ replaced: number | null }>(
    `with before as (select serial from manifest_entry where lease_id = $1 for update)
     update manifest_entry e set tries = 0, written = greatest(written, $3), serial = greatest(e.serial, $2),
            state = case when $2 > e.serial then $4 else e.state end,
            written_at = case when $2 > e.serial then ledger_now() else written_at end
       from before where lease_id = $1
      returning case when before.serial not in (0, $2) then least(before.serial, $2) end as replaced`,
    [lease, serial, wanted, state],
  );
  if (!rows[0])
    throw new Fault('quarantine', `the ledger lost what it knew of ${lease}: its last commits are gone`);
  return rows[0].replaced ?? undefined;
}

/**
 * Takes up to `most` leases whose entry must be written and whose next attempt is due. Each may be taken again after a time that
 * grows to a minute.
 */
export async function takeUnwrittenEntries(db: Db, most: number): Promise<readonly LeaseId[]> {
  const rows = await takeDue<{ lease_id: LeaseId }>(db, {
    table: 'manifest_entry',
    key: 'lease_id',
    dueAt: 'next_try_at',
    againAfter: `least(5 * power(2, least(tries, 4)), 60) * interval '1 second'`,
    isCounted: true,
    where: 'wanted > written',
    returning: 'lease_id',
    limit: most,
  });
  return rows.map(({ lease_id }) => lease_id);
}

/** The entries that are known to be stored: all that are live, and those that are over for less than three days. */
export async function storedEntries(db: Db): Promise<readonly StoredEntry[]> {
  const { rows } = await db.query<Omit<StoredEntry, 'writtenAt'> & { writtenAt: Date }>(
    `select lease_id as lease, serial, state, written_at as "writtenAt", wanted <= written as "isWritten"
       from manifest_entry
      where serial > 0 and (state = 'live' or written_at > ledger_now() - interval '3 days')`,
  );
  return rows.map((row) => ({ ...row, writtenAt: toInstant(row.writtenAt) }));
}

/** The highest serial that was given out. */
export async function manifestSerial(db: Db): Promise<number> {
  const { rows } = await db.query<{ serial: number }>('select serial from manifest_serial');
  return rows[0]?.serial ?? 0;
}

/** The leases that may have access, with their provider and target, and no entry. An earlier version wrote none. */
export async function leasesWithoutEntry(
  db: Db,
): Promise<readonly Readonly<{ lease: LeaseId; provider: string; spec: unknown }>[]> {
  const { rows } = await db.query<{ lease: LeaseId; provider: string; spec: unknown }>(
    `select l.id as lease, l.provider, coalesce(l.found_spec, r.targets -> l.position -> 'spec') as spec
       from lease l join request r on r.id = l.request_id
      where l.state <> 'revoked' and l.holding_id is not null
        and not exists (select from manifest_entry e where e.lease_id = l.id)`,
  );
  return rows;
}

/** What this ledger knows of a lease that the manifest has. */
export type KnownLease = Readonly<{
  lease: LeaseId;
  /** Undefined when this ledger has no such lease. */
  standing?: Readonly<{
    isRevoked: boolean;
    /** Its intent is recorded, and so its account and its prior state. */
    isIntended: boolean;
    endsAt: Instant;
    /** The latest end that was ever approved. */
    latestEnd: Instant;
  }>;
  /** Up to this serial, somebody has seen its entry in the plan of a quarantine that is over; 0 for never. */
  seenSerial: number;
}>;

/** The end in the body of the event `e`. A stolen login can write one that is no number (T24), which must not keep the others from being read. */
const ENDS_AT = `case when jsonb_typeof(e.body -> 'endsAt') = 'number' then (e.body ->> 'endsAt')::float8 end`;

/**
 * What this ledger knows of each of these leases, by its events. Their rows are a projection, into which somebody may have written
 * something else (T24).
 */
export async function knownLeases(db: Db, leases: readonly LeaseId[]): Promise<readonly KnownLease[]> {
  const { rows } = await db.query<KnownRow>(
    `select asked.lease,
            exists (select from event e where e.request_id = asked.request and e.kind = 'revoked'
                       and e.body ->> 'lease' = asked.lease) as "isRevoked",
            exists (select from event e where e.request_id = asked.request and e.kind = 'intended'
                       and e.body ->> 'lease' = asked.lease) as "isIntended",
            (select max(${ENDS_AT}) from event e
              where e.request_id = asked.request
                and (e.kind in ('extended', 'end-adopted') or e.kind = 'grant-started' and e.body -> 'leases' ? asked.lease)
            ) as "endsAt",
            (select max(${ENDS_AT}) from event e
              where e.request_id = asked.request and e.kind = 'extension-started') as "laterEnd",
            coalesce((select max((s.entry ->> 'serial')::bigint)
                        from quarantine_lease s join quarantine q on q.id = s.quarantine_id
                       where s.lease_id = asked.lease and q.ended_at is not null), 0) as "seenSerial"
       from unnest($1::text[], $2::text[]) as asked(lease, request)`,
    [leases, leases.map(requestIdOfLease)],
  );
  return rows.map(({ lease, seenSerial, isRevoked, isIntended, endsAt, laterEnd }) => {
    if (endsAt === null) return { lease, seenSerial };
    const latestEnd = Math.max(endsAt, laterEnd ?? endsAt) as Instant;
    return { lease, seenSerial, standing: { isRevoked, isIntended, endsAt, latestEnd } };
  });
}

type KnownRow = {
  lease: LeaseId;
  isRevoked: boolean;
  isIntended: boolean;
  /** Null when there is no such lease. */
  endsAt: Instant | null;
  laterEnd: number | null;
  seenSerial: number;
};
