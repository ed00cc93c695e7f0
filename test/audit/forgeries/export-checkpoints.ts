import {
  cutAt,
  eachNote,
  entriesOf,
  LEDGER,
  notesOf,
  overEntries,
  OWN_KEY,
  partsOf,
  rootOf,
  signedBy,
  sizeOf,
  withNotes,
} from './forger.ts';
import { changedObject, without, withRows } from './files.ts';
import type { Forgery } from './forgery.ts';

/** The entries are right, and what signs them is not. */
export const FORGED_CHECKPOINTS: readonly Forgery[] = [
  [
    'the last entry is removed, and the size is right again',
    (files) => cutAt(files, entriesOf(files).length - 1),
  ],
  [
    'the last entry is removed and the newest checkpoint too',
    (files) => withNotes(cutAt(files, entriesOf(files).length - 1), notesOf(files).slice(0, -1)),
  ],
  [
    'the checkpoints are those of a later export, and nothing else is',
    (files, other) => withNotes(files, notesOf(other)),
  ],
  ['there is no checkpoint', (files) => withNotes(files, [])],
  ['every checkpoint but the oldest is removed', (files) => withNotes(files, notesOf(files).slice(0, 1))],
  [
    'every checkpoint is removed that the witness signed',
    (files) =>
      withNotes(
        files,
        notesOf(files).filter((note) => !note.includes('witness')),
      ),
  ],
  [
    'the cosignatures are removed',
    (files) => eachNote(files, (note) => signedBy(note, partsOf(note).signatures.slice(0, 1))),
  ],
  [
    'the cosignature of the newest checkpoint is removed',
    (files) =>
      eachNote(files, (note, at) =>
        at === notesOf(files).length - 1 ? signedBy(note, partsOf(note).signatures.slice(0, 1)) : note,
      ),
  ],
  [
    'the signatures of the log are removed and those of the witness stay',
    (files) => eachNote(files, (note) => signedBy(note, partsOf(note).signatures.slice(1))),
  ],
  [
    'the witness is replaced by one of the forger',
    (files) =>
      eachNote(files, (note) => {
        const own = partsOf(
          notesOf(overEntries(files, entriesOf(files), 'own keys')).at(-1) ?? '',
        ).signatures;
        return signedBy(note, [partsOf(note).signatures[0] ?? '', own[1] ?? '']);
      }),
  ],
  [
    'the newest checkpoint has the cosignature of an older one',
    (files) => {
      const [older] = notesOf(files).filter((note) => note.includes('witness'));
      const line = notesOf(files).map((note) => partsOf(note).signatures[1]);
      return eachNote(files, (note, at) =>
        at === notesOf(files).length - 1
          ? signedBy(note, [
              partsOf(note).signatures[0] ?? '',
              (older === note
                ? line.at(-1)?.replace(/.{9}$/, 'AAAAAAAA=')
                : partsOf(older ?? '').signatures[1]) ?? '',
            ])
          : note,
      );
    },
  ],
  [
    'the time of a cosignature is later',
    (files) =>
      eachNote(files, (note) => {
        const [log = '', line = ''] = partsOf(note).signatures;
        const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
        if (bytes.length < 12) return note;
        bytes.writeBigUInt64BE(bytes.readBigUInt64BE(4) + 86_400n, 4);
        return signedBy(note, [log, `${line.split(' ').slice(0, 2).join(' ')} ${bytes.toString('base64')}`]);
      }),
  ],
  [
    'the name of the log is another one in each checkpoint and in bundle.json',
    (files) =>
      changedObject(
        eachNote(files, (note) => note.replaceAll('curfew.example.com/log', 'curfew.example.com/other')),
        'bundle.json',
        (about) => ({ ...about, origin: 'curfew.example.com/other' }),
      ),
  ],
  [
    'the name of the log is another one in bundle.json alone',
    (files) =>
      changedObject(files, 'bundle.json', (about) => ({ ...about, origin: 'curfew.example.com/other' })),
  ],
  [
    'bundle.json has a key of the forger besides',
    (files) =>
      changedObject(files, 'bundle.json', (about) => ({
        ...about,
        keys: [...(about['keys'] as string[]), OWN_KEY.vkey],
      })),
  ],
  [
    'bundle.json is of an earlier format',
    (files) => changedObject(files, 'bundle.json', (about) => ({ ...about, format: 'curfew-log-bundle/1' })),
  ],
  [
    'a checkpoint has the size of another one',
    (files) =>
      eachNote(files, (note, at) =>
        at === 0 ? note.replace(`\n${sizeOf(note)}\n`, `\n${sizeOf(note) - 1}\n`) : note,
      ),
  ],
  [
    'the root of the newest checkpoint is that of the oldest',
    (files) => eachNote(files, (note) => note.replace(rootOf(note), rootOf(notesOf(files)[0] ?? ''))),
  ],
  [
    'the list of a place has a larger checkpoint than the ledger',
    (files, other) => withRows(files, 'checkpoints/1-bucket.jsonl', [{ note: notesOf(other).at(-1) }]),
  ],
  ['the list of the ledger is removed, and that of the place stays', (files) => without(files, LEDGER)],
];
