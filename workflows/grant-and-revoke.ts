import { ApplicationFailure, condition, patched, sleep, TimeoutFailure } from '@temporalio/workflow';
import { LIMITS } from '../core/limits.ts';
import type { LeaseOfProvider, Progress } from '../core/request/progress.ts';
import type { SealedUndo } from '../requests/undo.ts';
import { grantActivity, revokeActivity } from './activities.ts';
import { msUntil, positive } from './clock.ts';
import type { Watch } from './watch.ts';

/** How long the workflow waits before it tries again a grant that waits for the person. */
const RETRY_MS = 60_000;

/** What came of a grant. `undo`: how to revoke the lease while the ledger is unavailable, if the grant came so far. */
type Attempted = Readonly<{ isGranted: boolean; undo?: SealedUndo }>;

/** From the last approval to the receipts: grants every lease, waits for the end, and revokes every lease. */
export async function grantAndRevoke(watch: Watch): Promise<void> {
  const approved = watch.progress();
  if (!('leases' in approved)) return;
  let isDue = false;
  // The timer starts before the grant, so that no access exists without a timer that ends it.
  void sleep(positive(msUntil(approved.endsAt, approved.at))).then(() => (isDue = true));

  const attempts = await Promise.all(
    approved.leases.map((each) => grantOne(approved, each, LIMITS.grantingMinutes * 60_000)),
  );
  const untilOver = attempts.every(({ isGranted }) => isGranted)
    ? whileActive(watch)
    : whileGranting(watch, attempts);
  // Revoking at the end does not wait for an answer of the ledger (I14).
  await Promise.race([untilOver, condition(() => isDue)]);
  await Promise.all(approved.leases.map((each, index) => revokeOne(watch, each, attempts[index]?.undo)));
}

/** Looks at each message, until the ledger says that the access must be revoked. */
async function whileActive(watch: Watch): Promise<void> {
  while (hasAccess(watch.progress())) {
    await watch.waitForNews({});
    await watch.look();
  }
}

/**
 * The grant recorded why it failed, or the ledger lets the request fail at the limit of a grant. While only the person is
 * awaited, the grant is tried again, and each result replaces the one in `attempts`.
 */
async function whileGranting(watch: Watch, attempts: Attempted[]): Promise<void> {
  await watch.look();
  for (let last = watch.progress(); last.kind === 'granting'; last = watch.progress()) {
    const untilFailsMs = Math.max(msUntil(last.failsAt, last.at), 1_000);
    if (!last.awaitsPerson || !patched('grant-again')) await watch.waitForNews({ ms: untilFailsMs });
    else {
      await retryGrants(last, attempts, untilFailsMs);
      await watch.look();
      // An attempt may return at once: near the end, and when the ledger was restored and does not know the lease.
      if (watch.progress().kind === 'granting')
        await watch.waitForNews({ ms: Math.min(untilFailsMs, RETRY_MS) });
    }
    await watch.look();
  }
  await whileActive(watch); // The grant was recorded, although its answer was lost.
}

/** True while nothing ended the access. Only the ledger knows that something did. */
const hasAccess = (progress: Progress): progress is Extract<Progress, { kind: 'granting' | 'active' }> =>
  progress.kind === 'granting' || progress.kind === 'active';

/** Tries again what is not granted. */
async function retryGrants(
  granting: Extract<Progress, { kind: 'granting' }>,
  attempts: Attempted[],
  mostMs: number,
): Promise<void> {
  await Promise.all(
    granting.leases.map(async (each, index) => {
      if (attempts[index]?.isGranted) return;
      const attempt = await grantOne(granting, each, mostMs);
      attempts[index] = { ...attempts[index], ...attempt };
    }),
  );
}

/** Grants one lease within `mostMs`. When the request is being revoked already, there is nothing to grant. */
async function grantOne(
  { kind, endsAt, at }: Extract<Progress, { leases: unknown }>,
  { lease, provider }: LeaseOfProvider,
  mostMs: number,
): Promise<Attempted> {
  if (kind === 'revoking') return { isGranted: true };
  const withinMs = Math.min(mostMs, positive(msUntil(endsAt, at)));
  try {
    const granted = await grantActivity(provider, withinMs)({ lease });
    return granted ? { isGranted: true, ...granted } : { isGranted: false };
  } catch (error) {
    const undo = undoIn(error);
    return { isGranted: false, ...(undo === undefined ? {} : { undo }) };
  }
}

/**
 * Retries until the lease is revoked. The ledger's clock may be behind: then it waits as long as the ledger says. Curfew
 * never fails this activity for good, so a failure comes from somebody else who can write to Temporal (T11).
 */
async function revokeOne(
  watch: Watch,
  { lease, provider }: LeaseOfProvider,
  undo: SealedUndo | undefined,
): Promise<void> {
  const revoke = revokeActivity(provider);
  for (;;) {
    const since = watch.messages();
    const input = { lease, ...(undo === undefined ? {} : { undo }) };
    const progress = await revoke(input).catch(() => undefined);
    if (!progress) {
      await watch.waitForNews({ ms: 1_000, since });
      continue;
    }
    watch.learn(progress);
    if (!hasAccess(progress)) return;
    await watch.waitForNews({ ms: progress.endsAt - progress.at, since });
  }
}

/** How to undo what a failed grant may have done: from its last failure, or from its last heartbeat. */
function undoIn(error: unknown): SealedUndo | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const fromFailure = each instanceof ApplicationFailure ? each.details?.[0] : undefined;
    const undo = each instanceof TimeoutFailure ? each.lastHeartbeatDetails : fromFailure;
    if (undo) return undo as SealedUndo;
  }
  return undefined;
}
