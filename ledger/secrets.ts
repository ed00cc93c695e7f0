import type { LeaseId } from '../core/ids.ts';
import type { ClickId, PersonId } from '../core/ids.ts';
import { requestIdOfLease } from '../core/ids.ts';
import type { Db } from './pool.ts';
import { record, type Recorded, type Via } from './record.ts';

/** Keeps the first sealed secret of a lease; every later try gets that one back, never a second. */
export async function storeSecret(db: Db, lease: LeaseId, sealed: Buffer): Promise<Buffer | undefined> {
  await db.query('insert into secret (lease_id, sealed) values ($1, $2) on conflict (lease_id) do nothing', [
    lease,
    sealed,
  ]);
  const { rows } = await db.query<{ sealed: Buffer | null }>(
    'select sealed from secret where lease_id = $1',
    [lease],
  );
  return rows[0]?.sealed ?? undefined;
}

export type Delivery = Readonly<{
  lease: LeaseId;
  by: PersonId;
  click: ClickId;
  via: Via;
  /** Where this throws, nothing was handed out: one that cannot be opened is not used up by trying. */
  open: (sealed: Buffer) => string;
}>;

/** Opens the sealed secret and hands it out, once and for good; nothing when it may not be or was taken before. */
export async function deliver(
  db: Db,
  { lease, by, click, via, open }: Delivery,
): Promise<{ recorded: Recorded; secret: string | undefined }> {
  const recorded = await record(db, {
    request: requestIdOfLease(lease),
    name: `click/${click}`,
    via,
    command: (_state, at) => ({ kind: 'deliver', by, lease, at }),
  });
  const sealed = recorded.outcome.ok ? await takeSecret(db, lease) : undefined;
  return { recorded, secret: sealed && open(sealed) };
}

async function takeSecret(db: Db, lease: LeaseId): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ sealed: Buffer }>(
    `update secret s set sealed = null, taken_at = ledger_now()
       from (select lease_id, sealed from secret where lease_id = $1 and sealed is not null for update) old
      where s.lease_id = old.lease_id
     returning old.sealed`,
    [lease],
  );
  return rows[0]?.sealed;
}

/** Whether a secret waits to be taken: only then is a button offered for it. */
export async function hasSecret(db: Db, lease: LeaseId): Promise<boolean> {
  const { rows } = await db.query('select from secret where lease_id = $1 and sealed is not null', [lease]);
  return rows.length > 0;
}
