import { LOG_NAME } from '../log.fixture.ts';
import { checkpointNote, treeOf } from '../verify/signed-log.fixture.ts';
import { OWN_KEY, OWN_WITNESS, partsOf, signedBy } from './forger.ts';
import type { Forgery } from './forgery.ts';
import { each, ofApproval, replaced, pathOf, bytesOf, ownLog } from './proofs-forger.ts';

/** Proofs of entries that the log does not have. */
export const FORGED_PROOFS: readonly Forgery[] = [
  ['the approval has another approver', ofApproval(replaced('"by":"bo"', '"by":"zoe"'))],
  ['the approval has another time', ofApproval(replaced(/"at":"....-/, '"at":"2025-'))],
  ['the approval is of another request', ofApproval(replaced(/"id":"req_./, '"id":"req_1'))],
  ['the approval was made at the command line', ofApproval(replaced(/"via":"[a-z]+"/, '"via":"cli"'))],
  ['the denial is an approval', each(replaced('"kind":"extension-closed"', '"kind":"extension-approved"'))],
  ['the entry has more white space', ofApproval(replaced(',', ', '))],
  ['the entry has a name twice', ofApproval(replaced('{', '{"by":"zoe",'))],
  ['the entry has text after it', ofApproval((row) => ({ ...row, entry: `${String(row['entry'])}\n` }))],
  [
    'the forger signed a log in which another person approved',
    (files, _other, { export: { other } }) => ownLog(files, other, (note) => note),
  ],
  [
    'a log of the forger has the signatures of the real one',
    (files, _other, { export: { other } }) =>
      ownLog(files, other, (note, old) => signedBy(note, partsOf(old).signatures)),
  ],
  [
    'a log of the forger has both signatures',
    (files, _other, { export: { other } }) =>
      ownLog(files, other, (note, old) =>
        signedBy(note, [...partsOf(old).signatures, ...partsOf(note).signatures]),
      ),
  ],
  [
    'a log of one entry is signed by the forger',
    (files) =>
      ofApproval((row) => {
        const entry = String(row['entry']).replace('"by":"bo"', '"by":"zoe"');
        const note = checkpointNote(LOG_NAME, 1, treeOf(bytesOf([entry])).root(1), [OWN_KEY, OWN_WITNESS]);
        return { ...row, entry, index: 0, size: 1, path: [], note };
      })(files),
  ],
  ['the index is that of the entry after it', each((row) => ({ ...row, index: Number(row['index']) + 1 }))],
  [
    'the index is too large by the size of a tree',
    each((row) => ({ ...row, index: Number(row['index']) + 2 ** 32 })),
  ],
  ['the index is negative', each((row) => ({ ...row, index: -1 }))],
  ['the index is a text', each((row) => ({ ...row, index: String(row['index']) }))],
  ['the index is not whole', each((row) => ({ ...row, index: Number(row['index']) + 0.5 }))],
  ['the index is missing', each(({ index: _index, ...row }) => row)],
  [
    'the size is another one than that of the note',
    each((row) => ({ ...row, size: Number(row['size']) - 1 })),
  ],
  ['the size is a text', each((row) => ({ ...row, size: String(row['size']) }))],
  ['the path lacks a hash', each((row) => ({ ...row, path: pathOf(row).slice(1) }))],
  ['the path has a hash more', each((row) => ({ ...row, path: [...pathOf(row), pathOf(row)[0]] }))],
  ['the path is in another order', each((row) => ({ ...row, path: pathOf(row).toReversed() }))],
  ['the path is a text', each((row) => ({ ...row, path: pathOf(row).join('') }))],
  [
    'the path has a hash that is too long',
    each((row) => ({ ...row, path: pathOf(row).map((hash) => `AAAA${hash}`) })),
  ],
  ['the path is empty', each((row) => ({ ...row, path: [] }))],
  ['the proof is of an earlier format', each((row) => ({ ...row, format: 'curfew-inclusion-proof/0' }))],
  [
    'the proof has the format of the other kind',
    each((row) => ({ ...row, format: 'curfew-consistency-proof/1' })),
  ],
  ['the proof has no format', each(({ format: _format, ...row }) => row)],
];
