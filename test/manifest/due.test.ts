import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { dueAccesses, MANIFEST_GRACE_MS } from '../../manifest/due.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { holds } from '../laws.fixture.ts';
import { entryOf, leaseNamed, noon } from './manifest.fixture.ts';

const LADDER = ['none', 'read', 'write', 'admin'];
const at = (seconds: number): Instant => (noon + seconds * 1000) as Instant;
const due = (entries: readonly ManifestEntry[], now = at(30)) =>
  dueAccesses(entries, { now, ladderOf: () => LADDER });
const left = (entries: readonly ManifestEntry[], now = at(30)) =>
  due(entries, now).map(({ remaining }) => (remaining.ok ? remaining.value : remaining.error));

const other = (overrides: Partial<ManifestEntry>): ManifestEntry =>
  entryOf({ lease: leaseNamed('b'), serial: 2, ...overrides });

describe('what the manifest says must be ended', () => {
  test.each<[why: string, entries: readonly ManifestEntry[], expected: readonly string[]]>([
    ['a lease whose end is reached for 30 s', [entryOf()], ['none']],
    ['one whose end is reached for less', [entryOf({ endsAt: at(0.001) })], []],
    ['one that is over', [entryOf({ state: 'over' })], []],
    ['standing access stays (I5)', [entryOf({ prior: 'read' })], ['read']],
    [
      'another lease that has not ended keeps its level (I6)',
      [entryOf(), other({ level: 'read', endsAt: at(60) })],
      ['read'],
    ],
    [
      'another lease that ended just now keeps nothing',
      [entryOf(), other({ level: 'read', endsAt: at(30) })],
      ['none'],
    ],
    [
      'another lease that is over keeps nothing',
      [entryOf(), other({ state: 'over', endsAt: at(60) })],
      ['none'],
    ],
    [
      'the prior state of the highest serial counts',
      [entryOf({ prior: 'write' }), other({ prior: 'read', endsAt: at(60), level: 'read' })],
      ['read'],
    ],
    [
      'the prior state of a lease that is over does not',
      [entryOf({ prior: 'read' }), other({ prior: 'none', state: 'over' })],
      ['read'],
    ],
    [
      'another account is another access',
      [entryOf(), other({ subject: { id: 'u2', name: 'ana' }, endsAt: at(60) })],
      ['none'],
    ],
    ['another target is another access', [entryOf(), other({ targetKey: 'docs', endsAt: at(60) })], ['none']],
    [
      'another provider is another access',
      [entryOf(), other({ provider: 'github', endsAt: at(60) })],
      ['none'],
    ],
    ['two that are due are one access', [entryOf(), other({})], ['none']],
  ])('%s', (_why, entries, expected) => {
    expect(left(entries)).toEqual(expected);
  });

  test('the newest due entry comes first, whatever the order', () => {
    const entries = [other({ subject: { id: 'u1', name: 'ana-new' } }), entryOf()];
    for (const order of [entries, entries.toReversed()])
      expect(due(order)).toEqual([
        { entry: entries[0], due: entries, remaining: { ok: true, value: 'none' } },
      ]);
  });

  test('an access with a level that its target does not have is a problem of its own (F32)', () => {
    expect(left([entryOf({ prior: 'owner' }), other({ targetKey: 'docs' })])).toEqual([
      '"owner" is not one of none, read, write, admin',
      'none',
    ]);
  });

  holds(
    'what remains is never below the prior state, nor above what was prior or is not ended',
    fc.array(
      fc.record({
        lease: fc.constantFrom('a', 'b', 'c'),
        prior: fc.constantFrom(...LADDER),
        level: fc.constantFrom(...LADDER.slice(1)),
        state: fc.constantFrom('live', 'over'),
        endsIn: fc.integer({ min: -90, max: 90 }),
      }),
      { maxLength: 8 },
    ),
    (all) => {
      const entries = all.map(({ lease, endsIn, ...rest }, index) =>
        entryOf({
          ...(rest as Partial<ManifestEntry>),
          lease: leaseNamed(lease),
          serial: index + 1,
          endsAt: at(endsIn),
        }),
      );
      const live = entries.filter(({ state }) => state === 'live');
      const isDue = live.some(({ endsAt }) => endsAt + MANIFEST_GRACE_MS <= noon);
      const [access] = due(entries, noon);
      expect(access !== undefined).toBe(isDue);
      if (!access?.remaining.ok) return;
      const remaining = LADDER.indexOf(access.remaining.value);
      const prior = LADDER.indexOf(live.at(-1)?.prior ?? '');
      const notEnded = live.filter(({ endsAt }) => endsAt > noon).map(({ level }) => LADDER.indexOf(level));
      expect(remaining).toBe(Math.max(prior, ...notEnded));
    },
  );
});
