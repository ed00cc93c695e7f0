import type { Instant, LeaseId, RequestId } from '../../core/ids.ts';
import { type Db, toInstant, toTimestamp } from '../pool.ts';

/**
 * Why a lease is in the plan of a quarantine. `unknown`: this ledger has no such lease. `not-granted`: it has one, and does not know
 * that its access was given. Both are lost leases, which end at the end that the manifest has. `later-end`: the manifest has a later
 * end. `ended-before`: the manifest says that it is over.
 */
export type PlanKind = 'unknown' | 'not-granted' | 'later-end' | 'ended-before';

/**
 * One lease of which the manifest knows more than this ledger. `entry` is the one of the manifest, as JSON. `signed` is the same as an
 * object of the manifest. The rows are what roles of this ledger wrote, so whoever acts on a later end verifies the signature.
 */
export type PlanLine = Readonly<{
  lease: LeaseId;
  request: RequestId;
  kind: PlanKind;
  entry: unknown;
  signed: string;
  accessKey: string;
  endsAt: Instant;
  /** The end by this ledger; left out for a lease that it does not know. */
  ledgerEndsAt?: Instant;
  /** When a read showed that the access of a lost lease is gone. */
  goneAt?: Instant;
}>;

/** The state of a ledger that was restored. Nothing is granted until a person has seen the plan. */
export type Quarantine = Readonly<{
  id: number;
  reason: string;
  startedAt: Instant;
  ledgerSerial: number;
  manifestSerial: number;
  plan: readonly PlanLine[];
}>;

export type NewQuarantine = Omit<Quarantine, 'id' | 'startedAt'>;

/** The open quarantine; undefined when there is none. */
export async function readQuarantine(db: Db): Promise<Quarantine | undefined> {
  const { rows } = await db.query<Omit<Quarantine, 'startedAt' | 'plan'> & { startedAt: Date }>(
    `select id, reason, started_at as "startedAt", ledger_serial as "ledgerSerial", manifest_serial as "manifestSerial"
       from quarantine where ended_at is null`,
  );
  const [row] = rows;
  return row && { ...row, startedAt: toInstant(row.startedAt), plan: await planOf(db, row.id) };
}

/** True while a quarantine is open. */
export async function isQuarantined(db: Db): Promise<boolean> {
  const { rows } = await db.query('select from quarantine where ended_at is null');
  return rows.length > 0;
}

/** The columns of a line of a plan, for `lineOf`. */
export const LINE = `lease_id as lease, request_id as request, kind, entry, signed, access_key as "accessKey", ends_at as "endsAt",
  ledger_ends_at as "ledgerEndsAt", gone_at as "goneAt"`;

export type LineRow = Omit<PlanLine, 'endsAt' | 'ledgerEndsAt' | 'goneAt'> & {
  endsAt: Date;
  ledgerEndsAt: Date | null;
  goneAt: Date | null;
};

export const lineOf = ({ endsAt, ledgerEndsAt, goneAt, ...row }: LineRow): PlanLine => ({
  ...row,
  endsAt: toInstant(endsAt),
  ...(ledgerEndsAt && { ledgerEndsAt: toInstant(ledgerEndsAt) }),
  ...(goneAt && { goneAt: toInstant(goneAt) }),
});

async function planOf(db: Db, quarantine: number): Promise<readonly PlanLine[]> {
  const { rows } = await db.query<LineRow>(
    `select ${LINE} from quarantine_lease where quarantine_id = $1 order by lease_id`,
    [quarantine],
  );
  return rows.map(lineOf);
}

/**
 * Begins a quarantine, or adds to the plan of the open one. From then on the serial is above the manifest's, so that what is written
 * now counts. Calling it again changes nothing.
 */
export async function quarantine(
  db: Db,
  { reason, ledgerSerial, manifestSerial, plan }: NewQuarantine,
): Promise<void> {
  await db.query(
    `insert into quarantine (reason, ledger_serial, manifest_serial) values (left($1, 10000), $2, $3)
     on conflict ((true)) where ended_at is null do nothing`,
    [reason, ledgerSerial, manifestSerial],
  );
  await raiseManifestSerial(db, manifestSerial);
  for (const { lease, request, kind, entry, signed, accessKey, endsAt, ledgerEndsAt } of plan)
    await db.query(
      `insert into quarantine_lease
              (quarantine_id, lease_id, request_id, kind, entry, access_key, ends_at, ledger_ends_at, signed)
       select id, $1, $2, $3, $4, $5, $6, $7, $8 from quarantine where ended_at is null
       on conflict (quarantine_id, lease_id) do update
          set kind = excluded.kind, entry = excluded.entry, access_key = excluded.access_key, ends_at = excluded.ends_at,
              ledger_ends_at = excluded.ledger_ends_at, signed = excluded.signed
        where (quarantine_lease.entry ->> 'serial')::bigint < (excluded.entry ->> 'serial')::bigint`,
      [
        lease,
        request,
        kind,
        JSON.stringify(entry),
        accessKey,
        toTimestamp(endsAt),
        ledgerEndsAt === undefined ? null : toTimestamp(ledgerEndsAt),
        signed,
      ],
    );
}

/** The trigger of the table refuses a larger step. */
const LARGEST_STEP = 1_000_000;
/** A signed serial that needs more steps is not one that this ledger gave out. */
const MOST_STEPS = 1_000;

/** Makes every later serial higher than this one. Throws when it is more than a thousand million away. */
export async function raiseManifestSerial(db: Db, serial: number): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { rowCount } = await db.query(
      'update manifest_serial set serial = least($1::bigint, serial + $2) where serial < $1',
      [serial, LARGEST_STEP],
    );
    if (rowCount === 0) return;
  }
  throw new Error(
    `the manifest has the serial ${serial}, which no ledger gives out. Find out who has its key, and remove the object`,
  );
}

/** A later end that the plan of the open quarantine has. It counts only when its signature is verified. */
export type LaterEnd = Pick<PlanLine, 'lease' | 'endsAt' | 'signed'>;

/** The later ends of a request by the plan, while the quarantine is open. */
export async function laterEndsOf(db: Db, request: RequestId): Promise<readonly LaterEnd[]> {
  const { rows } = await db.query<Omit<LaterEnd, 'endsAt'> & { endsAt: Date }>(
    `select s.lease_id as lease, s.ends_at as "endsAt", s.signed
       from quarantine_lease s join quarantine q on q.id = s.quarantine_id
      where s.request_id = $1 and s.kind = 'later-end' and q.ended_at is null`,
    [request],
  );
  return rows.map((row) => ({ ...row, endsAt: toInstant(row.endsAt) }));
}
