import { randomBytes } from 'node:crypto';
import { Fault, messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import type { SystemCommand } from '../core/request/commands.ts';
import type { Lease } from '../ledger/index.ts';
import type { Intent, Observation, Receipt } from '../providers/provider.ts';
import { withAccessLock } from './access-lock.ts';
import { type ApprovedAccess, approvedIntent, approvedOf } from './approved-access.ts';
import { assertClocksAgree } from './clocks-agree.ts';
import type { Deps } from './deps.ts';
import { recordDriftBeforeGrant } from './drift.ts';
import {
  type LeaseAtProvider,
  leaseAtProvider,
  leaseOrFault,
  type UnderLock,
  untilEnd,
} from './lease-at-provider.ts';
import { undoOf } from './lease-undo.ts';
import { inTurn } from './in-turn.ts';
import { lowerPriorState } from './prior-state.ts';
import { revokeLateGrant } from './repair.ts';
import { assertManifestConfigured, needsManifest, prepareManifest } from './manifest.ts';
import { awaitPublished, publishedEvents } from './published-approval.ts';
import { assertNoQuarantine } from './quarantine.ts';
import { checkManifestSometimes } from './check-manifest.ts';
import { secretContext } from './secret-context.ts';
import { storableText } from './storable-text.ts';
import type { SealedUndo } from './undo.ts';
import { receiptWithoutGrant } from './unchanged.ts';
import { type Intended, writeIntent } from './write-intent.ts';

/** `undo` is missing when this process has no undo key of the provider. */
export type Granted = Readonly<{ undo?: SealedUndo }>;

type GrantInput = Readonly<{
  lease: LeaseId;
  signal: AbortSignal;
  /** Called with the way to undo the grant, before the first write to the provider. */
  rememberUndo: (undo: SealedUndo) => void;
}>;

/**
 * Grants one lease. It starts only while the ledger says that the request is being granted. When the request ended
 * during the grant, it revokes what it granted (F41). It may run again after any crash: the intent and the prior state
 * are recorded once, before the first write to the provider. A failure that no later attempt can mend is recorded.
 */
export async function grantLease(deps: Deps, input: GrantInput): Promise<Granted> {
  const lease = await leaseOrFault(deps, input.lease);
  try {
    await awaitPublished(deps, { request: lease.request, until: 'grant-started' }, input.signal);
    return await inTurn(deps, { lease, kind: 'grant', signal: input.signal }, () =>
      withAccessLock(deps.ledger, lease, (lock) =>
        grantUnderLock(deps, input, { lock, signal: AbortSignal.any([input.signal, lock.lost]) }),
      ),
    );
  } catch (error) {
    await recordFailure(deps, lease, error);
    throw error;
  }
}

async function grantUnderLock(
  deps: Deps,
  { lease: id, rememberUndo }: GrantInput,
  attempted: UnderLock,
): Promise<Granted> {
  const lease = await leaseOrFault(deps, id); // Another attempt may have changed it before we had the lock.
  const current = leaseAtProvider(deps, lease);
  if (lease.state === 'granted') return grantedWith(undoOf(deps, current));
  const { leftMs, target, endsAt } = await assertMayGrant(deps, current, attempted);
  const under = untilEnd(attempted, leftMs);
  const { lock } = under;
  // What the provider is told comes from what was approved and from a read of the provider, and not from the rows of the lease.
  const {
    lease: written,
    seen,
    isFirst,
  } = await intendedLease(deps, leaseAtProvider(deps, { ...lease, target }), under);
  const recorded = leaseAtProvider(deps, written);
  assertIsIntended(recorded, seen);
  await prepareManifest(deps, recorded, under.signal);
  const intended = leaseAtProvider(deps, { ...written, target: { ...target, spec: seen.target } });
  const giving = { leases: [intended] as const, subject: seen.subject, target: seen.target, endsAt };
  const intent = await withSecret(deps, intended, await approvedIntent(deps, giving, under.signal));
  const undo = undoOf(deps, recorded);
  if (undo !== undefined) rememberUndo(undo);
  const shown = isFirst ? seen.level : undefined;
  const receipt: Pick<Receipt, 'seen' | 'note'> =
    receiptWithoutGrant(intended, intent, { shown, lock }) ?? (await ensureGranted(intended, intent, under));
  const confirmed = await deps.ledger.record({
    request: lease.request,
    name: `granted/${id}`,
    via: 'workflow',
    lock,
    command: (_state, at) => ({ kind: 'confirm-granted', lease: id, seen: withNote(receipt), at }),
  });
  if (!confirmed.outcome.ok) {
    await revokeLateGrant(deps, id, attempted);
    throw new Fault('superseded', `the request is ${confirmed.state.kind}`);
  }
  return grantedWith(undo);
}

/** The trail of a grant has one text for both. */
const withNote = ({ seen, note }: Pick<Receipt, 'seen' | 'note'>): string =>
  note === undefined ? seen : `${seen}. ${note}`;

/** Throws unless the account and the object that a read shows under the approved names are those of the recorded intent. */
function assertIsIntended(
  { lease: { holding }, provider, target }: LeaseAtProvider,
  seen: Observation<unknown>,
): void {
  if (
    holding?.subject.id === seen.subject.id &&
    provider.targetKey(target) === provider.targetKey(seen.target)
  )
    return;
  throw new Fault(
    'not-verified',
    'the account or the target of this name is another one than in the intent',
    {
      retryAfterMs: 1000,
    },
  );
}

async function ensureGranted(
  { provider }: LeaseAtProvider,
  intent: Intent<unknown>,
  { lock, signal }: UnderLock,
): Promise<Receipt> {
  lock.markWriting();
  return provider.ensurePresent(intent, signal);
}

/**
 * The lease with its intent, and what the provider showed before it, in the first attempt. A repeated attempt looks again,
 * because somebody may have revoked what was there before.
 */
async function intendedLease(deps: Deps, current: LeaseAtProvider, under: UnderLock): Promise<Intended> {
  const { lease, provider, target } = current;
  const { holding } = lease;
  if (!holding) return writeIntent(deps, current, under);
  const readAt = await deps.ledger.now();
  const seen = await lowerPriorState(deps, current, { ...under, account: lease.target.account });
  const { refusal, subject, level: found } = seen;
  if (refusal !== undefined) throw new Fault('provider-refused', refusal);
  const { lock } = under;
  if (subject.id === holding.subject.id && !provider.ownObject(target))
    await recordDriftBeforeGrant(deps, { holding, provider, target, found, readAt, lock, isRepeated: true });
  return { lease: await leaseOrFault(deps, current.lease.id), seen, isFirst: false };
}

const grantedWith = (undo: SealedUndo | undefined): Granted => (undo === undefined ? {} : { undo });

/**
 * Throws unless the request is still being granted and the policy still allows it. When the request ended, it first
 * revokes what an earlier attempt granted. Returns what was approved, and how many milliseconds are left until the end.
 */
async function assertMayGrant(
  deps: Deps,
  current: LeaseAtProvider,
  under: UnderLock,
): Promise<ApprovedAccess & Readonly<{ leftMs: number }>> {
  const { ledger, policy } = deps;
  const { lease } = current;
  const { state, at } = await ledger.readState(lease.request);
  if (state.kind !== 'granting' || at >= state.endsAt) {
    // A revoked lease has its receipt. What the account has now belongs to other leases.
    if (lease.state !== 'revoked') await revokeLateGrant(deps, lease.id, under);
    throw new Fault('superseded', `the request is ${state.kind}`);
  }
  await assertLedgerIsCurrent(deps, current, under.signal);
  assertClocksAgree(deps.clock(), at, state.endsAt - at - state.details.minutes * 60_000);
  const approval = { request: lease.request, until: 'grant-started', state } as const;
  const events = await publishedEvents(deps, approval, under.signal);
  const [targets, shown] = await Promise.all([
    ledger.readTargets(lease.request),
    ledger.readShown(lease.request),
  ]);
  const still = await policy.stillAllowed({ ...state, targets, shown });
  if (!still.ok) throw new Fault('no-longer-allowed', still.error);
  const { endsAt } = state;
  return { ...approvedOf(lease.id, { targets, endsAt, events }), leftMs: endsAt - at };
}

/**
 * Throws while the ledger may be one that was restored. Where the vendor has the end, a manifest that cannot be read does not stop a
 * grant: only its own access would need it.
 */
async function assertLedgerIsCurrent(
  deps: Deps,
  current: LeaseAtProvider,
  signal: AbortSignal,
): Promise<void> {
  assertManifestConfigured(deps, current);
  await checkManifestSometimes(deps, signal).catch((error: unknown) => {
    if (needsManifest(current) || !(error instanceof Fault)) throw error;
  });
  await assertNoQuarantine(deps.ledger);
}

/** What the provider must ensure, with the secret when the provider needs one. */
async function withSecret(
  { ledger, sealer }: Deps,
  { lease, provider }: LeaseAtProvider,
  intent: Intent<unknown>,
): Promise<Intent<unknown>> {
  if (!provider.needsSecret) return intent;
  const context = secretContext(lease);
  const sealed = await ledger.storeSecret(
    lease.id,
    sealer.seal(randomBytes(24).toString('base64url'), context),
  );
  if (!sealed) throw new Fault('superseded', 'the credential was erased before the access was granted');
  return { ...intent, secret: sealer.open(sealed, context) };
}

/**
 * Records a failure that is final, so that the access of the whole request is revoked. Any other failure is noted with
 * the lease: another attempt follows, and the last one explains why the grant failed in the end.
 */
async function recordFailure({ ledger }: Deps, { id, request }: Lease, error: unknown): Promise<void> {
  const command = finalFailure(error);
  if (!command) return ledger.noteLeaseFault(id, messageOf(error)).catch(() => undefined); // The first error says more.
  // While this cannot be recorded, the attempt fails with that error, which is tried again.
  await ledger.record({
    request,
    name: command.kind,
    via: 'workflow',
    command: (_state, at) => ({ ...command, at }),
  });
}

function finalFailure(error: unknown): SystemCommand | undefined {
  if (!(error instanceof Fault) || error.retry || error.code === 'superseded') return undefined;
  const why = storableText(error.message.slice(`${error.code}: `.length));
  return error.code === 'no-longer-allowed'
    ? { kind: 'void', why }
    : { kind: 'fail-grant', fault: error.code, why };
}
