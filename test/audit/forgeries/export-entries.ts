import {
  eachNote,
  entriesOf,
  ENTRIES,
  notesOf,
  overEntries,
  OWN_KEY,
  OWN_WITNESS,
  partsOf,
  signedBy,
} from './forger.ts';
import { changedObject, type Files, type Row, withLines, withRows } from './files.ts';
import type { Forgery } from './forgery.ts';

/** The same entry with another body. */
const withBody = (entry: string, change: (body: Row) => Row): string => {
  const fields = JSON.parse(entry) as Row;
  return JSON.stringify({ ...fields, body: change(fields['body'] as Row) });
};
const isKind = (entry: string, kind: string): boolean =>
  entry.includes(`"kind":"${kind}"`) && entry.includes('"type":"event"');

/** The entries of a folder, with another body in each event of a kind. */
const ofKind =
  (kind: string, change: (body: Row) => Row) =>
  (files: Files): readonly string[] =>
    entriesOf(files).map((entry) => (isKind(entry, kind) ? withBody(entry, change) : entry));

const otherApprover = ofKind('approved', (body) => ({ ...body, by: 'zoe' }));
const withoutKind = (files: Files, kind: string): readonly string[] =>
  entriesOf(files).filter((entry) => !isKind(entry, kind));
const withoutLast = (files: Files): readonly string[] => entriesOf(files).slice(0, -1);

const newEntry = (body: Row): string =>
  JSON.stringify({
    at: '2026-11-28T10:00:00.000Z',
    body,
    id: 'req_01jgyq8zk7f5v2m9c3x4b6n8p0/0',
    step: 's',
    type: 'event',
    via: 'cli',
  });

/** Entries that say something false, with checkpoints as a forger can make them. */
export const FORGED_ENTRIES: readonly Forgery[] = [
  ['every approval is given another approver', (files) => withLines(files, ENTRIES, otherApprover(files))],
  [
    'every approval is given another approver and the tree is computed anew',
    (files) => overEntries(files, otherApprover(files), 'old signatures'),
  ],
  [
    'every approval is given another approver and the forger signs the new tree',
    (files) => overEntries(files, otherApprover(files), 'own keys'),
  ],
  [
    'the forger signs a new tree and names the own keys in bundle.json',
    (files) =>
      changedObject(overEntries(files, otherApprover(files), 'own keys'), 'bundle.json', (about) => ({
        ...about,
        keys: [OWN_KEY.vkey],
        witnesses: [OWN_WITNESS.vkey],
      })),
  ],
  [
    'a new tree has the signatures of the forger below the old ones',
    (files) => {
      const forged = overEntries(files, otherApprover(files), 'own keys');
      const old = notesOf(files);
      return eachNote(forged, (note, at) =>
        signedBy(note, [...partsOf(old[at] ?? '').signatures, ...partsOf(note).signatures]),
      );
    },
  ],
  ['the last entry is removed', (files) => withLines(files, ENTRIES, withoutLast(files))],
  [
    'all refusals are removed and the tree is computed anew',
    (files) => overEntries(files, withoutKind(files, 'refused'), 'old signatures'),
  ],
  [
    'all refusals are removed and the forger signs the new tree',
    (files) => overEntries(files, withoutKind(files, 'refused'), 'own keys'),
  ],
  ['all drift is removed', (files) => withLines(files, ENTRIES, withoutKind(files, 'drifted'))],
  [
    'an approval is added at the end that no checkpoint covers',
    (files) => {
      const entries = [...entriesOf(files), newEntry({ at: 1, by: 'bo', kind: 'approved', stage: 0 })];
      return changedObject(withLines(files, ENTRIES, entries), 'bundle.json', (about) => ({
        ...about,
        size: entries.length,
      }));
    },
  ],
  [
    'the end of a request is an hour earlier',
    (files) =>
      withLines(
        files,
        ENTRIES,
        ofKind('revoked', (body) => ({ ...body, at: Number(body['at']) - 3_600_000 }))(files),
      ),
  ],
  [
    'two entries are swapped',
    (files) => {
      const entries = entriesOf(files);
      return withLines(files, ENTRIES, entries.with(3, entries[4] ?? '').with(4, entries[3] ?? ''));
    },
  ],
  [
    'an entry is called purged, with the hash that it had',
    (files) => {
      const entries = entriesOf(files);
      return withLines(
        files,
        ENTRIES,
        entries.with(5, JSON.stringify({ leaf: Buffer.alloc(32).toString('base64'), purge: 'never' })),
      );
    },
  ],
  [
    'the entries are those of a later export, and nothing else is',
    (files, other) => withLines(files, ENTRIES, entriesOf(other)),
  ],
  [
    'a place has a checkpoint that the forger signed',
    (files) => {
      const own = notesOf(overEntries(files, otherApprover(files), 'own keys')).at(-1);
      return withRows(files, 'checkpoints/2-court.jsonl', [{ note: own }]);
    },
  ],
];
