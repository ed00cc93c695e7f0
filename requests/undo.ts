import type { Instant, LeaseId } from '../core/ids.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { Intent } from '../providers/provider.ts';

/**
 * All that a revocation needs while the ledger is away: which account, which target, the level that must remain, and
 * the time from which that is allowed. `level` is the prior state: while the ledger is away, nobody can tell whether
 * other leases are still live.
 */
export type Undo = Readonly<{ intent: Omit<Intent<unknown>, 'target'>; target: RequestedTarget }>;

/**
 * An undo that only a process with the undo key can make or read. Temporal keeps it with the heartbeats and the result
 * of a grant. It is bound to its lease, so it cannot be used for another one (T41).
 */
export type SealedUndo = string;

type Sealing = Readonly<{ undoSealer: Sealer }>;

const contextOf = (lease: LeaseId): string => `undo ${lease}`;

export const sealUndo = ({ undoSealer }: Sealing, undo: Undo): SealedUndo =>
  undoSealer.seal(JSON.stringify(undo), contextOf(undo.intent.lease)).toString('base64');

/** The undo of this lease, or undefined when it was not sealed for it with our key. */
export function openUndo({ undoSealer }: Sealing, lease: LeaseId, sealed: unknown): Undo | undefined {
  if (typeof sealed !== 'string') return undefined;
  try {
    return JSON.parse(undoSealer.open(Buffer.from(sealed, 'base64'), contextOf(lease))) as Undo;
  } catch {
    return undefined;
  }
}

/** Says that a process used the undo of a lease, and when. It travels with heartbeats until the ledger is back. */
export type SealedReport = string;

const reportContextOf = (lease: LeaseId): string => `undone ${lease}`;

export const sealReport = ({ undoSealer }: Sealing, lease: LeaseId, undoneAt: Instant): SealedReport =>
  undoSealer.seal(String(undoneAt), reportContextOf(lease)).toString('base64');

/** When the undo of this lease was used, or undefined when our key did not seal that. */
export function openReport({ undoSealer }: Sealing, lease: LeaseId, sealed: unknown): Instant | undefined {
  if (typeof sealed !== 'string') return undefined;
  try {
    return Number(undoSealer.open(Buffer.from(sealed, 'base64'), reportContextOf(lease))) as Instant;
  } catch {
    return undefined;
  }
}

/** An earlier end than that of the lease waits for the ledger. `now` is the time of this process. */
export const mayUndo = ({ intent }: Undo, now: Instant): boolean => now >= intent.endsAt;
