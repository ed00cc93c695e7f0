import { isDeepStrictEqual } from 'node:util';
import { type Files, linesOf, type Row } from './files.ts';

/** One changed file of a folder. It is undefined where there is no such file. `notes` are the texts of the checkpoints of the honest folder, in all its lists, and `proofs` are honest ones. */
export type ChangedFile = Readonly<{
  path: string;
  honest: Buffer | undefined;
  changed: Buffer | undefined;
  notes: ReadonlySet<unknown>;
  proofs: ReadonlySet<string>;
}>;

const PROOFS = 'proofs.jsonl';

/** Why a change makes nobody believe something false. `sentence` is the one of docs/verify.md that says it. */
export type Rule = Readonly<{ name: string; sentence: string; allows: (file: ChangedFile) => boolean }>;

/** The values of a file as JSON, of which the last line may lack its newline. Undefined when a line is none. */
function valuesIn(path: string, bytes: Buffer | undefined): readonly Row[] | undefined {
  const text = bytes?.toString();
  if (text === undefined) return undefined;
  try {
    const lines = path.endsWith('.jsonl')
      ? linesOf(text.endsWith('\n') || text === '' ? text : `${text}\n`)
      : [text];
    return lines.map((line) => JSON.parse(line) as Row);
  } catch {
    return undefined;
  }
}

const textsOf = (values: readonly Row[]): readonly string[] => values.map((value) => JSON.stringify(value));

/** Both files as values; undefined when one has none. */
function both({ path, honest, changed }: ChangedFile) {
  const [before, after] = [valuesIn(path, honest), valuesIn(path, changed)];
  return before && after && { before, after };
}

/** What signatures of a checkpoint sign. */
const noteText = ({ note }: Row): unknown => String(note).split('\n\n')[0];

/** A proof with what signatures sign, and without them. A proof that no given key signed is not verified. */
const withoutSignatures = ({ note, from, to, ...proof }: Row): Row => ({
  ...proof,
  notes: [{ note }, from, to].map((each) => each && noteText(each as Row)),
});

/** Whether each line of the changed file is one of the honest one. */
function isPart(file: ChangedFile): boolean {
  const values = both(file);
  const known = new Set(textsOf(values?.before ?? []));
  return values !== undefined && textsOf(values.after).every((text) => known.has(text));
}

/** Whether both files have the same lines, in another order or more than once. */
const hasSameLines = (file: ChangedFile): boolean =>
  isPart(file) && isPart({ ...file, honest: file.changed, changed: file.honest });

/** What the operator says of the export, and nothing depends on. */
const withoutClaims = ({ keys: _keys, witnesses: _witnesses, exportedAt: _at, ...about }: Row): Row => about;

/** The contents of evidence without its words. */
const withoutWords = ({ controls, answers, ...about }: Row): Row => ({
  ...about,
  controls: (controls as Row[]).map(({ title: _title, asks: _asks, cannot: _cannot, ...its }) => its),
  answers: (answers as Row[]).map(({ title: _title, ...its }) => its),
});

