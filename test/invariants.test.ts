import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = 'docs/invariants.md';
const SECTIONS: Readonly<Record<string, string>> = {
  Invariants: 'I',
  Faults: 'F',
  'Failures of other tools': 'B',
  Threats: 'T',
};
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/**
 * An id is an I with one or two digits, or an F, B or T with exactly two digits, as a word of its own.
 *
 * - A letter, digit or `_` on either side makes it part of a longer name or code: SQLSTATE `F0000`, workspace
 *   `T12345`, the `T12` of the time `2026-01-05T12:00`.
 * - A `+`, `/`, `=` or `-` on either side makes it part of base64 text or of a path, a UUID or another identifier.
 *
 * An id that does not exist in any list, such as an I with the number 99, is still an id: it fails for lack of an entry.
 */
const ID = /(?<![\w+/=-])(?:I\d{1,2}|[FBT]\d{2})(?![\w+/=-])/g;

/** Files that people write. Images, the lockfile and recorded workflow histories hold data, not sentences. */
const WRITTEN = /\.(?:ts|tsx|mjs|js|sql|md|yaml|css|txt)$/;
/** These explain the ids, so an id that stands only here is named by nothing. */
const EXPLANATIONS = new Set([
  PAGE,
  'docs/threat-model.md',
  'test/invariants.test.ts',
  'test/threat-model.test.ts',
]);
const TEST_FILE = /^(?:sandbox\/)?test\/.*\.ts$/;

/** Each id, with the files that name it. */
function idsIn(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of files)
    for (const id of new Set(read(file).match(ID))) found.set(id, [...(found.get(id) ?? []), file]);
  return found;
}

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
// A file that was removed and is not committed yet is still listed.
const written = tracked.filter(
  (file) => WRITTEN.test(file) && !EXPLANATIONS.has(file) && existsSync(join(ROOT, file)),
);
const named = idsIn(written);

type Proof = Readonly<{ file: string; title: string | undefined }>;
type Entry = Readonly<{
  section: string;
  id: string;
  sentence: string;
  proofs: readonly Proof[];
  odd: string[];
}>;

/** The entries of the page: a heading, one paragraph, "Held by:", and one line for each test. */
function entriesOf(page: string): readonly Entry[] {
  return page
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const [section = '', ...rest] = part.split('\n');
      return rest
        .join('\n')
        .split(/^### /m)
        .slice(1)
        .map((text) => {
          const [, id = '', sentence = '', list = ''] =
            /^(\S+)\n\n([^\n]*)\n\nHeld by:\n\n([^]*)$/.exec(text) ?? [];
          const lines = list.split('\n').filter((line) => line !== '');
          const proofs = lines.flatMap((line) => {
            const [, file, title] = /^- `([^`]+)`(?:: "(.+)")?$/.exec(line) ?? [];
            return file === undefined ? [] : [{ file, title }];
          });
          const odd = id === '' ? [text] : lines.length === proofs.length ? [] : lines;
          return { section, id, sentence, proofs, odd };
        });
    });
}

/** True if the source has this text as a whole string: a title in quotes, also as a row of a table of cases. */
const hasTitle = (source: string, title: string): boolean =>
  [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``].some((literal) =>
    source.includes(literal),
  );

/** What is wrong with one test that an entry names; nothing if it is right. */
function problemOf(id: string, { file, title }: Proof): string | undefined {
  if (!TEST_FILE.test(file) || !tracked.includes(file)) return `${id}: ${file} is not a test file`;
  const source = read(file);
  if (title !== undefined && !hasTitle(source, title)) return `${id}: ${file} has no test "${title}"`;
  if (!source.match(ID)?.includes(id)) return `${id}: ${file} does not name it`;
  return undefined;
}

const entries = entriesOf(read(PAGE));

describe(PAGE, () => {
  test('every id that a file names has an entry', () => {
    const explained = new Set(entries.map(({ id }) => id));
    const missing = [...named].filter(([id]) => !explained.has(id));
    expect(missing).toEqual([]);
  });

  test('every entry is about an id that a file names, once, in the section of its letter', () => {
    const ids = entries.map(({ id }) => id);
    expect(ids.filter((id, index) => !named.has(id) || ids.indexOf(id) !== index)).toEqual([]);
    expect(entries.filter(({ section, id }) => SECTIONS[section] !== id[0])).toEqual([]);
  });

  test('every entry has a sentence and at least one test, in the form that this test reads', () => {
    expect(entries.flatMap(({ odd }) => odd)).toEqual([]);
    expect(entries.filter(({ sentence, proofs }) => sentence === '' || proofs.length === 0)).toEqual([]);
  });

  test('every test that an entry names exists and names the id', () => {
    const problems = entries.flatMap(({ id, proofs }) =>
      proofs.flatMap((proof) => problemOf(id, proof) ?? []),
    );
    expect(problems).toEqual([]);
  });
});

describe('the rule of what an id is', () => {
  const ids = (text: string): readonly string[] => [...(text.match(ID) ?? [])];

  test('finds ids in comments and titles', () => {
    expect(ids('one effect (F01, I2), as I15. says; B22: T07')).toEqual(['F01', 'I2', 'I15', 'B22', 'T07']);
  });

  test.each(['F0000', '2026-01-05T12:00', 'T012345', 'T1', 'I123', 'xI14', 'aGk/I2+', '9f-F01-', 'B2_x'])(
    'finds none in "%s"',
    (text) => expect(ids(text)).toEqual([]),
  );
});

describe('a page that is wrong', () => {
  const proof = { file: 'test/core/duration.test.ts', title: undefined };

  test.each<[string, Proof]>([
    ['a file that does not exist', { ...proof, file: 'test/core/nothing.test.ts' }],
    ['a file that is not a test', { ...proof, file: 'core/duration.ts' }],
    ['a title that is not in the file', { ...proof, title: 'no such title' }],
    ['a file that does not name the id', { ...proof, file: 'test/setup/services.test.ts' }],
  ])('is noticed if it names %s', (_what, wrong) => expect(problemOf('B57', wrong)).toMatch(/^B57: /));

  test('is noticed if an entry has no list of tests', () => {
    expect(entriesOf('# x\n\n## Faults\n\n### F01\n\nA sentence.\n')[0]?.odd).toHaveLength(1);
  });
});
