import { expect, test } from '@jest/globals';
import { asksOnceMore } from '../../core/request/asks-once-more.ts';
import { onceMoreReasons } from '../../wording/once-more.ts';

const narrow = { plain: 'access to logs in AWS', widens: false };
const wide = { plain: 'the IAM group deployers', widens: true };
const RESTRICTED = 'This access is restricted.';
const widens = (names: string) =>
  `With this access a person may give themselves more access, or access that remains afterwards: ${names}.`;

test.each<[string, Parameters<typeof onceMoreReasons>[0], readonly string[]]>([
  ['restricted', { class: 'restricted', targets: [narrow] }, [RESTRICTED]],
  ['access that can widen itself', { class: 'internal', targets: [wide] }, [widens(wide.plain)]],
  ['both', { class: 'restricted', targets: [wide] }, [RESTRICTED, widens(wide.plain)]],
  [
    'each target that can widen itself, and no other',
    { class: 'public', targets: [wide, narrow, { ...wide, plain: 'a team' }] },
    [widens(`${wide.plain}; a team`)],
  ],
  [
    'as much of the names as fits',
    { class: 'internal', targets: [{ ...wide, plain: 'x'.repeat(81) }] },
    [widens(`${'x'.repeat(79)}…`).slice(0, -1)],
  ],
  [
    'as many whole words of the names as fit',
    { class: 'internal', targets: [{ ...wide, plain: `the team x: ${'y'.repeat(60)} ${'z'.repeat(60)}` }] },
    [widens(`the team x: ${'y'.repeat(60)}…`).slice(0, -1)],
  ],
  ['nothing, for confidential access', { class: 'confidential', targets: [narrow] }, []],
  ['nothing, for internal access', { class: 'internal', targets: [narrow] }, []],
])('why an approval asks once more: %s', (_why, request, expected) => {
  expect(onceMoreReasons(request)).toEqual(expected);
  expect(expected.length > 0).toBe(asksOnceMore(request));
});
