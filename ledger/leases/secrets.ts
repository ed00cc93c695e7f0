import type { ClickId, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import type { Channel } from '../clicks/clicks.ts';
import type { Db, HintingDb } from '../pool.ts';
import { record, type RecordResult, type Via } from '../request/record.ts';

/** Stores the first sealed secret of a lease. Every later call gets that one back, never a second one. Undefined when it was erased. */
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

/** A person is shown the credential of a lease, after this click. */
export type Delivery = Readonly<{
  request: RequestId;
  lease: LeaseId;
  by: PersonId;
  click: ClickId;
  via: Via;
}>;

/** A gateway has this long to show a secret that was delivered. Then it was killed, or Slack did not answer. */
const SHOWING = `interval '30 seconds'`;

/** Decides whether the person may be shown the secret of a lease. It stays in the ledger until it was shown. */
export async function deliver(
  db: HintingDb,
  { request, lease, by, click, via }: Delivery,
): Promise<RecordResult> {
  const recorded = await record(db, {
    request,
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
  if (recorded.outcome.ok)
    await db.query(
      'update secret set delivered_at = ledger_now() where lease_id = $1 and erased_at is null',
      [lease],
    );
  return recorded;
}

/** True when the secret was delivered, and nobody confirmed in time that it was shown. */
async function wasUnseen(db: Db, lease: LeaseId): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from secret where lease_id = $1 and erased_at is null and delivered_at <= ledger_now() - ${SHOWING}`,
    [lease],
  );
  return rowCount === 1;
}

/** A secret that was delivered by this click, through Slack if `via` does not say otherwise. */
export type DeliveredSecret = Readonly<{ lease: LeaseId; click: ClickId; via?: ShowingChannel }>;

/** The channels that show a secret. The console shows none. */
type ShowingChannel = Exclude<Channel, 'console'>;

/** The functions of the owner that take and erase what was delivered through a channel. A role may call those of its channel. */
const FUNCTIONS = {
  slack: { take: 'take_secret', erase: 'erase_secret' },
  cli: { take: 'take_secret_at_terminal', erase: 'erase_secret_at_terminal' },
} as const satisfies Readonly<Record<ShowingChannel, unknown>>;

/** The sealed secret; undefined when it was not delivered by this click, when it was erased, or when there is none. */
export async function takeSecret(
  db: Db,
  { lease, click, via = 'slack' }: DeliveredSecret,
): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ sealed: Buffer | null }>(
    `select ${FUNCTIONS[via].take}($1, $2) as sealed`,
    [click, lease],
  );
  return rows[0]?.sealed ?? undefined;
}

/** Erases a secret that was shown. The cards are drawn again, without its button. */
export async function eraseSecret(
  db: HintingDb,
  { lease, click, via = 'slack' }: DeliveredSecret,
): Promise<void> {
  await db.query(`select ${FUNCTIONS[via].erase}($1, $2)`, [click, lease]);
  db.hint('curfew_outbox');
}

/** True while a secret waits for its requester. Only then a button offers it. */
export async function hasSecret(db: Db, lease: LeaseId): Promise<boolean> {
  const { rows } = await db.query('select from secret where lease_id = $1 and erased_at is null', [lease]);
  return rows.length > 0;
}
