import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
/** The page that explains the ids of each letter, and the section that does. */
const SECTIONS = {
  I: ['docs/invariants.md', 'Invariants'],
  F: ['docs/invariants.md', 'Faults'],
  B: ['docs/invariants.md', 'Failures of other tools'],
  T: ['docs/security.md', 'Threats'],
} as const;
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
const idsIn = (text: string): readonly string[] => [...(text.match(ID) ?? [])];

/** Files that people write. Images, the lockfile and recorded workflow histories hold data, not sentences. */
const WRITTEN = /\.(?:ts|tsx|mjs|js|sql|md|yaml|css|txt)$/;
const TEST_FILE = /^(?:sandbox\/)?test\/.*\.ts$/;
const THIS = 'test/invariants.test.ts';

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
// A file that was removed and is not committed yet is still listed.
const written = tracked.filter((file) => WRITTEN.test(file) && file !== THIS && existsSync(join(ROOT, file)));

/**
 * The ids that a test is for. They stand in parentheses at the end of a title, which is a text in quotes; a comment is not one. The
 * simulator has one test for all its planted bugs, and names their ids in the list NOTICED.
 */
function testedIn(source: string): readonly string[] {
  const code = source.split('\n').filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
  const [, noticed = ''] = /^const NOTICED = \[(.*)\];$/m.exec(source) ?? [];
  return [
    ...code.flatMap((line) => [...line.matchAll(/\(([^()]*)\)['"`]/g)].flatMap(([, ids = '']) => idsIn(ids))),
    ...idsIn(noticed),
  ];
}
const tested = new Set(
  written.filter((file) => TEST_FILE.test(file)).flatMap((file) => testedIn(read(file))),
);

type Entry = Readonly<{ id: string; sentences: string }>;

/** The rows of a section of a page: an id, and what is said about it. */
function entriesOf(page: string, section: string): readonly Entry[] {
  const part = page.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? '';
  return [...part.matchAll(/^\| ([IFBT]\d+) +\| (\S.*) \|$/gm)].map(([, id = '', sentences = '']) => ({
    id,
    sentences,
  }));
}
const entries = Object.values(SECTIONS).flatMap(([page, section]) => entriesOf(read(page), section));
const explained = new Set(entries.map(({ id }) => id));

/** Why nothing holds an entry. Nothing if a test is for it, or if other entries hold it, or if the page says that it is not built. */
function problemOf({ id, sentences }: Entry, tests: ReadonlySet<string> = tested): string | undefined {
  if (tests.has(id)) return undefined;
  if (!id.startsWith('T')) return `${id}: no title of a test names it`;
  const others = idsIn(/\([^()]*\)\.$/.exec(sentences.trimEnd())?.[0] ?? '');
  if (others.length === 0)
    return /not built yet/i.test(sentences) ? undefined : `${id}: no title of a test names it`;
  const missing = others.filter((other) => !tests.has(other));
  return missing.length === 0 ? undefined : `${id}: no title of a test names ${missing.join(', ')}`;
}

describe('the pages that explain ids', () => {
  test('have an entry for every id that a file names', () => {
    const missing = written.flatMap((file) =>
      idsIn(read(file)).flatMap((id) => (explained.has(id) ? [] : [`${id} in ${file}`])),
    );
    expect(missing).toEqual([]);
  });

  test.each(Object.entries(SECTIONS))('explain each id with %s once, in order', (letter, [page, section]) => {
    const ids = entriesOf(read(page), section).map(({ id }) => id);
    expect(ids.filter((id) => !id.startsWith(letter))).toEqual([]);
    const numbers = ids.map((id) => Number(id.slice(1)));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(ids.length).toBeGreaterThanOrEqual(
      { I: 25, F: 37, B: 56, T: 38 }[letter as keyof typeof SECTIONS],
    );
  });

  test('explain nothing that no test holds, unless they say that it is not built yet', () => {
    expect(entries.flatMap((entry) => problemOf(entry) ?? [])).toEqual([]);
  });
});

describe('the rule of what an id is', () => {
  test('finds ids in comments and titles', () => {
    expect(idsIn('one effect (F01, I2), as I15. says; B22: T07')).toEqual(['F01', 'I2', 'I15', 'B22', 'T07']);
  });

  test.each(['F0000', '2026-01-05T12:00', 'T012345', 'T1', 'I123', 'xI14', 'aGk/I2+', '9f-F01-', 'B2_x'])(
    'finds none in "%s"',
    (text) => expect(idsIn(text)).toEqual([]),
  );
});

describe('the rule of what a test is for', () => {
  test.each([
    ['a title', `test('one effect (I2)', f)`, ['I2']],
    ['a row of a table', `['kills', 'one effect (F01, I2)', f],`, ['F01', 'I2']],
    ['the list of the simulator', `const NOTICED = ['B10'];`, ['B10']],
    ['a comment', `  // one 'effect (I2)'`, []],
    ['a name inside a text', `test('as I2 says', f)`, []],
  ])('finds %s', (_what, source, ids) => expect(testedIn(source)).toEqual(ids));
});

describe('an entry that no test holds', () => {
  test.each([
    ['I2', 'A sentence.'],
    ['F01', 'A sentence (I9).'],
    ['T08', 'A sentence.'],
    ['T08', 'A sentence (I9, I10).'],
  ])('is noticed: %s, %s', (id, sentences) =>
    expect(problemOf({ id, sentences }, new Set(['I9']))).toContain(`${id}: `),
  );

  test.each(['A sentence (I9).', 'This is not built yet.', 'Not built yet.'])(
    'a threat may say so, or name what holds it: %s',
    (sentences) => expect(problemOf({ id: 'T08', sentences }, new Set(['I9']))).toBeUndefined(),
  );
});
