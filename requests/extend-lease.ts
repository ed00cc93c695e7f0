import { Fault, messageOf } from '../core/faults.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import {
  hasEveryLease,
  lengthGiven,
  startedExtension,
  type StartedExtension,
} from '../core/request/extension.ts';
import type { ActiveRequest } from '../core/request/state.ts';
import type { Lease } from '../ledger/index.ts';
import type { Intent, Receipt } from '../providers/provider.ts';
import { withAccessLock } from './access-lock.ts';
import { approvedOf, assertIsApproved } from './approved-access.ts';
import { assertClocksAgree } from './clocks-agree.ts';
import type { Deps } from './deps.ts';
import {
  grantedIntent,
  type LeaseAtProvider,
  leaseAtProvider,
  leaseOrFault,
  type UnderLock,
  untilEnd,
} from './lease-at-provider.ts';
import { undoOf } from './lease-undo.ts';
import { assertManifestConfigured, prepareManifest, writeAfterwards } from './manifest.ts';
import { inTurn } from './in-turn.ts';
import { awaitPublished, publishedEvents } from './published-approval.ts';
import { assertNoQuarantine } from './quarantine.ts';
import { storableText } from './storable-text.ts';
import type { SealedUndo } from './undo.ts';

/**
 * `undo` has the end that counts when it is sealed: the later one for the lease that is extended last, and the old one for each
 * lease before it. It is missing when this process has no undo key of the provider.
 */
export type Extended = Readonly<{ undo?: SealedUndo }>;

type ExtendInput = Readonly<{ lease: LeaseId; signal: AbortSignal }>;

/**
 * Gives one lease the later end of an approved extension: at its provider, and then in the ledger. The lease that is the last
 * one moves the end of the access. Until then the old end counts, so whatever fails here, the access ends at the old end. It may run
 * again after any crash. A failure that no later attempt can mend closes the extension.
 */
export async function extendLease(deps: Deps, input: ExtendInput): Promise<Extended> {
  const lease = await leaseOrFault(deps, input.lease);
  try {
    await awaitPublished(deps, { request: lease.request, until: 'extension-started' }, input.signal);
    await inTurn(deps, { lease, kind: 'grant', signal: input.signal }, () =>
      withAccessLock(deps.ledger, lease, (lock) =>
        moveEndUnderLock(deps, lease.id, { lock, signal: AbortSignal.any([input.signal, lock.lost]) }),
      ),
    );
    const extended = leaseAtProvider(deps, await completeExtension(deps, lease));
    const undo = undoOf(deps, extended);
    return undo === undefined ? {} : { undo };
  } catch (error) {
    await recordFailure(deps, lease, error);
    throw error;
  }
}

/** Moves the end at the provider, and records that it is there. Nothing to do when this lease has the later end already. */
async function moveEndUnderLock(deps: Deps, id: LeaseId, attempted: UnderLock): Promise<void> {
  const lease = await leaseOrFault(deps, id); // Another attempt may have changed it before we had the lock.
  const { state, at } = await deps.ledger.readState(lease.request);
  const extension = startedExtension(state);
  if (state.kind !== 'active' || !extension || extension.extended.includes(id)) return;
  const current = leaseAtProvider(deps, lease);
  await assertMayExtend(deps, { state, extension, at, current }, attempted.signal);
  const under = untilEnd(attempted, state.endsAt - at);
  assertManifestConfigured(deps, current);
  await prepareManifest(deps, current, under.signal);
  const { seen, note } = await moveEnd(current, extension.details.endsAt, under);
  const generation = lease.generation + 1;
  const { outcome } = await deps.ledger.record({
    request: lease.request,
    name: `lease-extended/${id}/${generation}`,
    via: 'workflow',
    lock: attempted.lock,
    command: (_state, time) => ({
      kind: 'confirm-lease-extended',
      lease: id,
      generation,
      seen: note === undefined ? seen : `${seen}. ${note}`,
      at: time,
    }),
  });
  if (!outcome.ok) throw new Fault('superseded', 'the extension is over');
}

