import { Fault, messageOf } from '../core/faults.ts';
import type { Drift } from '../core/holding.ts';
import { type LeaseId, requestIdOfLease } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { type Progress, progressOf } from '../core/request/progress.ts';
import type { HeldLock, Lease, RecordResult, Via } from '../ledger/index.ts';
import type { Receipt } from '../providers/provider.ts';
import { withAccessLock } from './access-lock.ts';
import { advance } from './advance.ts';
import type { Deps } from './deps.ts';
import { findAndRecordDrift } from './drift.ts';
import {
  forRemoval,
  type LeaseAtProvider,
  leaseAtProvider,
  targetAtProvider,
  type UnderLock,
} from './lease-at-provider.ts';
import { endLostAccess } from './end-lost-lease.ts';
import { inTurn, kindOfEnd } from './in-turn.ts';
import { remainingWithLost } from './lost-leases.ts';
import { writeAfterwards } from './manifest.ts';
import { signedEntryOf } from './signed-entry.ts';
import { readLevelBefore, receiptWithoutRevocation } from './unchanged.ts';
import {
  ensureUndone,
  mayUndo,
  openReport,
  openUndo,
  type SealedReport,
  type SealedUndo,
  sealReport,
  type Undo,
} from './undo.ts';

export type RevokeInput = Readonly<{
  lease: LeaseId;
  via: Via;
  undo?: SealedUndo;
  /** What an earlier attempt did while the ledger was unavailable. */
  report?: SealedReport;
  /** Called after the undo was used, so that a later attempt can record it. */
  rememberReport?: (report: SealedReport) => void;
  signal: AbortSignal;
}>;

/** What the provider showed after the revocation, of the lease that was revoked there. `drift` is what it showed before. */
type Revoked = Readonly<{ receipt: Receipt; current?: LeaseAtProvider; drift?: Drift | undefined }>;

const ALREADY_REVOKED: Receipt = { level: 'none', seen: 'already revoked' };
const NEVER_GRANTED: Receipt = { level: 'none', seen: 'nothing was granted' };

/**
 * Revokes one lease: records that its time is over, revokes at the provider, reads there that the access is gone, and
 * records the receipt. While the access must stay, it does nothing. It returns where the request stands then. While
 * this process cannot reach the ledger, it still revokes at the provider, from the end of the lease on (I14). Only the
 * receipt is then missing, so it throws and the caller tries again.
 */
export async function revokeLease(given: Deps, input: RevokeInput): Promise<Progress> {
  const deps = forRemoval(given);
  const { ledger } = deps;
  const { lease: id, via, signal } = input;
  let isRevoked = false;
  try {
    const progress = await advance(deps, { request: requestIdOfLease(id), via });
    const lease = await ledger.readLease(id);
    // After a failover or a restore the ledger may have forgotten the approval. Then only the undo knows the access.
    if (!lease)
      throw new Fault('ledger-unavailable', `it has no lease ${id}; it may be restored from a backup`);
    await recordReport(deps, input, lease);
    if (progress.kind !== 'revoking') return progress;

    const revokeUnderLock = async (lock: HeldLock): Promise<RecordResult> => {
      const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
      const { receipt, current, drift: driftBeforeWrite } = await ensureRevoked(deps, input, under);
      isRevoked = true;
      const drift =
        driftBeforeWrite ??
        (current && (await findAndRecordDrift(deps, current, { found: receipt.found, lock })));
      // The receipt is recorded under the lock too: whoever locks next must know that this lease is revoked (F15).
      return confirmRevoked(deps, input, { lease, lock, receipt, drift });
    };
    const revoke = (): Promise<RecordResult> => withAccessLock(ledger, lease, revokeUnderLock);
    // Without an intent nothing reached the provider, so no call is made.
    const { state, at } = await (lease.holding
      ? inTurn(deps, { lease, kind: kindOfEnd(lease), signal }, revoke)
      : revoke());
    await writeAfterwards(deps, id);
    return progressOf(state, at);
  } catch (error) {
    // When this attempt already revoked with the ledger's data, the undo, which is older, must not be used.
    if (!isRevoked) await revokeWithoutLedger(deps, input, error);
    throw error;
  }
}

/**
 * Uses the undo if the ledger is the reason why the attempt failed. Else notes the reason in the ledger. A ledger that can be written
 * may fail for a moment only, and it knows more than the undo. Whether it can record is shown by recording alone, so it
 * gets a few seconds for that.
 */
