import { highestLevel } from '../core/holding.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { Intent, Provider, Receipt } from '../providers/provider.ts';

/**
 * All that a revocation needs while the ledger is unavailable: which account, which target, the level that must remain, and
 * the time from which that is allowed. `level` is the prior state. `others` are the other leases of the access that were known
 * when the undo was sealed: each keeps its level until its end (I6). Version 0.1.0 sealed none.
 */
export type Undo = Readonly<{
  intent: Omit<Intent<unknown>, 'target'>;
  others?: readonly Readonly<{ level: string; endsAt: Instant }>[];
  target: RequestedTarget;
}>;

/**
 * Lowers the account to the prior state and to the other leases of the undo that have not ended by this process's clock. A lease that was granted after the undo was sealed may
 * lose its access. It is granted again when the ledger is back. When the provider shows less than another lease gives, that
 * one was ended early, so it does not count (I3).
 */
export async function ensureUndone(
  { intent, others = [] }: Undo,
  { provider, target }: Readonly<{ provider: Provider; target: unknown }>,
  { now, signal }: Readonly<{ now: Instant; signal: AbortSignal }>,
): Promise<Receipt> {
  const ladder = provider.ladder(target);
  let levels = others.filter(({ endsAt }) => now < endsAt).map(({ level }) => level);
  for (;;) {
    const level = highestLevel(ladder, [intent.level, ...levels]);
    const receipt = await provider.ensureAbsent({ ...intent, target, level }, signal);
    const shown = levels.filter((each) => ladder.indexOf(each) <= ladder.indexOf(receipt.level));
    if (shown.length === levels.length) return receipt;
    levels = shown;
  }
}

/**
 * An undo that only a process with the undo key of its provider can make or read. Temporal keeps it with the heartbeats
 * and the result of a grant. It is bound to its lease, so it cannot be used for another one (T41).
 */
export type SealedUndo = string;

/** The undo keys of this process, by the name of their provider. */
export type UndoSealers = ReadonlyMap<string, Sealer>;

type Sealing = Readonly<{ undoSealers: UndoSealers }>;

const contextOf = (lease: LeaseId): string => `undo ${lease}`;

/** Seals an undo with the key of its provider. Without that key there is none, and the revocation needs the ledger. */
export const sealUndo = ({ undoSealers }: Sealing, undo: Undo): SealedUndo | undefined =>
  undoSealers
    .get(undo.target.provider)
    ?.seal(JSON.stringify(undo), contextOf(undo.intent.lease))
    .toString('base64');

/**
 * The undo of this lease, or undefined when none of our keys sealed it for this lease. While the ledger is unavailable, nobody
 * knows the provider of the lease, so each key is tried. A key counts only for an undo at its own provider.
 */
export function openUndo({ undoSealers }: Sealing, lease: LeaseId, sealed: unknown): Undo | undefined {
  for (const [provider, sealer] of undoSealers) {
    const text = openedText(sealer, sealed, contextOf(lease));
    const undo = text === undefined ? undefined : (JSON.parse(text) as Undo);
    if (undo?.target.provider === provider) return undo;
  }
  return undefined;
}

/** What was sealed for this context, or undefined when this key did not seal it. */
function openedText(sealer: Sealer | undefined, sealed: unknown, context: string): string | undefined {
  if (typeof sealed !== 'string') return undefined;
  try {
    return sealer?.open(Buffer.from(sealed, 'base64'), context);
  } catch {
    return undefined;
  }
}

/** Says that a process used the undo of a lease, and when. It travels with heartbeats until the ledger is back. */
export type SealedReport = string;

const reportContextOf = (lease: LeaseId): string => `undone ${lease}`;

/** Seals a report with the key of the provider where the undo was used. */
export const sealReport = (
  { undoSealers }: Sealing,
  { intent: { lease }, target: { provider } }: Undo,
  undoneAt: Instant,
): SealedReport | undefined =>
  undoSealers.get(provider)?.seal(String(undoneAt), reportContextOf(lease)).toString('base64');

/** When the undo of this lease was used, or undefined when the key of its provider did not seal that. */
export function openReport(
  { undoSealers }: Sealing,
  { id, target: { provider } }: Readonly<{ id: LeaseId; target: RequestedTarget }>,
  sealed: unknown,
): Instant | undefined {
  const text = openedText(undoSealers.get(provider), sealed, reportContextOf(id));
  return text === undefined ? undefined : (Number(text) as Instant);
}

/** An earlier end than that of the lease waits for the ledger. `now` is the time of this process. */
export const mayUndo = ({ intent }: Undo, now: Instant): boolean => now >= intent.endsAt;
