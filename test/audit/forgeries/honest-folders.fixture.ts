import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROLS } from '../../../audit/evidence/controls.ts';
import { writeEvidence } from '../../../audit/evidence/write-folder.ts';
import { exportLog } from '../../../audit/export.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { proveConsistency, proveRequest } from '../../../audit/prove.ts';
import { writeReview } from '../../../audit/reviews/write-folder.ts';
import {
  checkProofs,
  reportLines,
  UsageError,
  type Verdict,
  verifyBundle,
} from '../../../audit/verify/verify.mjs';
import type { Instant, RequestId } from '../../../core/ids.ts';
import type { ReviewId } from '../../../core/reviews/review.ts';
import { ORDERED_BY, PERIOD, startEvidence } from '../evidence/evidence.fixture.ts';
import { LOG_NAME, trusted } from '../log.fixture.ts';
import { whilePublished } from '../published.fixture.ts';
import { type Files, readFolder, withChecksums, withText, writeFolder } from './files.ts';
import { publishWitnessed, witness } from './witnessed-log.fixture.ts';
import { decidedReview, recordRequests } from './recorded.fixture.ts';

export const KINDS = ['export', 'evidence', 'review', 'proofs'] as const;
/** What an auditor gets: a bundle alone, one with evidence, one with a review, or a file with proofs. */
export type Kind = (typeof KINDS)[number];

/** The file of a folder of the kind `proofs`. */
export const PROOFS = 'proofs.jsonl';

/** What the verifier says, and the lines that it prints. */
export type Said = Readonly<{ verdict: Verdict; lines: readonly string[]; problems: readonly string[] }>;

/** Two honest folders of each kind from one log. `other` is later, and of another period, scope, review or request. */
export type HonestFolders = Readonly<
  Record<Kind, Readonly<{ files: Files; other: Files }>> & {
    /** What the verifier says of a folder to somebody who has the key of the log and of its witness. The list of hashes is made right before. */
    verdictOf: Readonly<Record<Kind, (files: Files) => Said>>;
    stop: () => Promise<void>;
  }
>;

const keys = [...trusted, verifierKey(witness.name, witness.privateKey, 'cosignature')].map(
  ({ text }) => text,
);
const HOUR_MS = 3_600_000;

/** Makes the honest folders from a ledger with the histories of a seed. */
export async function startHonestFolders(seed: number): Promise<HonestFolders> {
  const fixture = await startEvidence(seed, 16);
  const { ledger, url } = fixture;
  const parent = mkdtempSync(join(tmpdir(), 'curfew-forgeries-'));
  const publish = () => publishWitnessed(ledger);
  const log = { name: LOG_NAME, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  let folders = 0;
  const made = async (make: (folder: string) => Promise<unknown>): Promise<Files> => {
    const folder = join(parent, `honest-${(folders += 1)}`);
    await whilePublished(publish, make(folder));
    return readFolder(folder);
  };
  const bundle = async (): Promise<Files> => {
    const newest = await ledger.newestCheckpoint();
    const places = new Map([['bucket', newest?.note ?? '']]);
    return made((folder) => exportLog(ledger, folder, { ...log, places }));
  };
  const evidence = (asked: Parameters<typeof writeEvidence>[2]['asked'], sample: number) =>
    made((folder) =>
      writeEvidence(ledger, folder, { controls: CONTROLS, asked, sample }, { log, by: ORDERED_BY }),
    );
  const review = (id: ReviewId) => made((folder) => writeReview(ledger, folder, id, { log, by: ORDERED_BY }));
  const proofs = async (request: RequestId): Promise<Files> => {
    const proven = await proveRequest(ledger, request, trusted);
    const older = await ledger.checkpointAt(firstSize);
    const grown = await proveConsistency(ledger, older?.size ?? 0, undefined);
    if (!proven.ok || !grown.ok) throw new Error('there is no proof');
    const lines = [...proven.value, grown.value].map((proof) => `${JSON.stringify(proof)}\n`);
    return withText(new Map(), PROOFS, lines.join(''));
  };

  const requests = await recordRequests(ledger, url);
  await publish();
  const firstSize = (await ledger.logProgress()).published;
  const first = await bundle();
  const sampled = await decidedReview(ledger, publish, { wanted: 5 });
  const narrow = await decidedReview(ledger, publish, { scope: { person: ['ana'] } });
  const honest = {
    evidence: {
      files: await evidence(PERIOD, 8),
      other: await evidence(
        { ...PERIOD, from: (PERIOD.from + HOUR_MS) as Instant, entitlement: 'orders-db' },
        4,
      ),
    },
    review: { files: await review(sampled), other: await review(narrow) },
    proofs: { files: await proofs(requests.granted), other: await proofs(requests.denied) },
    export: { files: first, other: await bundle() },
  };

  const scratch = join(parent, 'changed');
  const ofFolder = (files: Files): Said => {
    writeFolder(scratch, withChecksums(files));
    const report = verifyBundle(scratch, { keys });
    const problems = report.problems.map(({ text }) => text);
    return { verdict: report.verdict, lines: reportLines(report), problems };
  };
  const ofProofs = (files: Files): Said => {
    writeFolder(scratch, files);
    try {
      const { verdict, lines } = checkProofs(join(scratch, PROOFS), keys);
      return { verdict, lines, problems: [] };
    } catch (error) {
      // The command says that the file has no proof, with another exit code.
      if (error instanceof UsageError) return { verdict: 'failed', lines: [error.message], problems: [] };
      throw error;
    }
  };
  return {
    ...honest,
    verdictOf: { export: ofFolder, evidence: ofFolder, review: ofFolder, proofs: ofProofs },
    async stop() {
      await fixture.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