async function revokeWithoutLedger(
  deps: Deps,
  { lease, undo: sealed, signal, rememberReport }: RevokeInput,
  error: unknown,
): Promise<void> {
  const { ledger } = deps;
  const undo = isLedgerFailure(error) ? openUndo(deps, lease, sealed) : undefined;
  if (!undo || !(await isUndoDue(deps, undo, lease)))
    return ledger.noteLeaseFault(lease, messageOf(error)).catch(() => undefined); // The first error says more.
  const { provider, target } = targetAtProvider(deps, undo.target);
  await ensureUndone(undo, { provider, target }, { now: deps.clock(), signal });
  const report = sealReport(deps, undo, deps.clock());
  if (report !== undefined) rememberReport?.(report);
}

async function isUndoDue({ clock, ledger }: Deps, undo: Undo, lease: LeaseId): Promise<boolean> {
  const now = clock();
  const hasWaited = now - undo.intent.endsAt >= LIMITS.waitsForLedgerMs;
  return mayUndo(undo, now) && (hasWaited || !(await ledger.canWrite(lease)));
}

/** Records what an earlier attempt did while the ledger was unavailable. */
async function recordReport(deps: Deps, { via, report }: RevokeInput, lease: Lease): Promise<void> {
  const undoneAt = openReport(deps, lease, report);
  if (undoneAt === undefined) return;
  const { id, request } = lease;
  await deps.ledger.record({
    request,
    name: `undone/${id}/${undoneAt}`, // Each use is a step of its own.
    via,
    command: (_state, at) => ({ kind: 'report-undone', lease: id, undoneAt, at }),
  });
}

/** The ledger is unavailable, or failed in an unknown way. A failure of a provider is always another fault. */
const isLedgerFailure = (error: unknown): boolean =>
  !(error instanceof Fault) || error.code === 'ledger-unavailable';

const confirmRevoked = (
  { ledger }: Deps,
  { via }: RevokeInput,
  {
    lease: { id, request },
    receipt: { seen, note, untidied },
    drift,
    lock,
  }: Readonly<{ lease: Lease; receipt: Receipt; drift: Drift | undefined; lock: HeldLock }>,
): Promise<RecordResult> =>
  ledger.record({
    request,
    name: `revoked/${id}`,
    via,
    lock,
    command: (_state, at) => ({
      kind: 'confirm-revoked',
      lease: id,
      at,
      seen,
      ...noteOf(note, untidied),
      ...(drift ? { drift } : {}),
      ...(untidied === undefined ? {} : { untidied: true }),
    }),
  });

const noteOf = (...notes: readonly (string | undefined)[]): { note?: string } => {
  const note = notes.filter((each) => each !== undefined).join(' ');
  return note === '' ? {} : { note };
};

/**
 * The ledger knows of no write to the provider. It may have lost it in a failover: the undo is made after the intent.
 * An undo at another provider says nothing about this lease.
 */
async function revokeForgotten(
  deps: Deps,
  lease: Lease,
  undo: Undo | undefined,
  signal: AbortSignal,
): Promise<Receipt> {
  const lost = await deps.ledger.readPlanLine(lease.id);
  if (lost && lost.goneAt === undefined) {
    const entry = signedEntryOf(deps, lost);
    if (!entry.ok) throw new Error(entry.error);
    return endLostAccess(deps, entry.value, signal);
  }
  if (undo?.target.provider !== lease.target.provider) return NEVER_GRANTED;
  const { provider, target } = targetAtProvider(deps, undo.target);
  return ensureUndone(undo, { provider, target }, { now: deps.clock(), signal });
}

/**
 * A lease without an intent never reached its provider, and its intent would be refused now. A lease that was revoked
 * while we waited for the lock has its receipt: what the account has now belongs to other leases.
 */
async function ensureRevoked(
  deps: Deps,
  { lease: id, undo: sealed }: RevokeInput,
  under: UnderLock,
): Promise<Revoked> {
  const lease = await deps.ledger.readLease(id);
  if (lease?.state === 'revoked') return { receipt: ALREADY_REVOKED };
  if (lease?.state !== 'revoke-started')
    throw new Fault('superseded', `lease ${id} must not be revoked: it is ${lease?.state}`);
  const { lock, signal } = under;
  if (!lease.holding) {
    lock.markWriting();
    return { receipt: await revokeForgotten(deps, lease, openUndo(deps, id, sealed), signal) };
  }
  const before = leaseAtProvider(deps, lease);
  const shown = await readLevelBefore(before, under);
  // What somebody lowered is recorded before the first write, so that no failure after it can hide it (I22).
  const drift = await findAndRecordDrift(deps, before, { found: shown, lock });
  const current = drift ? leaseAtProvider(deps, (await deps.ledger.readLease(id)) ?? lease) : before;
  const intent = await remainingWithLost(deps, current);
  const kept = receiptWithoutRevocation(current, intent, shown);
  if (kept) return { receipt: kept, current, drift };
  lock.markWriting();
  deps.readUseBeside?.(id, current.provider.name);
  return { receipt: await current.provider.ensureAbsent(intent, signal), current, drift };
}
