import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../core/ids.ts';
import type { AuditRow, Ledger } from '../../ledger/index.ts';
import { answerTime } from '../answer-time.ts';
import { type Exported, type ExportedLog, exportLog, lineWriter } from '../export.ts';
import { newestCheckpoint, type Note, type SignedHead } from '../newest-checkpoint.ts';
import { proofsUnder } from '../prove.ts';
import { incompleteBefore } from '../questions/index.ts';
import { type ColumnsOf, jsonLine, writeAnswer } from './answers.ts';
import { writeChecksums } from './checksums.ts';
import { questionsOf } from './controls.ts';
import { type EvidenceAbout, type EvidenceCounts, type EvidenceOrder, contentsOf } from './contents.ts';
import { evidencePage } from './page.ts';
import type { EvidenceName } from './questions.ts';
import { eventsOfGrant, sampling } from './sample.ts';

/** What was made. `checksum` is the SHA-256, in hex, of the file with the hashes of all others. */
export type EvidenceMade = Readonly<{
  exported: Exported;
  checkpoint: SignedHead;
  counts: EvidenceCounts;
  sampled: number;
  checksum: string;
}>;

/**
 * Makes evidence in an empty folder: an export of the log, and in `evidence/` the answers to the questions of the controls, a sample with
 * proofs, and the hashes of all files. The answers are read in the same snapshot as the log. docs/verify.md describes the files.
 * Throws when the folder has files, when no checkpoint was published that a trusted key signed, and while the clock of the database is
 * behind the newest entry: then nobody could tell such evidence from an older answer.
 */
export async function writeEvidence(
  ledger: Ledger,
  folder: string,
  order: EvidenceOrder,
  { log, columnsOf }: Readonly<{ log: ExportedLog; columnsOf: ColumnsOf }>,
): Promise<EvidenceMade> {
  const place = join(folder, 'evidence');
  const names = questionsOf(order.controls);
  const counts = new Map<EvidenceName, number>();
  const whole = await incompleteBefore(ledger);
  let answeredAt = 0 as Instant;
  let found: Readonly<{ note: Note; checkpoint: SignedHead; rows: ReturnType<typeof sampling> }> | undefined;
  const exported = await exportLog(ledger, folder, log, async (snapshot, newestAt) => {
    answeredAt = await answerTime(ledger, newestAt);
    const newest = await newestCheckpoint(snapshot, log.trusted);
    const rows = sampling(newest.checkpoint.root, order.sample);
    found = { ...newest, rows };
    await mkdir(place);
    for (const name of names)
      counts.set(
        name,
        await writeAnswer(
          snapshot,
          { name, asked: order.asked, folder: place },
          { columnsOf, visit: name === 'grants' ? rows.visit : () => undefined },
        ),
      );
  });
  if (!found) throw new Error('the snapshot of the log was not read');
  const { checkpoint, note, rows } = found;
  const sampled = rows.rows();
  await writeSample(ledger, place, { rows: sampled, note });
  const about: EvidenceAbout = {
    order,
    names,
    counts,
    checkpoint,
    answeredAt,
    whole,
    sampled: sampled.length,
  };
  const contents = JSON.stringify(contentsOf(ledger, about), null, 2);
  await writeFile(join(place, 'controls.json'), `${contents}\n`, { mode: 0o600 });
  await writeFile(join(place, 'README.md'), evidencePage(about), { mode: 0o600 });
  return { exported, checkpoint, counts, sampled: sampled.length, checksum: await writeChecksums(folder) };
}

/** The sampled rows, and the proofs of the events that the checkpoint covers, as `prove-check` reads them. */
async function writeSample(
  ledger: Ledger,
  place: string,
  { rows, note }: Readonly<{ rows: readonly AuditRow[]; note: Note }>,
): Promise<void> {
  const sample = lineWriter(join(place, 'sample.jsonl'));
  const proofs = lineWriter(join(place, 'sample-proofs.jsonl'));
  for (const row of rows) {
    await sample.write(jsonLine(row));
    const known = await proofsUnder(ledger, String(row['request_id']), note);
    for (const event of eventsOfGrant(row)) {
      const proof = known.get(event);
      if (proof) await proofs.write(jsonLine(proof));
    }
  }
  await Promise.all([sample.end(), proofs.end()]);
}
