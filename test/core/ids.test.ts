import { expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import {
  clickIdOf,
  leaseIdOf,
  parseClickId,
  parseLeaseId,
  parsePersonId,
  parseRequestId,
  requestIdOf,
  requestIdOfLease,
} from '../../core/ids.ts';
import { desiredLevel } from '../../core/holding.ts';

test('a request, its leases and its workflow are named after the click that asked (B25)', () => {
  const click = clickIdOf(uuidv7());
  const request = requestIdOf(click);
  expect(parseClickId(click).ok).toBe(true);
  expect(parseRequestId(request).ok).toBe(true);
  expect(parseLeaseId(leaseIdOf(request, 7)).ok).toBe(true);
  expect(requestIdOfLease(leaseIdOf(request, 12))).toBe(request);
});

test('later clicks sort after earlier ones', () => {
  const clicks = Array.from({ length: 50 }, () => clickIdOf(uuidv7()));
  expect([...clicks].sort()).toEqual(clicks);
});

test.each([
  '',
  'req_',
  'req_01JGYQ8ZK7F5V2M9C3X4B6N8P0',
  "req_'; drop table event; --",
  `req_${'0'.repeat(27)}`,
])('"%s" is not a request id', (text) => expect(parseRequestId(text).ok).toBe(false));

test.each(['', 'Ana', '../ana', 'ana bo', 'constructor()', 'a'.repeat(64)])(
  '"%s" is not a person id',
  (text) => expect(parsePersonId(text).ok).toBe(false),
);

test.each<[string, string, string[], string]>([
  ['the last lease ended: what was there before', 'read', [], 'read'],
  ['one lease above what was there', 'read', ['write'], 'write'],
  ['a lower lease does not lower a higher one (B15)', 'none', ['write', 'read'], 'write'],
  ['standing access above every lease stays (I5, B16)', 'admin', ['read'], 'admin'],
])('%s', (_why, prior, live, level) =>
  expect(desiredLevel(['none', 'read', 'write', 'admin'], prior, live)).toBe(level),
);

test('a level that is no rung is a mistake of ours, said loudly', () =>
  expect(() => desiredLevel(['none', 'member'], 'owner', [])).toThrow('"owner" is not one of none, member'));