type Extending = Readonly<{
  state: ActiveRequest;
  extension: StartedExtension;
  at: Instant;
  current: LeaseAtProvider;
}>;

/** Throws unless the old end is still to come, and the policy of this moment still allows the extension. */
async function assertMayExtend(
  deps: Deps,
  { state, extension, at, current }: Extending,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, policy, clock } = deps;
  if (at >= state.endsAt) throw new Fault('superseded', 'the access is over');
  assertClocksAgree(clock(), at);
  await assertNoQuarantine(ledger);
  const { id } = state.details;
  const events = await publishedEvents(deps, { request: id, until: 'extension-started', state }, signal);
  const [targets, shown] = await Promise.all([ledger.readTargets(id), ledger.readShown(id)]);
  const { details, requirements, endsAt } = state;
  const approved = { details, requirements, endsAt, given: lengthGiven(state), targets, shown, extension };
  const still = await policy.extensionStillAllowed(approved);
  if (!still.ok) throw new Fault('no-longer-allowed', still.error);
  assertIsApproved(current, approvedOf(current.lease.id, { targets, endsAt, events }));
}

/** The intent of this write is recorded: `extension-started` has the later end, and the lease has its account and target (I2). */
async function moveEnd(
  current: LeaseAtProvider,
  endsAt: Instant,
  { lock, signal }: UnderLock,
): Promise<Pick<Receipt, 'seen' | 'note'>> {
  const { provider } = current;
  const intent = { ...grantedIntent([current]), endsAt };
  if (!provider.moveEnd) return readWithoutEnd(current, intent, signal);
  lock.markWriting();
  return provider.moveEnd(intent, signal);
}

/** Where the vendor stores no end, only Curfew knows it. What somebody lowered by hand is not granted again (I22). */
async function readWithoutEnd(
  { provider }: LeaseAtProvider,
  { subject, target }: Intent<unknown>,
  signal: AbortSignal,
): Promise<Pick<Receipt, 'seen' | 'note'>> {
  const shown = await provider.observe({ account: subject.name, target }, signal);
  if (shown.subject.id !== subject.id)
    throw new Fault('subject-changed', `the account “${subject.name}” is another one now`);
  return { seen: `${subject.name} has the level “${shown.level}”, and the provider stores no end` };
}

/** When this lease is the last one, the later end counts from here on. Returns the lease with the end that counts. */
async function completeExtension(deps: Deps, { id, request }: Lease): Promise<Lease> {
  const { ledger } = deps;
  const { state } = await ledger.readState(request);
  const extension = startedExtension(state);
  if (state.kind === 'active' && extension && hasEveryLease(state, extension))
    // All that must know the later end before anybody reads of it is told here.
    await ledger.record({
      request,
      name: `extended/${extension.details.digest}`,
      via: 'workflow',
      command: (_state, at) => ({ kind: 'confirm-extended', at }),
    });
  const lease = await leaseOrFault(deps, id);
  if (lease.state !== 'granted') throw new Fault('superseded', `the lease is ${lease.state}`);
  return lease;
}

/**
 * Closes the extension after a failure that is final, with the reason. Any other failure is noted with the lease, and another
 * attempt follows.
 */
async function recordFailure(deps: Deps, { id, request }: Lease, error: unknown): Promise<void> {
  const { ledger } = deps;
  if (!(error instanceof Fault) || error.retry)
    return ledger.noteLeaseFault(id, messageOf(error)).catch(() => undefined); // The first error says more.
  const { code, message } = error;
  const extension =
    code === 'superseded' ? undefined : startedExtension((await ledger.readState(request)).state);
  if (!extension) return;
  const why = storableText(message.slice(`${code}: `.length));
  await ledger.record({
    request,
    name: `fail-extension/${extension.details.digest}`,
    via: 'workflow',
    command: (_state, at) => ({ kind: 'fail-extension', fault: code, why, at }),
  });
  await writeAfterwards(deps, id); // The old end is the one that counts again.
}
