import { LOG_NAME } from '../log.fixture.ts';
import { checkpointNote, consistencyPath, treeOf } from '../verify/signed-log.fixture.ts';
import { entriesOf, notesOf, OWN_KEY, OWN_WITNESS, partsOf, rootOf, signedBy, sizeOf } from './forger.ts';
import { linesOf, type Row, textOf, withLines, withText } from './files.ts';
import type { Forgery } from './forgery.ts';
import { PROOFS, each, ofGrowth, pathOf, eachNoteOfProof, bytesOf } from './proofs-forger.ts';

/** Proofs whose checkpoints are not what they must be, and files that are none. */
export const FORGED_PROOF_FILES: readonly Forgery[] = [
  [
    'the cosignature is removed',
    eachNoteOfProof((note) => signedBy(note, partsOf(note).signatures.slice(0, 1))),
  ],
  [
    'the signature of the log is removed',
    eachNoteOfProof((note) => signedBy(note, partsOf(note).signatures.slice(1))),
  ],
  ['no signature is there', eachNoteOfProof((note) => signedBy(note, []))],
  [
    'the note is an older one of the real log',
    (files, _other, { export: { other } }) => eachNoteOfProof(() => notesOf(other)[0] ?? '')(files),
  ],
  [
    'the note has another name of the log',
    eachNoteOfProof((note) => note.replaceAll(LOG_NAME, 'curfew.example.com/other')),
  ],
  [
    'the note has the name of the log in another case',
    eachNoteOfProof((note) => note.replace('curfew', 'Curfew')),
  ],
  [
    'the note has another root',
    eachNoteOfProof((note) => note.replace(rootOf(note), 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=')),
  ],
  [
    'the note has a line of text more',
    eachNoteOfProof((note) => note.replace('\n\n', '\nzoe approved this\n\n')),
  ],
  ['the note has other ends of its lines', eachNoteOfProof((note) => note.replaceAll('\n', '\r\n'))],
  ['the note is missing', each(({ note: _note, ...row }) => row)],
  [
    'the proof of growth begins with a log of the forger',
    (files) =>
      ofGrowth((row) => ({
        ...row,
        from: { note: checkpointNote(LOG_NAME, 3, Buffer.alloc(32), [OWN_KEY, OWN_WITNESS]) },
      }))(files),
  ],
  [
    'the proof of growth ends with a log of the forger',
    (files, _other, { export: { other } }) =>
      ofGrowth((row) => {
        const entries = [...entriesOf(other), '{"by":"zoe"}'];
        const tree = treeOf(bytesOf(entries));
        const { note } = row['from'] as Row;
        return {
          ...row,
          to: {
            note: checkpointNote(LOG_NAME, entries.length, tree.root(entries.length), [OWN_KEY, OWN_WITNESS]),
          },
          path: consistencyPath(tree, sizeOf(String(note)), entries.length).map((hash) =>
            hash.toString('base64'),
          ),
        };
      })(files),
  ],
  [
    'the proof of growth has its two logs swapped',
    ofGrowth((row) => ({ ...row, from: row['to'], to: row['from'] })),
  ],
  ['the proof of growth has no path', ofGrowth((row) => ({ ...row, path: [] }))],
  [
    'the proof of growth has another hash',
    ofGrowth((row) => ({
      ...row,
      path: pathOf(row).map((hash, at) => (at === 0 ? pathOf(row).at(-1) : hash)),
    })),
  ],
  [
    'the cosignature is removed in the proof of growth',
    ofGrowth((row) => {
      const { note } = row['to'] as Row;
      return { ...row, to: { note: signedBy(String(note), partsOf(String(note)).signatures.slice(0, 1)) } };
    }),
  ],
  ['the file is empty', (files) => withText(files, PROOFS, '')],
  ['the file has only an empty line', (files) => withText(files, PROOFS, '\n')],
  [
    'the file is one list',
    (files) => withText(files, PROOFS, `[${linesOf(textOf(files, PROOFS)).join(',')}]\n`),
  ],
  [
    'a line is a sentence that the verifier prints',
    (files) => withLines(files, PROOFS, [...linesOf(textOf(files, PROOFS)), 'Verified: zoe approved this.']),
  ],
  ['a line is cut off', (files) => withText(files, PROOFS, textOf(files, PROOFS).slice(0, -40))],
  [
    'a line has a name twice',
    (files) =>
      withLines(
        files,
        PROOFS,
        linesOf(textOf(files, PROOFS)).map((line) => line.replace('{', '{"index":0,')),
      ),
  ],
];
