import { expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import { orderRefusal } from '../../../core/reviews/check-order.ts';
import { REVIEW_LIMITS as LIMITS } from '../../../core/reviews/limits.ts';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;
const ORDER = { title: 'Autumn', scope: {}, from: NOW - DAY_MS, to: NOW, due: NOW + DAY_MS };
const ids = (count: number) => Array.from({ length: count }, (_, at) => `person-${at}`);

type Row = readonly [what: string, more: object, isRefused: boolean];
const ROWS: readonly Row[] = [
  ['of the longest title, counted in characters', { title: '🔒'.repeat(LIMITS.titleLength) }, false],
  ['of a title that is longer', { title: 'x'.repeat(LIMITS.titleLength + 1) }, true],
  ['of a period of no time', { from: NOW }, true],
  ['of a period that ends after now', { to: NOW + 1 }, true],
  ['that is due now', { due: NOW }, true],
  ['that is open for the longest time', { due: NOW + LIMITS.days * DAY_MS }, false],
  ['that is open for longer', { due: NOW + LIMITS.days * DAY_MS + 1 }, true],
  ['with the largest sample', { wanted: LIMITS.lines }, false],
  ['with a sample of half a line', { wanted: 1.5 }, true],
  ['with the most ids under a key', { scope: { person: ids(LIMITS.scopeValues) } }, false],
  ['with more ids under a key', { scope: { person: ids(LIMITS.scopeValues + 1) } }, true],
  ['with a key without an id', { scope: { person: [] } }, true],
  ['with an id that nobody can have', { scope: { person: ["ana' or 1=1"] } }, true],
  ['with such an id as the third', { scope: { person: ['ana', 'bo', "cy' or 1=1"] } }, true],
  ['with such an id under the second key', { scope: { person: ['ana'], entitlement: ['A'] } }, true],
  ['with a key that nobody knows, as the second', { scope: { person: ['ana'], team: ['a'] } }, true],
  ['of a period that ends now', { to: NOW }, false],
  ['of a title of spaces', { title: ' \u200b ' }, true],
];

test.each(ROWS)('a review %s: refused or not', (_what, more, isRefused) => {
  const order = { ...ORDER, ...more } as Parameters<typeof orderRefusal>[0];
  expect(orderRefusal(order, NOW as Instant) !== undefined).toBe(isRefused);
});
