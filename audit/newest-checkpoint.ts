import type { LogLedger, LogSnapshot } from '../ledger/index.ts';
import type { Checkpoint } from './note/checkpoint.ts';
import { openCheckpoint } from './note/open.ts';
import type { VerifierKey } from './note/vkey.ts';

/** A published note of this size. */
export type Note = Readonly<{ size: number; note: string }>;

/** A checkpoint of the log that a trusted key signed. The root is in base64. */
export type SignedHead = Readonly<{ origin: string; size: number; root: string }>;

/** The newest checkpoint in a snapshot, with its note. Throws when none was published that a trusted key signed. */
export async function newestCheckpoint(
  snapshot: Pick<LogSnapshot, 'newestNote'>,
  trusted: readonly VerifierKey[],
): Promise<Readonly<{ note: Note; checkpoint: SignedHead }>> {
  const note = await snapshot.newestNote();
  if (!note) throw new Error('no checkpoint of the log was published yet');
  const opened = openCheckpoint(note.note, trusted);
  if (!opened.ok) throw new Error(`the newest checkpoint does not count: ${opened.error}`);
  const { origin, size, root } = opened.value;
  return { note, checkpoint: { origin, size, root: root.toString('base64') } };
}

/** The newest checkpoint that the ledger stores, and its note. Undefined when none was published. Throws when no trusted key signed it. */
export async function storedCheckpoint(
  ledger: Pick<LogLedger, 'newestCheckpoint'>,
  trusted: readonly VerifierKey[],
): Promise<Readonly<{ note: string; checkpoint: Checkpoint }> | undefined> {
  const newest = await ledger.newestCheckpoint();
  if (!newest) return undefined;
  const opened = openCheckpoint(newest.note, trusted);
  if (!opened.ok)
    throw new Error(
      `no known key signed the newest checkpoint of the ledger: ${opened.error}. Keep the old public key in CURFEW_LOG_PUBLIC_KEYS until a checkpoint of the new one is published`,
    );
  return { note: newest.note, checkpoint: opened.value };
}
