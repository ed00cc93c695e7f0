import { describe, expect, test } from '@jest/globals';
import { entryOf } from '../../audit/entry.ts';
import { comparison, type StoredEntry } from '../../audit/examine-entries.ts';
import { type Frontier, grow, rootOfFrontier } from '../../audit/tree/frontier.ts';
import { rootOfFull } from '../../audit/tree/tiles.ts';
import type { LogRow } from '../../ledger/index.ts';
import { leafHash, rootOf } from './tiny-tree.fixture.ts';

const rowOf = (index: number, by = 'bo'): LogRow => ({
  ...{ type: 'event', id: `req_1/${index}`, at: '2026-12-01T00:00:00.000Z' },
  ...{ body: { kind: 'approved', by }, step: null, via: 'cli' },
});
const hashOf = (row: LogRow): Buffer => leafHash(entryOf(row).bytes);
const SIZE = 600;
const ROWS = Array.from({ length: SIZE }, (_, index) => rowOf(index));
const LEAVES = ROWS.map(hashOf);
const OTHER = Buffer.alloc(32, 7);

const frontierOf = (leaves: readonly Buffer[]): Frontier =>
  leaves.reduce<Frontier>((frontier, leaf, index) => grow(frontier, index, leaf).frontier, []);

describe('a frontier', () => {
  test.each([0, 1, 2, 3, 7, 8, 255, 256, 257, SIZE])('of %i entries has the root of the tree', (size) => {
    expect(rootOfFrontier(frontierOf(LEAVES.slice(0, size)))).toEqual(rootOf(LEAVES.slice(0, size)));
  });

  test('says which subtrees an entry completes', () => {
    const { completed } = grow(frontierOf(LEAVES.slice(0, 7)), 7, LEAVES[7] ?? OTHER);
    expect(completed).toEqual([1, 2, 4, 8].map((count) => rootOf(LEAVES.slice(8 - count, 8))));
  });

  test('that is not the one of the index takes no entry', () => {
    expect(() => grow([], 1, OTHER)).toThrow('a tree of 1 entries has more subtrees');
  });
});

type Changed = Readonly<{
  stored?: Readonly<Record<number, Partial<StoredEntry>>>;
  above?: Buffer;
  /** The sizes of the checkpoints, and what the key signed of them. */
  signed?: Readonly<Record<number, Buffer>>;
  from?: number;
  known?: Frontier | undefined;
}>;

/** What is found in the entries from `from` on, when these are stored in another way. */
function found({ stored = {}, above, signed, from = 0, ...more }: Changed = {}): readonly string[] {
  const known = 'known' in more ? more.known : frontierOf(LEAVES.slice(0, from));
  const compared = comparison(from, known);
  const roots = signed ?? { [SIZE]: rootOf(LEAVES) };
  const read = (level: number, number: number): Buffer | undefined =>
    above ?? (level === 1 ? rootOfFull(LEAVES.slice(number * 256, number * 256 + 256)) : undefined);
  for (let index = from; index < SIZE; index += 1) {
    compared.entry({ row: ROWS[index], isPurged: false, leaf: LEAVES[index], ...stored[index] }, read);
    const root = roots[index + 1];
    if (root) compared.checkpoint(root);
  }
  return compared.differences();
}

const rightAt = (...sizes: readonly number[]): Readonly<Record<number, Buffer>> =>
  Object.fromEntries(sizes.map((size) => [size, rootOf(LEAVES.slice(0, size))]));
const eve = rowOf(5, 'eve');

describe('entries are what was signed (I21)', () => {
  test.each<[string, Changed, readonly unknown[]]>([
    ['that nobody changed', {}, []],
    ['after others', { from: 300 }, []],
    ['with several checkpoints', { signed: rightAt(1, 2, 255, 256, 257, SIZE) }, []],
    ['whose rows left with a purge', { stored: { 5: { row: undefined, isPurged: true } } }, []],
    [
      'whose row is another one',
      { stored: { 5: { row: eve } } },
      [expect.stringMatching(/^entry 5 of the log is not the row "req_1\/5" any more \([0-9a-f]{16}\)$/)],
    ],
    [
      'whose row is gone',
      { stored: { 5: { row: undefined } } },
      ['entry 5 of the log is not in its table any more (nothing)'],
    ],
    [
      'whose row is another one, although a purge is said to have removed it',
      { stored: { 5: { row: eve, isPurged: true } } },
      [expect.stringContaining('entry 5 of the log is not the row')],
    ],
    [
      'whose hash is another one',
      { stored: { 5: { leaf: OTHER } } },
      [expect.stringMatching(/^the hash of entry 5 of the log, the row "req_1\/5", is not the one/)],
    ],
    [
      'whose hash is gone',
      { stored: { 5: { leaf: undefined } } },
      [expect.stringContaining('the hash of entry 5 of the log')],
    ],
    [
      'that are several',
      { stored: { 5: { row: eve }, 9: { row: eve } } },
      [expect.stringMatching(/^entry 5 of/), expect.stringMatching(/^entry 9 of/)],
    ],
    [
      'of which a row and, after a checkpoint, a hash are other ones',
      { stored: { 5: { row: eve }, 9: { leaf: OTHER } }, signed: rightAt(8, SIZE) },
      [expect.stringMatching(/^entry 5 of/), expect.stringMatching(/^the hash of entry 9 of/)],
    ],
    [
      'with another hash in the level above',
      { above: OTHER },
      [0, 1].map((number) => expect.stringContaining(`hash ${number} of level 1 of the tree`)),
    ],
  ])('%s', (_what, changed, expected) => {
    expect(found(changed)).toEqual(expected);
  });

  const both = { stored: { 5: { row: eve, leaf: hashOf(eve) } } };
  test.each<[string, Changed, string]>([
    ['the first checkpoint', both, `one of the entries 0 to ${SIZE - 1} of the log is not the one`],
    ['two checkpoints', { ...both, signed: rightAt(4, 8, SIZE) }, 'one of the entries 4 to 7 of the log'],
    [
      'two checkpoints that are next to it',
      { ...both, signed: rightAt(5, 6, SIZE) },
      'entry 5 of the log is not',
    ],
    [
      'the first checkpoint, when it has left with a purge',
      { stored: { 5: { row: undefined, isPurged: true, leaf: OTHER } } },
      `one of the entries 0 to ${SIZE - 1} of the log`,
    ],
  ])('a row and its hash that are both other ones are between %s', (_what, changed, expected) => {
    const [first, ...others] = found(changed);
    expect(first).toContain(expected);
    expect(others).toEqual([]);
  });

  test('a difference that is found with no signed tree before it is one of rows alone', () => {
    const stored = { 5: { row: eve }, 7: { row: eve, leaf: hashOf(eve) } };
    expect(found({ stored, known: undefined })).toEqual([expect.stringContaining('entry 5 of the log')]);
  });

  test('a change has another sentence after each further change', () => {
    const sentences = ['eve', 'mallory'].map((by) => found({ stored: { 5: { row: rowOf(5, by) } } })[0]);
    expect(sentences[0]).not.toBe(sentences[1]);
  });
});
