import { expect, test } from '@jest/globals';
import { type Reader, targetDetails } from '../../wording/target-details.ts';

const target = { permissions: ['read', 'write'], cautions: ['a clone stays'], atEnd: ['forks are deleted'] };
const PERMISSIONS = [
  ['permission', undefined, 'read'],
  ['permission', undefined, 'write'],
];
const AT_END = ['at-end', 'At the end:', 'forks are deleted'];

test.each<[Reader, string, readonly unknown[]]>([
  [
    'approver',
    'permissions, then cautions, then the end',
    [...PERMISSIONS, ['caution', 'Caution:', 'a clone stays'], AT_END],
  ],
  ['holder', 'permissions, then the end, and no caution', [...PERMISSIONS, AT_END]],
])('the %s reads %s', (reader, _what, expected) =>
  expect(targetDetails(target, reader).map(({ kind, label, text }) => [kind, label, text])).toEqual(expected),
);
