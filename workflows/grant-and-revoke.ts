import { ActivityFailure, ApplicationFailure, condition, sleep, TimeoutFailure } from '@temporalio/workflow';
import { isFaultCode, isTransient } from '../core/faults.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { SystemCommand } from '../core/request/commands.ts';
import type { Undo } from '../requests/undo.ts';
import { grantActivity, revokeActivity } from './activities.ts';
import type { RequestCopy } from './request-copy.ts';

export type ApprovedRequest = Readonly<{
  copy: RequestCopy;
  settle(command: SystemCommand): Promise<void>;
  /** Each lease with the provider whose task queue runs its activities. */
  leases: readonly LeaseOnQueue[];
  endsAt: Instant;
  cancellation: { readonly cancelled: boolean };
}>;

type LeaseOnQueue = Readonly<{ lease: LeaseId; provider: string }>;

export const CANCELLED: SystemCommand = { kind: 'void', why: 'an operator cancelled the workflow' };

/** From the last approval to the receipts: grants every lease, waits for the end, and revokes every lease. */
export async function grantAndRevoke(request: ApprovedRequest): Promise<void> {
  const { copy, settle, leases, endsAt, cancellation } = request;
  let isDue = false;
  // The timer starts before the grant, so that no access exists without a timer that ends it.
  void sleep(positive(endsAt - Date.now())).then(() => (isDue = true));

  // The ledger is told of a cancellation at once, also while a provider does not answer: it stops the next attempt.
  void condition(() => cancellation.cancelled).then(() =>
    copy.kind() === 'granting' || copy.kind() === 'active' ? settle(CANCELLED) : undefined,
  );

  const undos = new Map<LeaseId, Undo>();
  const failures = await Promise.all(leases.map((each) => grantOne(request, each, undos)));
  const failure = failures.find((each) => each !== undefined);
  // Revoking at the end does not wait until the ledger has recorded the failure (I14).
  if (failure) await Promise.race([settle(failure), condition(() => isDue)]);

  await condition(() => copy.kind() !== 'active' || isDue);
  await Promise.all(leases.map((each) => revokeOne(request, each, undos.get(each.lease))));
}

/** Grants one lease, or returns why not. Keeps in `undos` how to revoke it while the ledger is away. */
async function grantOne(
  { copy, endsAt }: ApprovedRequest,
  { lease, provider }: LeaseOnQueue,
  undos: Map<LeaseId, Undo>,
): Promise<SystemCommand | undefined> {
  const withinMs = Math.min(LIMITS.grantingMinutes * 60_000, positive(endsAt - Date.now()));
  try {
    const granted = await grantActivity(provider, withinMs)({ lease, version: copy.version() });
    undos.set(lease, granted.undo);
    copy.apply(granted);
    return undefined;
  } catch (error) {
    const undo = undoIn(error);
    if (undo) undos.set(lease, undo);
    return failureCommand(error);
  }
}

/** Retries until the lease is revoked. The ledger's clock may be behind: then it waits as long as the ledger says. */
async function revokeOne(
  { copy }: ApprovedRequest,
  { lease, provider }: LeaseOnQueue,
  undo: Undo | undefined,
): Promise<void> {
  for (let again = true; again;) {
    const before = copy.kind();
    const expire = before === 'active' || before === 'granting';
    const revoke = revokeActivity(provider);
    const revoked = await revoke({ lease, expire, version: copy.version(), ...(undo ? { undo } : {}) });
    copy.apply(revoked);
    again = revoked.endsInMs > 0;
    if (again) await condition(() => copy.kind() !== before, revoked.endsInMs);
  }
}

/** Temporal refuses timers that are not positive. */
const positive = (ms: number): number => Math.max(ms, 1);

/** How to undo what a failed grant may have done: from its last failure, or from its last heartbeat. */
function undoIn(error: unknown): Undo | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const fromFailure = each instanceof ApplicationFailure ? each.details?.[0] : undefined;
    const undo = each instanceof TimeoutFailure ? each.lastHeartbeatDetails : fromFailure;
    if (undo) return undo as Undo;
  }
  return undefined;
}

/** The command that records why a grant failed. */
function failureCommand(error: unknown): SystemCommand {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || !cause.type) return { kind: 'fail-grant', fault: 'unknown' };
  const fault = cause.type;
  const why = cause.message.slice(`${fault}: `.length);
  if (fault === 'no-longer-allowed') return { kind: 'void', why };
  if (!isFaultCode(fault)) return { kind: 'fail-grant', fault: 'unknown' };
  // The text of a transient error tells people nothing more, and may contain our addresses.
  return { kind: 'fail-grant', fault, ...(isTransient(fault) ? {} : { why }) };
}
