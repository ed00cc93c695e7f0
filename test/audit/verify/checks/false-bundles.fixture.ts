import { type Files, KEY, ORIGIN, OTHER_KEY, WITNESS } from '../bundle.fixture.ts';
import { checkpointNote } from '../signed-log.fixture.ts';
import {
  edited,
  type FalseFolders,
  inLines,
  withFile,
  withLine,
  withoutFile,
  withValues,
} from './false-folder.fixture.ts';
import { filesOf, noteLine, otherNote, otherRow, ROWS, signedLog } from './honest-log.fixture.ts';

// Bundles of which a file is false. The entries and their checkpoints are those of the honest log.

const LEDGER = 'bundle/checkpoints/ledger.jsonl';
const ABOUT = 'bundle/bundle.json';
const log = signedLog(ROWS);
const files = filesOf(log);
const cosigned = filesOf(signedLog(ROWS, { signers: [KEY, WITNESS] }));

const about = (change: (value: Record<string, unknown>) => object) => () => ({
  files: edited(files, ABOUT, withValues(change)),
});
const lineOf = (path: string, line: string) => () => ({ files: withLine(files, path, line) });
const listed = (note: unknown) => lineOf(LEDGER, noteLine(note));
const kept =
  (...notes: readonly string[]) =>
  () => ({
    files: withFile(files, 'kept/notes.txt', notes.join('\n')),
    kept: ['kept/notes.txt'],
  });
/** The note with another character near the end of its last signature. */
const badSignature = (note: string): string =>
  `${note.slice(0, -20)}${note.at(-20) === 'A' ? 'B' : 'A'}${note.slice(-19)}`;
/** The files without places and lists of places. */
const withoutPlaces = (changed: Files): Files =>
  withoutFile(changed, 'bundle/checkpoints/git.jsonl', 'bundle/checkpoints/bucket.jsonl');

/** The files of a log that names the keys which sign it after its first entries. KEY signs all of it. */
const withLogKeys =
  (...keys: readonly string[]) =>
  () => {
    const [named, last] = [
      otherRow('log-keys', '1', 8, { keys }),
      otherRow('visit', 'visit_2', 9, { by: 'dee', readings: [] }),
    ];
    return { files: filesOf(signedLog([...ROWS, named, last], { sizes: [3, 5, 7, 9] })) };
  };