/** Every change that is harmless. The page says so of each. */
export const RULES: readonly Rule[] = [
  {
    name: 'what nothing in the log proves',
    sentence: 'Nothing in the log proves them',
    allows: ({ path }) => path.startsWith('not-proven/'),
  },
  {
    name: 'words for people',
    sentence: 'No program reads `README.md`',
    allows: ({ path }) => /^(evidence\/)?README\.md$/.test(path),
  },
  {
    name: 'the last newline',
    sentence: 'The last line of a file may lack its newline',
    allows: ({ honest, changed }) =>
      changed !== undefined && honest?.equals(Buffer.concat([changed, Buffer.from('\n')])) === true,
  },
  {
    name: 'another form of the same JSON',
    sentence: 'The same values in another form of JSON',
    allows: (file) => {
      const values = file.path !== 'entries.jsonl' && both(file);
      return values !== undefined && values !== false && isDeepStrictEqual(values.before, values.after);
    },
  },
  {
    name: 'texts are erased, or in another order',
    sentence: 'Texts that were erased are absent',
    allows: (file) => /^(free-)?texts\.jsonl$/.test(file.path) && isPart(file),
  },
  {
    name: 'every text of people is erased',
    sentence: 'What was erased is absent',
    allows: ({ path, changed }) => path === 'free-texts.jsonl' && changed === undefined,
  },
  {
    name: 'another order of lines',
    sentence:
      'The order of the lines in `texts.jsonl`, `free-texts.jsonl`, `bodies.jsonl` and `evidence/proofs.jsonl`',
    allows: (file) => /^(bodies|evidence\/proofs)\.jsonl$/.test(file.path) && hasSameLines(file),
  },
  {
    name: 'other lists of the same checkpoints',
    sentence: 'A checkpoint that is missing, there twice or in another list',
    allows: ({ path, changed, notes }) =>
      path.startsWith('checkpoints/') &&
      (valuesIn(path, changed) ?? []).every(
        (row) => notes.has(noteText(row)) && Object.keys(row).length === 1,
      ),
  },
  {
    name: 'other signatures of keys that were not given',
    sentence: 'Signatures of keys that you did not give say nothing',
    allows: (file) => {
      const values = file.path.endsWith('proofs.jsonl') ? both(file) : undefined;
      return (
        values !== undefined &&
        isDeepStrictEqual(values.before.map(withoutSignatures), values.after.map(withoutSignatures))
      );
    },
  },
  {
    name: 'the title of a review is erased',
    sentence: '`title` (with `salt` and `text`, or null when it is erased)',
    allows: (file) => {
      const values = file.path === 'evidence/review.json' ? both(file) : undefined;
      return (
        values !== undefined &&
        isDeepStrictEqual(
          values.before.map((about) => ({ ...about, title: null })),
          values.after,
        )
      );
    },
  },
  {
    name: 'words of the evidence',
    sentence: 'The words in `evidence/controls.json`',
    allows: (file) => {
      const values = file.path === 'evidence/controls.json' ? both(file) : undefined;
      return (
        values !== undefined &&
        isDeepStrictEqual(values.before.map(withoutWords), values.after.map(withoutWords))
      );
    },
  },
  {
    name: 'other proofs',
    sentence: 'Each proof stands by itself',
    allows: ({ path, changed, proofs }) =>
      path === PROOFS &&
      textsOf(valuesIn(path, changed && Buffer.from(changed.toString().trim())) ?? [{}]).every((text) =>
        proofs.has(text),
      ),
  },
  {
    name: 'what the operator says of the export',
    sentence: 'What `bundle.json` says of `keys`, `witnesses` and `exportedAt`',
    allows: (file) => {
      const values = file.path === 'bundle.json' ? both(file) : undefined;
      return (
        values !== undefined &&
        isDeepStrictEqual(values.before.map(withoutClaims), values.after.map(withoutClaims))
      );
    },
  },
];

/** The names of the rules that allow every difference between two folders. Undefined when one difference is not harmless. */
export function harmlessBy({
  honest,
  changed,
  other,
}: Readonly<Record<'honest' | 'changed' | 'other', Files>>): readonly string[] | undefined {
  const lists = [...honest.keys()].filter((path) => path.startsWith('checkpoints/'));
  const notes = new Set(lists.flatMap((path) => (valuesIn(path, honest.get(path)) ?? []).map(noteText)));
  const proofs = new Set(
    [honest, other].flatMap((files) => textsOf(valuesIn(PROOFS, files.get(PROOFS)) ?? [])),
  );
  const names: string[] = [];
  for (const path of new Set([...honest.keys(), ...changed.keys()])) {
    const file = { path, honest: honest.get(path), changed: changed.get(path), notes, proofs };
    if (file.honest && file.changed?.equals(file.honest) === true) continue;
    const rule = RULES.find(({ allows }) => allows(file));
    if (!rule) return undefined;
    names.push(rule.name);
  }
  return names;
}
