import {
  cutAt,
  ENTRIES,
  entriesOf,
  notesOf,
  orderAt,
  overEntries,
  partsOf,
  signedBy,
  sizeOf,
  withHead,
  withNotes,
} from './forger.ts';
import {
  linesOf,
  type Row,
  rowsOf,
  textOf,
  without,
  withLines,
  withRows,
  withText,
  isEvidence,
  mixed,
} from './files.ts';
import type { Forgery } from './forgery.ts';
import { changedAnswer } from './forger.ts';
import { CONTROLS, about, taken, answerFiles } from './evidence-order-forger.ts';

/** Evidence whose parts are of different folders, or whose log is another one. */
export const MIXED_EVIDENCE: readonly Forgery[] = [
  ['the evidence of the other folder lies in this bundle', (files, other) => mixed(files, other)],
  ['this evidence lies in the bundle of the other folder', (files, other) => mixed(other, files)],
  ['the answers are those of the other folder', (files, other) => taken(files, other, answerFiles(files))],
  [
    'one answer is that of the other folder, with its count',
    (files, other) => changedAnswer(files, 'grants', () => rowsOf(other, 'evidence/grants.jsonl')),
  ],
  ['controls.json is that of the other folder', (files, other) => taken(files, other, [CONTROLS])],
  [
    'the sample is that of the other folder',
    (files, other) => taken(files, other, ['evidence/sample.jsonl', 'evidence/sample-proofs.jsonl']),
  ],
  [
    'a forged review lies beside the evidence',
    (files, _other, { review }) =>
      new Map([...[...review.files].filter(([path]) => isEvidence(path) && !files.has(path)), ...files]),
  ],
  ['controls.json is removed, so that the folder is only a bundle', (files) => without(files, CONTROLS)],
  [
    'everything of the evidence but the page for people is removed',
    (files) => new Map([...files].filter(([path]) => !isEvidence(path) || path === 'evidence/README.md')),
  ],
  ['the checkpoint is one of the forger', (files) => overEntries(files, entriesOf(files), 'own keys')],
  [
    'the checkpoint has another root in controls.json',
    about((row) => ({
      ...row,
      checkpoint: { ...(row['checkpoint'] as Row), root: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    })),
  ],
  [
    'the checkpoint is of another log in controls.json',
    about((row) => ({
      ...row,
      checkpoint: { ...(row['checkpoint'] as Row), origin: 'curfew.example.com/other' },
    })),
  ],
  [
    'the log is cut at the last checkpoint before the order',
    (files) => {
      const notes = notesOf(files).filter((note) => sizeOf(note) <= orderAt(files));
      const note = notes.at(-1) ?? '';
      return withHead(withNotes(cutAt(files, sizeOf(note)), notes), note);
    },
  ],
  [
    'the cosignatures are removed, also in the proofs',
    (files) => {
      const bare = (note: string): string => signedBy(note, partsOf(note).signatures.slice(0, 1));
      const changed = withNotes(files, notesOf(files).map(bare));
      return withHead(changed, bare(notesOf(files).at(-1) ?? ''));
    },
  ],
  ['every checkpoint but the oldest is removed', (files) => withNotes(files, notesOf(files).slice(0, 1))],
  [
    'every checkpoint that covers the order is removed',
    (files) =>
      withNotes(
        files,
        notesOf(files).filter((note) => sizeOf(note) <= orderAt(files)),
      ),
  ],
  [
    'an approval is given another approver everywhere, and the tree is computed anew',
    (files) => {
      const entries = entriesOf(files).map((entry) =>
        entry.replace('"by":"bo","digest"', '"by":"zoe","digest"'),
      );
      const forged = overEntries(files, entries, 'old signatures');
      const named = (text: string): string =>
        text.replaceAll('"person":"bo"', '"person":"zoe"').replaceAll('["bo"', '["zoe"');
      return withLines(
        forged,
        'evidence/grants.jsonl',
        linesOf(named(textOf(forged, 'evidence/grants.jsonl'))),
      );
    },
  ],
  [
    'the self-approvals leave the log and the answer, and the forger signs the tree',
    (files) => {
      const ids = rowsOf(files, 'evidence/self-approvals.jsonl').map(({ id }) => String(id));
      const entries = entriesOf(files).filter((entry) => !ids.some((id) => entry.includes(`"id":"${id}"`)));
      return overEntries(
        changedAnswer(files, 'self-approvals', () => []),
        entries.slice(1),
        'own keys',
      );
    },
  ],
  [
    'an entry that refuses an approval is removed with its row',
    (files) => {
      const { id } = rowsOf(files, 'evidence/refusals.jsonl')[0] ?? {};
      const entries = entriesOf(files).filter((entry) => !entry.includes(`"id":"${String(id)}"`));
      return changedAnswer(withLines(files, ENTRIES, entries), 'refusals', (rows) => rows.slice(1));
    },
  ],
  [
    'the names in controls.json are there twice',
    (files) =>
      withText(files, CONTROLS, textOf(files, CONTROLS).replace('{', '{"from":"2026-01-01T00:00:00.000Z",')),
  ],
  ['controls.json is a list', (files) => withText(files, CONTROLS, `[${textOf(files, CONTROLS).trim()}]\n`)],
  [
    'an answer is in not-proven instead',
    (files) =>
      withRows(
        without(files, 'evidence/overstays.jsonl'),
        'not-proven/overstays.jsonl',
        rowsOf(files, 'evidence/overstays.jsonl'),
      ),
  ],
];