export const FALSE_BUNDLES: FalseFolders = {
  'a key signs the log after the log named another one': withLogKeys(OTHER_KEY.vkey),
  'there is no texts.jsonl': () => ({ files: withoutFile(files, 'bundle/texts.jsonl') }),
  'a line of texts.jsonl is not JSON': lineOf('bundle/texts.jsonl', 'x'),

  'a checkpoint in the list of the ledger is not a note': listed('x'),
  'a checkpoint has a wrong signature of the key of the log': listed(badSignature(log.notes[2]!.note)),
  'a checkpoint has a wrong cosignature of a witness': () => ({
    files: withLine(
      cosigned,
      LEDGER,
      noteLine(badSignature(checkpointNote(ORIGIN, 7, log.tree.root(7), [KEY, WITNESS]))),
    ),
    keys: [KEY.vkey, WITNESS.vkey],
  }),
  'a checkpoint is of the log of another name': listed(
    checkpointNote('other.example.com/log', 7, log.tree.root(7), [KEY]),
  ),
  'a checkpoint is signed with the key of somebody else': listed(
    checkpointNote(ORIGIN, 7, log.tree.root(7), [OTHER_KEY]),
  ),
  'the checkpoints of the ledger are in another order': () => ({
    files: edited(
      files,
      LEDGER,
      inLines((lines) => lines.toReversed()),
    ),
  }),
  'a place had a checkpoint that is not in the list of the ledger': () => ({
    files: edited(
      files,
      LEDGER,
      inLines((lines) => lines.toSpliced(1, 1)),
    ),
  }),
  'somebody kept a checkpoint that says something else': kept(otherNote(5)),
  'a place had a checkpoint that says something else': lineOf(
    'bundle/checkpoints/git.jsonl',
    noteLine(otherNote(7)),
  ),
  'somebody kept a checkpoint that is larger than the log': kept(otherNote(9)),
  'the ledger has a checkpoint that is larger than the log': listed(otherNote(9)),
  'the ledger has two checkpoints of one size, which is larger than the log': () => ({
    files: withLine(withLine(files, LEDGER, noteLine(otherNote(9))), LEDGER, noteLine(otherNote(9, 2))),
  }),
  'the checkpoint of all entries says something else': () => ({
    files: withoutPlaces(
      edited(
        files,
        LEDGER,
        inLines((lines) => [...lines.slice(0, 2), `${noteLine(otherNote(7))}\n`]),
      ),
    ),
  }),

  'there is no bundle.json': () => ({ files: withoutFile(files, ABOUT) }),
  'bundle.json has another format': about(() => ({ format: 'curfew-log-bundle/1' })),
  'bundle.json has another number of entries': about(() => ({ size: 8 })),
  'bundle.json has the name of another log': about(() => ({ origin: 'other.example.com/log' })),
  'bundle.json has a key that nobody trusts': about(() => ({ keys: [KEY.vkey, OTHER_KEY.vkey] })),
  'bundle.json has a key that is none': about(() => ({ keys: [KEY.vkey, 'x'] })),

  'there is no entries.jsonl': () => ({
    files: new Map([
      ...withoutFile(files, 'bundle/entries.jsonl'),
      ...['texts', 'bodies', 'free-texts'].map((name) => [`bundle/${name}.jsonl`, Buffer.of()] as const),
    ]),
  }),
  'there is no bodies.jsonl': () => ({
    files: withoutFile(filesOf(signedLog(ROWS.slice(0, 3), { sizes: [3] }), []), 'bundle/bodies.jsonl'),
  }),
  'a line of bodies.jsonl is not JSON': lineOf('bundle/bodies.jsonl', 'x'),
  'a long body does not have its hash': lineOf(
    'bundle/bodies.jsonl',
    JSON.stringify({ sha256: '0'.repeat(64), body: {} }),
  ),
  'no entry has a long body': lineOf(
    'bundle/bodies.jsonl',
    '{"body":{},"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}',
  ),
  'there are texts of an entry that has none': lineOf(
    'bundle/texts.jsonl',
    '{"index":0,"salt":"salt","texts":["x"]}',
  ),
  'there are texts of an entry twice': () => ({
    files: edited(files, 'bundle/texts.jsonl', (text) => text + text),
  }),
  'a text does not have the hash in its entry': () => ({
    files: edited(files, 'bundle/texts.jsonl', (text) => text.replace('a text', 'another text')),
  }),
  'there is a reason of a request that is not in the log': lineOf(
    'bundle/free-texts.jsonl',
    JSON.stringify({ id: 'req_9/reason', request: 'req_9', kind: 'reason', salt: 'salt', body: 'x' }),
  ),
  'a reason has the id of another request': () => ({
    files: edited(files, 'bundle/free-texts.jsonl', (text) => text.replace('req_1/reason', 'req_2/reason')),
  }),
  'a line of texts.jsonl has one more field': () => ({
    files: edited(files, 'bundle/texts.jsonl', (text) => text.replace('"salt"', '"by":"bo","salt"')),
  }),
  'a line of bodies.jsonl has one more field': () => ({
    files: edited(files, 'bundle/bodies.jsonl', (text) => text.replace('"sha256"', '"by":"bo","sha256"')),
  }),
  'bundle.json has one more field': () => ({
    files: edited(files, 'bundle/bundle.json', (text) => text.replace('"origin"', '"by":"bo","origin"')),
  }),
  'there is a letter beside the bundle': () => ({ files: withFile(files, 'bundle/LETTER.md', 'x') }),
  'a reason is there twice': () => ({
    files: edited(
      files,
      'bundle/free-texts.jsonl',
      inLines(([first = '', ...others]) => [first, first, ...others]),
    ),
  }),
  'a reason does not have the hash in its event': () => ({
    files: edited(files, 'bundle/free-texts.jsonl', (text) => text.replace('a reason', 'another reason')),
  }),

  'nobody gave a key of the log': () => ({ files, keys: [] }),
  'a witness whose key was given did not cosign': () => ({ files, keys: [KEY.vkey, WITNESS.vkey] }),
  'the log has no entry': () => ({ files: filesOf(signedLog([], { sizes: [] }), []) }),
  'no checkpoint covers the last entries': () => ({ files: filesOf(signedLog(ROWS, { sizes: [3, 5] })) }),
  'an entry has a type of a newer version': () => ({
    files: filesOf(signedLog([...ROWS, otherRow('dream', 'dream_1', 7, {})], { sizes: [8] })),
  }),
};

/** Everything that the folders above are made of. */
export const HONEST_BUNDLES: FalseFolders = {
  'the bundle alone': () => ({ files }),
  'the bundle of a log that names its key': withLogKeys(OTHER_KEY.vkey, KEY.vkey),
  'the bundle, a place and a kept checkpoint': () => ({
    files,
    places: ['bucket'],
    kept: ['kept/notes.txt'],
  }),
  'the bundle with a cosignature': () => ({
    files: cosigned,
    keys: [KEY.vkey, WITNESS.vkey],
  }),
};
