import { type Files, KEY, WITNESS } from '../bundle.fixture.ts';
import {
  AU_10,
  CC6_2,
  evidenceFiles,
  type EvidenceParts,
  SUMS,
  withChecksums,
} from './evidence-folder.fixture.ts';
import {
  edited,
  type FalseFolders,
  inFirstLine,
  inLines,
  withFile,
  withLine,
  withoutFile,
  withValues,
} from './false-folder.fixture.ts';
import { timeAt } from './honest-log.fixture.ts';

// Evidence that is false in one point, beside an honest log. Whoever made it wrote the hashes of all files.

const EVIDENCE = 'bundle/evidence';
const honest = evidenceFiles();

const made = (parts: EvidenceParts) => () => ({ files: evidenceFiles(parts) });
/** The honest evidence with a change, and with the hashes as they are then. */
const changed = (change: (files: Files) => Files) => () => ({ files: withChecksums(change(honest)) });
const withText = (name: string, change: (text: string) => string) =>
  changed((files) => edited(files, `${EVIDENCE}/${name}`, change));
const withAbout = (change: (value: Record<string, unknown>) => object) =>
  withText('controls.json', withValues(change));

export const FALSE_EVIDENCE: FalseFolders = {
  'the proofs of the sample lack the witness': () => ({
    files: withChecksums(
      edited(evidenceFiles({ signers: [KEY, WITNESS] }), `${EVIDENCE}/sample-proofs.jsonl`, (text) =>
        text.replaceAll(/\\n— witness[^"]*\\n/g, '\\n'),
      ),
    ),
    keys: [KEY.vkey, WITNESS.vkey],
  }),
  'there is a link among the files': () => ({
    files: honest,
    links: new Map([['bundle/more', 'README.md']]),
  }),
  'there is no list of hashes': () => ({ files: withoutFile(honest, SUMS) }),
  'a file does not have its hash': () => ({
    files: edited(honest, `${EVIDENCE}/README.md`, (text) => `${text}x`),
  }),
  'a file is not in the list of hashes': () => ({
    files: withFile(honest, 'bundle/checkpoints/more.jsonl', ''),
  }),
  'a file of the list of hashes is missing': () => ({
    files: withLine(honest, SUMS, `${'0'.repeat(64)}  more`),
  }),
  'the list of hashes is in another order': () => ({
    files: edited(
      honest,
      SUMS,
      inLines((lines) => lines.toReversed()),
    ),
  }),
  'the list of hashes is not the one that somebody else has': () => ({
    files: honest,
    checksum: '0'.repeat(64),
  }),
  'there is a file that belongs to no answer': changed((files) =>
    withFile(files, `${EVIDENCE}/more.jsonl`, ''),
  ),

  'an answer without a row has no file': changed((files) => withoutFile(files, `${EVIDENCE}/refusals.jsonl`)),

  'there is no controls.json': changed((files) => withoutFile(files, `${EVIDENCE}/controls.json`)),
  'controls.json is not JSON': withText('controls.json', () => 'x'),
  'controls.json has another format': withAbout(() => ({ format: 'curfew-evidence/1' })),
  'controls.json has one more field': withAbout(() => ({ conclusion: 'No overstay.' })),
  'controls.json has no period': withAbout(() => ({ from: 'x' })),
  'controls.json does not say how large the sample is': withAbout(() => ({ sample: {} })),
  'an answer is no object': withAbout(({ answers }) => ({ answers: [...(answers as object[]), 'purges'] })),
  'controls.json has another number of rows of the sample': withAbout(({ sample }) => ({
    sample: { ...(sample as object), rows: 9 },
  })),
  'controls.json says that something was purged': withAbout(() => ({ incompleteBefore: timeAt(0) })),
  'a request of the period was purged': made({ purged: true }),
  'the order is not in the log': made({ controls: [AU_10], contents: (all) => ({ ...all, order: 'x' }) }),
  'a smaller sample was ordered': made({ ordered: (order) => ({ ...order, sample: 1 }) }),
  'another control was ordered': made({ ordered: (order) => ({ ...order, controls: ['soc2 CC6.1'] }) }),
  'the evidence names an older checkpoint': made({
    controls: [AU_10],
    contents: ({ checkpoint, ...all }) => ({ ...all, checkpoint: { ...(checkpoint as object), size: 5 } }),
  }),
  'the evidence names the checkpoint of another log': withAbout(({ checkpoint }) => ({
    checkpoint: { ...(checkpoint as object), origin: 'other.example.com/log' },
  })),
  'controls.json has another number of rows': withText('controls.json', (text) =>
    text.replace('"rows":3', '"rows":2'),
  ),
  'a control does not have one of its questions': made({
    controls: [{ ...CC6_2, questions: CC6_2.questions.slice(0, -1) }],
  }),
  'there is an answer that no control names': made({
    controls: [CC6_2, AU_10],
    ordered: (order) => ({ ...order, controls: ['soc2 CC6.2'] }),
    contents: (all) => ({ ...all, controls: [CC6_2] }),
  }),
  'the evidence is of a control that nobody knows': made({ controls: [{ ...AU_10, id: 'AU-99' }] }),
  'the evidence has an answer that nobody knows': made({
    controls: [{ ...AU_10, id: 'AU-99', questions: [...AU_10.questions, 'dreams'] }],
    change: (files) =>
      withFile(withFile(files, `${EVIDENCE}/dreams.jsonl`, ''), `${EVIDENCE}/dreams.csv`, ''),
  }),
  'the evidence is of an entitlement that the log does not have': made({ entitlement: 'nothing' }),

  'an answer has a row twice': withText(
    'approvals.jsonl',
    inLines((lines) => [...lines, ...lines.slice(-1)]),
  ),
  'an answer has a row that the log does not have': withText(
    'approvals.jsonl',
    inLines(([first = '', ...others]) => [first, ...others, withValues(() => ({ id: 'req_9/1' }))(first)]),
  ),
  'the rows of an answer are in another order': withText(
    'approvals.jsonl',
    inLines((lines) => lines.toReversed()),
  ),
  'an answer does not have its last row': withText(
    'approvals.jsonl',
    inLines((lines) => lines.slice(0, -1)),
  ),
  'a row says something else': withText(
    'approvals.jsonl',
    inFirstLine(() => ({ person: 'eve' })),
  ),
  'a row has one more column': withText(
    'approvals.jsonl',
    inFirstLine(() => ({ more: 1 })),
  ),
  'an answer has no file for spreadsheets': changed((files) =>
    withoutFile(files, `${EVIDENCE}/approvals.csv`),
  ),
  'the file for spreadsheets says something else': withText('approvals.csv', (text) =>
    text.replace('ana', 'eve'),
  ),

  'the sample has another row': withText(
    'sample.jsonl',
    inFirstLine(() => ({ person: 'eve' })),
  ),
  'a proof is of another entry': withText(
    'sample-proofs.jsonl',
    inLines((lines) => lines.with(0, lines[1]!)),
  ),
  'a proof has another format': withText(
    'sample-proofs.jsonl',
    inFirstLine(() => ({ format: 'curfew-consistency-proof/1' })),
  ),
  'a proof is wrong': withText(
    'sample-proofs.jsonl',
    inFirstLine(({ path }) => ({ path: (path as string[]).toReversed() })),
  ),
  'the last proof is missing': withText(
    'sample-proofs.jsonl',
    inLines((lines) => lines.slice(0, -1)),
  ),
};

/** Everything that the folders above are made of. */
export const HONEST_EVIDENCE: FalseFolders = {
  'evidence with a sample': made({}),
  'evidence without grants': made({ controls: [AU_10] }),
  'evidence of two controls': made({ controls: [CC6_2, AU_10] }),
  'evidence of an entitlement': made({ entitlement: 'orders-db' }),
};
