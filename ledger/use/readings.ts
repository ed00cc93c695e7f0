import type { Instant, LeaseId } from '../../core/ids.ts';
import { soundUse, type Use } from '../../core/use.ts';
import type { Db } from '../pool.ts';
import { takeDue } from '../take-due.ts';

/** A reading of use that is due: of a live lease, or after its receipt, which was at `changedAt`. `tries` readings failed since then. */
export type UseTask = Readonly<{
  lease: LeaseId;
  provider: string;
  change: 'granted' | 'revoked';
  changedAt: Instant;
  tries: number;
}>;

/**
 * What a reading needs to know of its lease. `mark` is that of the last reading. `isReadAtEnd`: the revocation has begun, and since then a reading was answered
 * or three failed.
 */
export type UseFacts = Readonly<{ grantedAt: Instant; now: Instant; isReadAtEnd: boolean; mark?: string }>;

/** So many readings beside the attempts of a revocation may fail. */
const MOST_FAILED = 3;

/** What the caller works on already. */
export type UseTasksExcept = Readonly<{ leases: readonly LeaseId[]; providers: readonly string[] }>;

/** Takes one reading that is due. It is due again after five minutes, in case that this process does not finish. */
export async function takeUseTask(
  db: Db,
  { leases, providers }: UseTasksExcept,
): Promise<UseTask | undefined> {
  const [taken] = await takeDue<UseTask>(db, {
    table: 'use_plan',
    key: 'lease_id',
    dueAt: 'next_at',
    againAfter: `interval '5 minutes'`,
    where: 'lease_id <> all ($2) and provider <> all ($3)',
    returning: `lease_id as lease, provider, change, (extract(epoch from changed_at) * 1000)::float8 as "changedAt", tries`,
    values: [leases, providers],
  });
  return taken;
}

/** How a reading ended: when the next one is due, in milliseconds from now, or never. */
export type EndedUseTask = Readonly<{ task: UseTask; tries: number; nextMs?: number | undefined }>;

/** Plans the next reading. After a newer change of the lease nothing is recorded, because that change planned its own. */
export async function endUseTask(db: Db, { task, tries, nextMs }: EndedUseTask): Promise<void> {
  await db.query(
    `update use_plan set tries = $4, next_at = ledger_now() + $5 * interval '1 millisecond'
      where lease_id = $1 and change = $2 and abs((extract(epoch from changed_at) * 1000)::float8 - $3) < 1`,
    [task.lease, task.change, task.changedAt, tries, nextMs ?? null],
  );
}

/** Undefined for a lease that was never granted. */
export async function readUseFacts(db: Db, lease: LeaseId): Promise<UseFacts | undefined> {
  const { rows } = await db.query<{
    grantedAt: Instant | null;
    now: Instant;
    isReadAtEnd: boolean;
    mark: string | null;
  }>(
    `select (extract(epoch from (select min(e.at) from event e where e.request_id = l.request_id and e.kind = 'granted' and e.body ->> 'lease' = l.id)) * 1000)::float8 as "grantedAt",
            (extract(epoch from ledger_now()) * 1000)::float8 as now,
            l.state = 'revoke-started' and (
              select count(*) >= $2 or coalesce(bool_or(kind = 'known' or mark is not null), false)
                from use_reading u where u.lease_id = l.id and u.read_at >= l.changed_at) as "isReadAtEnd",
            (select mark from use_reading u where u.lease_id = l.id and mark is not null order by id desc limit 1) as mark
       from lease l where l.id = $1`,
    [lease, MOST_FAILED],
  );
  const [row] = rows;
  if (!row || row.grantedAt === null) return undefined;
  const { grantedAt, now, isReadAtEnd, mark } = row;
  return { grantedAt, now, isReadAtEnd, ...(mark === null ? {} : { mark }) };
}

const MOST_WHY = 500;

/** Records what a reading showed. Nothing used, where the vendor may show a part only, is recorded as unknown. */
export async function recordUse(
  db: Db,
  lease: LeaseId,
  { use: given, readAt }: Readonly<{ use: Use; readAt: Instant }>,
): Promise<void> {
  const use = soundUse(given);
  const known = use.kind === 'known' ? use : undefined;
  await db.query(
    `insert into use_reading (lease_id, read_at, source, kind, amount, unit, first_at, last_at, covered_from, covered_until, parts, why, mark)
     values ($1, ${time(2)}, $3, $4, $5, $6, ${time(7)}, ${time(8)}, ${time(9)}, ${time(10)}, $11, $12, $13)`,
    [
      ...[lease, readAt, use.source, use.kind, known?.amount ?? null, known?.unit ?? null],
      ...[
        known?.first ?? null,
        known?.last ?? null,
        known?.covers?.from ?? null,
        known?.covers?.until ?? null,
      ],
      ...[JSON.stringify(known?.parts ?? []), use.kind === 'unknown' ? use.why.slice(0, MOST_WHY) : null],
      use.mark ?? null,
    ],
  );
}

const time = (parameter: number): string => `to_timestamp($${parameter}::float8 / 1000)`;
