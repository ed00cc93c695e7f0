import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexedRow, Ledger } from '../../ledger/index.ts';
import { type OrderedBy, orderedCopy } from '../copy.ts';
import { type ExportSize, type ExportedLog, exportLog, makeEmpty } from '../export.ts';
import { newestCheckpoint, type Note, type SignedHead } from '../newest-checkpoint.ts';
import { proofsOf, withCosignatures } from '../prove.ts';
import { chosenIds } from '../verify/verify.mjs';
import { type AnswerRow, writeAnswers, writeLines } from './answers.ts';
import { writeChecksums } from './checksums.ts';
import { questionsOf } from './controls.ts';
import {
  askedOf,
  contentsOf,
  type EvidenceAbout,
  type EvidenceCounts,
  type EvidenceOrder,
} from './contents.ts';
import { evidencePage } from './page.ts';
import { isInLog } from './questions.ts';

/** What was made. `checksum` is the SHA-256, in hex, of the file with the hashes of all others. */
export type EvidenceMade = Readonly<{
  exported: ExportSize;
  checkpoint: SignedHead;
  counts: EvidenceCounts;
  sampled: number;
  checksum: string;
}>;

/**
 * Makes evidence in an empty folder: an export of the log, and in `evidence/` the answers to the questions of the controls, a sample with
 * proofs, and the hashes of all files. First the order becomes an entry of the log. The answers are made from the entries up to it. docs/verify.md
 * describes the files. Throws when the folder has files, and when no checkpoint covers the order in time.
 */
export async function writeEvidence(
  ledger: Ledger,
  folder: string,
  order: EvidenceOrder,
  { log, by }: Readonly<{ log: ExportedLog; by: OrderedBy }>,
): Promise<EvidenceMade> {
  await makeEmpty(folder);
  const ordered = await orderedCopy(ledger, by, askedOf(order));
  const names = questionsOf(order.controls).filter(isInLog);
  let newest: Readonly<{ note: Note; checkpoint: SignedHead }> | undefined;
  const exported = await exportLog(ledger, folder, log, async (snapshot) => {
    newest = await newestCheckpoint(snapshot, log.trusted);
  });
  if (!newest) throw new Error('the snapshot of the log was not read');
  const place = join(folder, 'evidence');
  await mkdir(place);
  const { answers, root, incompleteBefore } = await writeAnswers(folder, names, {
    ...order,
    order: ordered.id,
    answeredAt: ordered.at,
  });
  const counts = new Map(names.map((name) => [name, answers.get(name)?.length ?? 0]));
  const grants = answers.get('grants') ?? [];
  const sample = { wanted: order.sample, grants, root, folder };
  const note = await withCosignatures(ledger, newest.note);
  const sampled = await writeSample(ledger, { ...sample, note });
  const { checkpoint } = newest;
  const about: EvidenceAbout = { order, ordered, names, counts, checkpoint, incompleteBefore, sampled };
  await writeFile(join(place, 'controls.json'), `${JSON.stringify(contentsOf(about), null, 2)}\n`, {
    mode: 0o600,
  });
  await writeFile(join(place, 'README.md'), evidencePage(about), { mode: 0o600 });
  return { exported, checkpoint, counts, sampled, checksum: await writeChecksums(folder) };
}

type Sampling = Readonly<{
  wanted: number;
  grants: readonly AnswerRow[];
  root: string;
  note: Note;
  folder: string;
}>;

/** Writes the rows that the root of the log chooses, and the proofs of their events. Returns how many rows. */
async function writeSample(
  ledger: Ledger,
  { wanted, grants, root, note, folder }: Sampling,
): Promise<number> {
  const byId = new Map(grants.map((row) => [String(row['id']), row]));
  const ids = chosenIds([...byId.keys()], root, wanted);
  const rows = ids.map((each) => byId.get(each)).filter((row) => row !== undefined);
  const proofs: string[] = [];
  for (const row of rows) {
    const known = await proofsOf(ledger, await eventsOf(ledger, row), note);
    for (const event of eventsOfGrant(row)) proofs.push(JSON.stringify(known.get(event)));
  }
  await writeLines(
    join(folder, 'evidence', 'sample.jsonl'),
    rows.map((row) => JSON.stringify(row)),
  );
  await writeLines(join(folder, 'evidence', 'sample-proofs.jsonl'), proofs);
  return rows.length;
}

const eventsOf = async (ledger: Ledger, row: AnswerRow): Promise<readonly IndexedRow[]> => {
  const wanted = new Set(eventsOfGrant(row));
  return (await ledger.entriesOfRequest(String(row['request_id']))).filter(({ id }) => wanted.has(id));
};

/** The events that prove a row of the question `grants`: the approvals, the read that showed the access, and the receipt. */
export const eventsOfGrant = ({ approvals, granted_event, receipt }: AnswerRow): readonly string[] => [
  ...(Array.isArray(approvals) ? (approvals as readonly string[]) : []),
  ...[granted_event, receipt].filter((id) => typeof id === 'string'),
];
