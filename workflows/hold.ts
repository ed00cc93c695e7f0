import { ActivityFailure, ApplicationFailure, condition, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { Machine, Undo } from '../activities/index.ts';
import { isFaultCode } from '../core/faults.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Copy } from './copy.ts';
import * as effects from './effects.ts';

export type Run = Readonly<{
  copy: Copy;
  settle(said: Machine): Promise<void>;
  /** Each lease with the provider whose queue serves it. */
  leases: readonly Readonly<{ lease: LeaseId; provider: string }>[];
  end: Instant;
  operator: { readonly cancelled: boolean };
}>;

export const CANCELLED: Machine = { kind: 'void', why: 'an operator cancelled the workflow' };

/** From the approval to the receipts: gives every lease, waits for the end or for an earlier one, takes all back. */
export async function hold(run: Run): Promise<void> {
  const { copy, settle, leases, end, operator } = run;
  let due = false;
  void sleep(atLeast(end - Date.now())).then(() => (due = true)); // armed before the grant, so nothing outlasts it

  // The ledger has to know at once, also while a provider hangs: it is what stops the next attempt.
  void condition(() => operator.cancelled).then(() =>
    copy.kind() === 'granting' || copy.kind() === 'active' ? settle(CANCELLED) : undefined,
  );

  const undo = new Map<LeaseId, Undo>();
  const failures = await Promise.all(leases.map((each) => give(run, each, undo)));
  const failure = failures.find((why) => why !== undefined);
  // What is due does not wait for the ledger to hear why (I14).
  if (failure) await Promise.race([settle(failure), condition(() => due)]);

  await condition(() => copy.kind() !== 'active' || due);
  await Promise.all(leases.map((each) => takeBack(run, each, undo.get(each.lease))));
}

type One = Run['leases'][number];

/** Gives one lease, or says why not. How to undo it is kept, for a removal with the ledger away. */
async function give(
  { copy, end }: Run,
  { lease, provider }: One,
  undo: Map<LeaseId, Undo>,
): Promise<Machine | undefined> {
  const withinMs = Math.min(LIMITS.grantingMinutes * 60_000, atLeast(end - Date.now()));
  try {
    const granted = await effects.granting(provider, withinMs)({ lease, version: copy.version() });
    undo.set(lease, granted.undo);
    copy.learn(granted);
    return undefined;
  } catch (error) {
    const owed = owedIn(error);
    if (owed) undo.set(lease, owed);
    return whyOf(error);
  }
}

/** Tries until it is gone. By the ledger's clock the end may not be there yet: then it waits for that. */
async function takeBack({ copy }: Run, { lease, provider }: One, undo: Undo | undefined): Promise<void> {
  for (let again = true; again;) {
    const before = copy.kind();
    const expire = before === 'active' || before === 'granting';
    const revoke = effects.revoking(provider);
    const removed = await revoke({ lease, expire, version: copy.version(), ...(undo ? { undo } : {}) });
    copy.learn(removed);
    again = removed.inMs > 0;
    if (again) await condition(() => copy.kind() !== before, removed.inMs);
  }
}

/** Timers of nothing or less than nothing fire at once; Temporal wants them positive. */
const atLeast = (ms: number): number => Math.max(ms, 1);

/** How to undo what a grant may have done before it was given up, by its last failure or its last heartbeat. */
function owedIn(error: unknown): Undo | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const said = each instanceof ApplicationFailure ? each.details?.[0] : undefined;
    const owed = each instanceof TimeoutFailure ? each.lastHeartbeatDetails : said;
    if (owed) return owed as Undo;
  }
  return undefined;
}

// Of these a vendor's or a server's own words say nothing more to people, and may hold our addresses.
const WEATHER: readonly string[] = ['provider-unavailable', 'provider-throttled', 'ledger-unavailable'];

/** Why a grant failed, in the ledger's words. */
function whyOf(error: unknown): Machine {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || !cause.type) return { kind: 'fail-grant', fault: 'unknown' };
  const fault = cause.type;
  const why = cause.message.slice(`${fault}: `.length);
  if (fault === 'no-longer-allowed') return { kind: 'void', why };
  if (!isFaultCode(fault)) return { kind: 'fail-grant', fault: 'unknown' };
  return { kind: 'fail-grant', fault, ...(WEATHER.includes(fault) ? {} : { why }) };
}
