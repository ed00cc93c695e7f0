import { type ClickId, type LeaseId, type PersonId, requestIdOfLease } from '../core/ids.ts';
import { redrawCards } from './outbox.ts';
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

/** Who took the secret had this long to show it. Then the gateway was killed, or Slack did not answer. */
const SHOWING = `interval '30 seconds'`;

/**
 * Opens the sealed secret for its requester. It stays in the ledger until `eraseSecret`, so that it is not lost when the
 * gateway is killed before it showed it. `secret` is undefined after a refusal or when there is none.
 */
export async function deliver(
  db: Db,
  { lease, by, click, via, open }: Delivery,
): Promise<{ recorded: Recorded; secret: string | undefined }> {
  const recorded = await record(db, {
    request: requestIdOfLease(lease),
    name: `click/${click}`,
    via,
    command: async (_state, at) => ({
      kind: 'deliver',
      by,
      lease,
      at,
      wasUnseen: await wasUnseen(db, lease),
    }),
  });
  const sealed = recorded.outcome.ok ? await takeSecret(db, lease) : undefined;
  return { recorded, secret: sealed && open(sealed) };
}

async function takeSecret(db: Db, lease: LeaseId): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ sealed: Buffer }>(
    `update secret set taken_at = ledger_now() where lease_id = $1 and sealed is not null returning sealed`,
    [lease],
  );
  return rows[0]?.sealed;
}

/** True when a gateway took the secret, and nobody confirmed in time that it was shown. */
async function wasUnseen(db: Db, lease: LeaseId): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from secret where lease_id = $1 and sealed is not null and taken_at <= ledger_now() - ${SHOWING}`,
    [lease],
  );
  return rowCount === 1;
}

/** The secret was shown, so it leaves the ledger. The cards are drawn again, without its button. */
export async function eraseSecret(db: Db, lease: LeaseId): Promise<void> {
  const { rowCount } = await db.query(
    `update secret set sealed = null, erased_at = ledger_now() where lease_id = $1 and sealed is not null and taken_at is not null`,
    [lease],
  );
  if (rowCount === 1) await redrawCards(db, requestIdOfLease(lease));
}

/** True while a secret waits for its requester. Only then a button offers it. */
export async function hasSecret(db: Db, lease: LeaseId): Promise<boolean> {
  const { rows } = await db.query('select from secret where lease_id = $1 and erased_at is null', [lease]);
  return rows.length > 0;
}
