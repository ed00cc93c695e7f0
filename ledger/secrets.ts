import { type ClickId, type LeaseId, type PersonId, requestIdOfLease } from '../core/ids.ts';
import type { Db } from './pool.ts';
import { record, type Recorded, type Via } from './record.ts';

/** Stores the first sealed secret of a lease. Every later call gets that one back, never a second one. */
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
  /** When this throws, nothing is delivered, and the secret stays in the ledger. */
  open: (sealed: Buffer) => string;
}>;

/** Opens the sealed secret for its requester, once. `secret` is undefined after a refusal or when there is none. */
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

/** True while a secret waits for its requester. Only then a button offers it. */
export async function hasSecret(db: Db, lease: LeaseId): Promise<boolean> {
  const { rows } = await db.query('select from secret where lease_id = $1 and taken_at is null', [lease]);
  return rows.length > 0;
}
