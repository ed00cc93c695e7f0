import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { narrowest, type Pieces } from '../../audit/questions/narrower.ts';
import { holds } from '../laws.fixture.ts';

const pieces = (id: string, ...gives: readonly string[]): Pieces => ({ id, title: id, gives });
const held = pieces('admin', 'read', 'write', 'admin');

test.each<
  [why: string, needed: readonly string[], catalogue: readonly Pieces[], expected: string | undefined]
>([
  [
    'the one that gives least',
    ['read'],
    [pieces('writer', 'read', 'write'), pieces('reader', 'read')],
    'reader',
  ],
  [
    'one that covers what was used',
    ['read', 'write'],
    [pieces('reader', 'read'), pieces('writer', 'read', 'write')],
    'writer',
  ],
  ['none that gives something else', ['read'], [pieces('other', 'read', 'billing')], undefined],
  ['none that gives as much', ['read'], [pieces('same', 'read', 'write', 'admin')], undefined],
  ['not the entitlement itself', ['read'], [{ ...held, gives: ['read'] }], undefined],
  [
    'none when all of it may be needed',
    ['read', 'write', 'admin'],
    [pieces('writer', 'read', 'write')],
    undefined,
  ],
  [
    'the first by its id of two that give the same',
    ['read'],
    [pieces('b', 'read'), pieces('a', 'read')],
    'a',
  ],
])('proposes %s', (_why, needed, catalogue, expected) =>
  expect(narrowest(held, { needed: new Set(needed), catalogue })?.id).toBe(expected),
);

const some = fc.subarray(['read', 'write', 'admin', 'billing']);

holds(
  'a proposal always covers what is needed and gives less',
  fc.tuple(some, some, fc.array(some, { maxLength: 5 })),
  ([gives, needed, others]) => {
    const catalogue = others.map((each, index) => pieces(`e${index}`, ...each));
    const found = narrowest(pieces('held', ...gives), { needed: new Set(needed), catalogue });
    if (!found) return;
    expect(needed.every((each) => found.gives.includes(each))).toBe(true);
    expect(found.gives.every((each) => gives.includes(each))).toBe(true);
    expect(found.gives.length).toBeLessThan(gives.length);
  },
);
