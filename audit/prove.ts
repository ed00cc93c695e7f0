import type { IndexedRow, LogLedger } from '../ledger/index.ts';
import { entryOf } from './entry.ts';
import { tileReader } from './log-reader.ts';
import type { Note } from './newest-checkpoint.ts';
import { withCosigned } from './note/cosignature.ts';
import { openCheckpoint } from './note/open.ts';
import type { VerifierKey } from './note/vkey.ts';
import { no, ok, type Result } from '../core/result.ts';
import { consistencyPath, inclusionPath } from './tree/proofs.ts';

/** Proves that an entry is in the log of a signed checkpoint. An auditor keeps it. docs/verify.md describes it. */
export type InclusionProof = Readonly<{
  format: 'curfew-inclusion-proof/1';
  entry: string;
  index: number;
  size: number;
  path: readonly string[];
  note: string;
}>;

/** Proves that a later checkpoint only added entries to an earlier one. */
export type ConsistencyProof = Readonly<{
  format: 'curfew-consistency-proof/1';
  from: Readonly<{ note: string }>;
  to: Readonly<{ note: string }>;
  path: readonly string[];
}>;

const base64 = (hashes: readonly Buffer[]): readonly string[] =>
  hashes.map((hash) => hash.toString('base64'));

/** The proofs for all events of a request that the newest published checkpoint covers. The error says why there is none. */
export async function proveRequest(
  ledger: LogLedger,
  request: string,
  trusted: readonly VerifierKey[],
): Promise<Result<readonly InclusionProof[], string>> {
  const newest = await ledger.newestCheckpoint();
  if (!newest) return no('no checkpoint of the log was published yet');
  const opened = openCheckpoint(newest.note, trusted);
  if (!opened.ok) return no(`the newest checkpoint: ${opened.error}`);
  const { size } = opened.value;
  const note = await withCosignatures(ledger, { size, note: newest.note });
  const proofs = await proofsOf(ledger, await ledger.entriesOfRequest(request), note);
  return proofs.size > 0
    ? ok([...proofs.values()])
    : no('no published checkpoint covers an event of this request yet');
}

/** A published note with what witnesses signed below it. */
export async function withCosignatures(
  ledger: Pick<LogLedger, 'cosignaturesAt'>,
  { size, note }: Note,
): Promise<Note> {
  return { size, note: withCosigned(note, await ledger.cosignaturesAt(size)) };
}

/** The proofs for those of these rows that are in the log of a checkpoint, by their ids. */
export async function proofsOf(
  ledger: Pick<LogLedger, 'readLogTile'>,
  rows: readonly IndexedRow[],
  { size, note }: Readonly<{ size: number; note: string }>,
): Promise<ReadonlyMap<string, InclusionProof>> {
  const read = tileReader(ledger);
  const proofs = new Map<string, InclusionProof>();
  for (const { index, ...row } of rows) {
    if (index === null || index >= size) continue;
    const path = base64(await inclusionPath(index, size, read));
    const entry = entryOf(row).bytes.toString();
    proofs.set(row.id, { format: 'curfew-inclusion-proof/1', entry, index, size, path, note });
  }
  return proofs;
}

/** The proof from the published checkpoint of one size to that of another one. The error names the size that has none. */
export async function proveConsistency(
  ledger: LogLedger,
  from: number,
  to: number | undefined,
): Promise<Result<ConsistencyProof, string>> {
  const older = await ledger.checkpointAt(from);
  const newer = to === undefined ? await ledger.newestCheckpoint() : await ledger.checkpointAt(to);
  if (!older) return no(`no checkpoint of ${from} entries was published`);
  if (!newer)
    return no(
      to === undefined ? 'no checkpoint was published yet' : `no checkpoint of ${to} entries was published`,
    );
  if (newer.size < older.size) return no('the first size must be the smaller one');
  const path = base64(await consistencyPath(older.size, newer.size, tileReader(ledger)));
  return ok({
    format: 'curfew-consistency-proof/1',
    from: { note: (await withCosignatures(ledger, older)).note },
    to: { note: (await withCosignatures(ledger, newer)).note },
    path,
  });
}
