import { answersFrom, chosenIds } from '../../../../audit/verify/verify.mjs';
import { type Files, jsonLines, KEY, type Log, ORIGIN } from '../bundle.fixture.ts';
import type { Row } from '../rows.fixture.ts';
import { inclusionPath, type Signer } from '../signed-log.fixture.ts';
import { whileWritten, withFile } from './false-folder.fixture.ts';
import {
  bundleOf,
  eventRow,
  instantAt,
  otherRow,
  requestedRow,
  shaOf,
  signedLog,
  timeAt,
} from './honest-log.fixture.ts';

// Evidence of a small log, which is made without a ledger. The answers are made as Curfew makes them.

/** The events of a request whose access was granted and revoked. */
export const grantedRows = (
  name: string,
  minute: number,
  by: string,
  details: object = {},
): readonly Row[] => {
  const request = `req_${name}`;
  const lease = `lease_${name}`;
  return [
    requestedRow(request, minute, details),
    eventRow(request, 1, minute + 1, { kind: 'approved', by, stage: 0, digest: 'd' }),
    eventRow(request, 2, minute + 2, {
      kind: 'grant-started',
      leases: [lease],
      endsAt: instantAt(minute + 62),
    }),
    eventRow(request, 3, minute + 3, { kind: 'granted', lease }),
    eventRow(request, 4, minute + 50, { kind: 'revoked', lease }),
    eventRow(request, 5, minute + 51, { kind: 'closed', ending: { kind: 'expired' } }),
  ];
};

const ROWS: readonly Row[] = [
  ...grantedRows('a', 0, 'bo'),
  ...grantedRows('b', 100, 'ana', { requester: 'bo' }),
  ...grantedRows('c', 200, 'bo'),
];
const ORDER = '0f1c0000-0000-4000-8000-000000000001';
/** A purge after which no entry has only its hash. */
export const PURGE = otherRow('purge', '0f1c0000-0000-4000-8000-000000000002', 450, {
  by: 'root',
  before: timeAt(0),
});

/** A control with its questions, and how it is written in an order. */
type Control = Readonly<{ framework: string; id: string; questions: readonly string[] }>;
export const CC6_2: Control = {
  ...{ framework: 'soc2', id: 'CC6.2' },
  questions: ['grants', 'approvals', 'self-approvals', 'refusals', 'review-decisions', 'endings'],
};
/** A control without a sample, because none of its questions is `grants`. */
export const AU_10: Control = {
  ...{ framework: 'nist-800-53', id: 'AU-10' },
  questions: ['approvals', 'decisions', 'readings'],
};

/** What evidence is made of. */
export type EvidenceParts = Readonly<{
  controls?: readonly Control[];
  entitlement?: string | null;
  sample?: number;
  /** Whether requests from before the period were purged. */
  purged?: boolean;
  signers?: readonly Signer[];
  /** What the entry of the order says. */
  ordered?: (order: object) => object;
  /** What controls.json says. */
  contents?: (contents: Record<string, unknown>) => object;
  /** Other files of the evidence. The hashes of all files are written afterwards. */
  change?: (files: Files) => Files;
}>;

/** The proof of an entry in the newest checkpoint of a log, or in that of another size. */
export function proofOf(log: Log, index: number, size = log.rows.length): object {
  const note = log.notes.find((each) => each.size === size)?.note;
  const entry = log.entries[index]?.toString();
  const path = inclusionPath(log.tree, index, size).map((each) => each.toString('base64'));
  return { format: 'curfew-inclusion-proof/1', entry, index, size, path, note };
}

/** The checkpoint of a size, as the contents of evidence name it. */
export const checkpointIn = ({ tree }: Log, size: number): object => ({
  ...{ origin: ORIGIN, size, root: tree.root(size).toString('base64') },
});

/** The list with the hashes of all other files of the bundle. */
export const SUMS = 'bundle/evidence/SHA256SUMS';

/** The files with the list of their hashes as it must be. */
export function withChecksums(files: Files): Files {
  const listed = [...files]
    .filter(([path]) => path.startsWith('bundle/') && path !== SUMS)
    .map(([path, bytes]) => [path.slice('bundle/'.length), bytes] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return withFile(files, SUMS, listed.map(([path, bytes]) => `${shaOf(bytes)}  ${path}\n`).join(''));
}

/** The files of evidence. Without parts it is honest. */
export function evidenceFiles(parts: EvidenceParts = {}): Files {
  const { controls = [CC6_2], entitlement = null, sample = 2, ordered = (order) => order } = parts;
  const { contents = (all) => all, change = (files) => files } = parts;
  const period = { from: timeAt(0), to: timeAt(400), entitlement, provider: null };
  const order = ordered({
    ...{ kind: 'evidence', ...period, sample, by: 'dee', via: 'cli' },
    controls: controls.map(({ framework, id }) => `${framework} ${id}`),
  });
  const rows = [...ROWS, ...(parts.purged ? [PURGE] : []), otherRow('copy', ORDER, 500, order)];
  const log = signedLog(rows, { sizes: [5, rows.length], signers: parts.signers ?? [KEY] });
  const bundle = bundleOf(log, []);
  const names = [...new Set(controls.flatMap(({ questions }) => questions))];
  const { answers, root, incompleteBefore } = whileWritten({ files: bundle }, (folder) =>
    answersFrom(`${folder}/bundle`, {
      ...{ names, order: ORDER },
      asked: {
        from: instantAt(0),
        to: instantAt(400),
        answeredAt: instantAt(500),
        scope: { entitlement, provider: null },
      },
    }),
  );
  const chosen = chosenRows(answers.find(({ name }) => name === 'grants')?.rows ?? [], root, sample);
  const events = chosen.flatMap((row) => [row['approvals'], row['granted_event'], row['receipt']].flat());
  const proofs = events.map((id) => proofOf(log, indexOf(rows, id)));
  const rowsOf = (question: string) => answers.find(({ name }) => name === question)?.rows.length ?? 0;
  const about = contents({
    ...{ format: 'curfew-evidence/2', order: ORDER, ...period, incompleteBefore },
    ...{ checkpoint: checkpointIn(log, rows.length), sample: { wanted: sample, rows: chosen.length } },
    ...{ controls, answers: names.map((question) => ({ question, rows: rowsOf(question) })) },
  });
  const files = new Map<string, Buffer>([
    ...bundle,
    ...answers.flatMap(({ name, csv, jsonl }) => [
      fileOf(`${name}.csv`, csv),
      fileOf(`${name}.jsonl`, jsonl),
    ]),
    ['bundle/evidence/sample.jsonl', jsonLines(chosen)],
    ['bundle/evidence/sample-proofs.jsonl', jsonLines(proofs)],
    fileOf('controls.json', [JSON.stringify(about)]),
    fileOf('README.md', ['Evidence']),
  ]);
  return withChecksums(change(files));
}

type Fields = Readonly<Record<string, unknown>>;

const chosenRows = (grants: readonly Fields[], root: string, most: number): readonly Fields[] => {
  const ids = grants.map((row) => String(row['id']));
  const chosen = chosenIds(ids, root, most).map((id) => grants.find((row) => row['id'] === id));
  return chosen.filter((row) => row !== undefined);
};

const indexOf = (rows: readonly Row[], id: unknown): number => rows.findIndex((row) => row.id === id);

const fileOf = (name: string, lines: readonly string[]): readonly [string, Buffer] => [
  `bundle/evidence/${name}`,
  Buffer.from(lines.map((line) => `${line}\n`).join('')),
];
