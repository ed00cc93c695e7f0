import { ApplicationFailure, condition, patched, TimeoutFailure } from '@temporalio/workflow';
import type { Instant } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { ExtensionProgress, LeaseOfProvider, Progress } from '../core/request/progress.ts';
import type { SealedUndo } from '../requests/undo.ts';
import { grantActivity, revokeActivity } from './activities.ts';
import { msUntil, positive } from './clock.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { extendAccess } from './extend.ts';
import type { Watch } from './watch.ts';

/** How long the workflow waits before it tries again a grant that waits. It doubles up to the longest. */
const RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 600_000;
/** How long an end waits for a grant that runs. */
const RUNNING_MS = 5_000;

/** What came of a grant. `undo`: how to revoke the lease while the ledger is unavailable, if the grant came so far. */
type Attempted = Readonly<{ isGranted: boolean; undo?: SealedUndo }>;

/** The attempts to grant each lease, of which those that run now may still say how to undo them. */
type Grants = { readonly attempts: Attempted[]; running: Promise<void>; areOver: boolean };

/** From the last approval to the receipts: grants every lease, waits for the end, and revokes every lease. */
export async function grantAndRevoke(watch: Watch): Promise<void> {
  const approved = watch.progress();
  if (!('leases' in approved)) return;
  // The timer starts before the grant, so that no access exists without a timer that ends it.
  const deadline = startDeadline(approved);

  const attempts: Attempted[] = approved.leases.map(() => ({ isGranted: false }));
  const grants: Grants = { attempts, running: Promise.resolve(), areOver: true };
  const first = grantAll(approved, grants, LIMITS.grantingMinutes * 60_000);
  const untilOver = async (): Promise<void> => {
    await unlessEnded(watch, grants);
    if (attempts.every(({ isGranted }) => isGranted)) await whileActive(watch, deadline, attempts);
    else await whileGranting(watch, deadline, grants);
  };
  // Revoking at the end does not wait for an answer of the ledger (I14).
  await Promise.race([untilOver(), condition(() => deadline.isOver())]);
  if (deadline.isOver()) await first; // They end with the access at the latest, and say how to undo them.
  await Promise.all(
    approved.leases.map((each, index) => revokeOne(watch, each, () => attempts[index]?.undo, grants)),
  );
}

/** Looks at each message, and carries out each extension, until the ledger says that the access must be revoked. */
async function whileActive(watch: Watch, deadline: Deadline, attempts: Attempted[]): Promise<void> {
  const tried = new Set<Instant>();
  for (let last = watch.progress(); hasAccess(last); last = watch.progress()) {
    deadline.moveTo(last);
    const extension = extensionOf(last);
    if (last.kind === 'active' && extension?.kind === 'started' && !tried.has(extension.dueAt)) {
      tried.add(extension.dueAt);
      const undos = await extendAccess(watch, { active: last, extension }, deadline);
      for (const [index, undo] of undos.entries())
        if (undo !== undefined) attempts[index] = { isGranted: true, undo };
    } else {
      await watch.waitForNews(extension ? { ms: Math.max(msUntil(extension.dueAt, last.at), 1_000) } : {});
      await watch.look();
    }
  }
}

/** An earlier version of this workflow knew no extensions. What it did is replayed as it was. */
const extensionOf = (progress: Progress): ExtensionProgress | undefined =>
  progress.kind === 'active' && progress.extension && patched('extend') ? progress.extension : undefined;

/**
 * The grant recorded why it failed, or the ledger lets the request fail at the limit of a grant. While it waits for the person, for
 * the rate of a vendor or for the log, it is tried again, and each result replaces the one in `attempts`.
 */
async function whileGranting(watch: Watch, deadline: Deadline, grants: Grants): Promise<void> {
  await watch.look();
  let retryMs = RETRY_MS;
  for (let last = watch.progress(); last.kind === 'granting'; last = watch.progress()) {
    const untilFailsMs = Math.max(msUntil(last.failsAt, last.at), 1_000);
    if (!(last.awaitsPerson || last.waits) || !patched('grant-again'))
      await watch.waitForNews({ ms: untilFailsMs });
    else {
      void grantAll(last, grants, untilFailsMs);
      await unlessEnded(watch, grants);
      await watch.look();
      // An attempt may return at once: near the end, and when the ledger was restored and does not know the lease.
      if (watch.progress().kind === 'granting')
        await watch.waitForNews({ ms: Math.min(untilFailsMs, retryMs) });
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
    await watch.look();
  }
  await whileActive(watch, deadline, grants.attempts); // The grant was recorded, although its answer was lost.
}

/** True while nothing ended the access. Only the ledger knows that something did. */
const hasAccess = (progress: Progress): progress is Extract<Progress, { kind: 'granting' | 'active' }> =>
  progress.kind === 'granting' || progress.kind === 'active';

/** Grants what is not granted, and puts each result into `attempts` when it comes. */
function grantAll(
  granting: Extract<Progress, { leases: unknown }>,
  grants: Grants,
  mostMs: number,
): Promise<void> {
  const { attempts } = grants;
  const all = Promise.all(
    granting.leases.map(async (each, index) => {
      if (attempts[index]?.isGranted) return;
      const attempt = await grantOne(granting, each, mostMs);
      attempts[index] = { ...attempts[index], ...attempt };
    }),
  );
  grants.areOver = false;
  grants.running = all.then(() => void (grants.areOver = true));
  return grants.running;
}

/**
 * Waits for the grants. One may wait long for its turn at a vendor. When the ledger says that the access ended meanwhile, only an attempt
 * that runs is waited for, because it may return how to undo it. Each later attempt changes nothing.
 */
async function unlessEnded(watch: Watch, grants: Grants): Promise<void> {
  while (!grants.areOver && hasAccess(watch.progress())) {
    await Promise.race([grants.running, watch.waitForNews({})]);
    if (grants.areOver) return;
    if (!patched('end-while-granting')) await grants.running;
    else await watch.look();
  }
  if (!grants.areOver) await condition(() => grants.areOver, RUNNING_MS);
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
 * never fails this activity for good, so a failure comes from somebody else who can write to Temporal (T11). When a grant that was not
 * waited for says how to undo it, the lease is revoked with that, because the ledger may be unavailable.
 */
async function revokeOne(
  watch: Watch,
  { lease, provider }: LeaseOfProvider,
  undoOf: () => SealedUndo | undefined,
  grants: Grants,
): Promise<void> {
  const revoke = revokeActivity(provider);
  for (;;) {
    const since = watch.messages();
    const undo = undoOf();
    const input = { lease, ...(undo === undefined ? {} : { undo }) };
    const revoking = revoke(input).catch(() => undefined);
    const laterUndo = async () => {
      await grants.running;
      return undoOf() === undefined ? revoking : 'undo';
    };
    const mayCome = undo === undefined && !grants.areOver;
    const progress = await (mayCome ? Promise.race([revoking, laterUndo()]) : revoking);
    if (progress === 'undo') continue;
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
