import type { LogLedger } from '../ledger/index.ts';
import { filesBetween, tileReader } from './log-reader.ts';
import { storedCheckpoint } from './newest-checkpoint.ts';
import { type Checkpoint, checkpointText } from './note/checkpoint.ts';
import { openCheckpoint } from './note/open.ts';
import { type Signer, signNote } from './note/sign.ts';
import type { VerifierKey } from './note/vkey.ts';
import type { Update } from './places/place.ts';
import { consistencyPath, rootAt } from './tree/proofs.ts';

/** The name of the log, the keys that sign its checkpoints, and those of which one must have signed a checkpoint that counts. */
export type LogKeys = Readonly<{
  name: string;
  signers: readonly Signer[];
  trusted: readonly VerifierKey[];
}>;

/** Signs the checkpoint of the first `size` entries, with what places need to publish it. */
export async function signedUpdate(
  ledger: LogLedger,
  { name, signers, trusted }: LogKeys,
  size: number,
): Promise<Update> {
  const checkpoint: Checkpoint = { origin: name, size, root: await rootAt(size, tileReader(ledger)) };
  return updateOf(ledger, trusted, { checkpoint, note: signNote(checkpointText(checkpoint), signers) });
}

/**
 * The newest checkpoint of the ledger, with what places need to publish it again. Undefined when none was published. Throws when no trusted
 * key signed it.
 */
export async function storedUpdate(
  ledger: LogLedger,
  { trusted }: Pick<LogKeys, 'trusted'>,
): Promise<Update | undefined> {
  const stored = await storedCheckpoint(ledger, trusted);
  return stored && updateOf(ledger, trusted, stored);
}

function updateOf(
  ledger: LogLedger,
  trusted: LogKeys['trusted'],
  { checkpoint, note }: Pick<Update, 'checkpoint' | 'note'>,
): Update {
  const read = tileReader(ledger);
  const { size } = checkpoint;
  return {
    note,
    checkpoint,
    open: (note) => openCheckpoint(note, trusted),
    rootAt: (at) => rootAt(at, read),
    filesFrom: (from) => filesBetween(ledger, from, size),
    consistencyFrom: (from) => (from === 0 ? Promise.resolve([]) : consistencyPath(from, size, read)),
  };
}
