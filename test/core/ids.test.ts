import { expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import {
  clickIdOf,
  clickIdOfRequest,
  leaseIdOf,
  parseClickId,
  parseLeaseId,
  parsePersonId,
  parseRequestId,
  requestIdOf,
  requestIdOfLease,
  type RequestId,
  requestNamedIn,
} from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';

test('the ids of a request and its leases come from the id of the click (B25)', () => {
  const click = clickIdOf(uuidv7());
  const request = requestIdOf(click);
  expect(parseClickId(click).ok).toBe(true);
  expect(parseRequestId(request).ok).toBe(true);
  expect(parseLeaseId(leaseIdOf(request, 7)).ok).toBe(true);
  expect(requestIdOfLease(leaseIdOf(request, 12))).toBe(request);
});

test('the last target that an entitlement can have has a lease id', () => {
  const request = requestIdOf(clickIdOf(uuidv7()));
  const last = leaseIdOf(request, LIMITS.targetsPerEntitlement - 1);
  expect(parseLeaseId(last)).toEqual({ ok: true, value: last });
  expect(requestIdOfLease(last)).toBe(request);
});

test('a request leads back to the click with which it began', () => {
  const click = clickIdOf(uuidv7());
  expect(clickIdOfRequest(requestIdOf(click))).toBe(click);
});

const TAIL = '0'.repeat(26);
test.each([`lease_${TAIL}`, `lease_${TAIL}_`, `lease_${TAIL}_123`, `req_${TAIL}_1`, `xlease_${TAIL}_1`, ''])(
  '"%s" is not a lease id',
  (text) => expect(parseLeaseId(text)).toEqual({ ok: false, error: `not a lease id: "${text}"` }),
);

test('the ids of later clicks sort after the ids of earlier clicks', () => {
  const clicks = Array.from({ length: 50 }, () => clickIdOf(uuidv7()));
  expect([...clicks].sort()).toEqual(clicks);
});

test.each([
  '',
  'req_',
  'req_01JGYQ8ZK7F5V2M9C3X4B6N8P0',
  "req_'; drop table event; --",
  `req_${'0'.repeat(27)}`,
])('"%s" is not a request id', (text) =>
  expect(parseRequestId(text)).toEqual({ ok: false, error: `not a request id: "${text}"` }),
);

test('the error shows only the first 80 characters of what is not an id', () =>
  expect(parseClickId('x'.repeat(81))).toEqual({
    ok: false,
    error: `not a click id: "${'x'.repeat(80)}"`,
  }));

test('an id has the 128 bits of its UUID in Crockford’s base 32', () => {
  expect(clickIdOf('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('click_7zzzzzzzzzzzzzzzzzzzzzzzzz');
  expect(clickIdOf('00000000-0000-0000-0000-000000000021')).toBe(`click_${'0'.repeat(24)}11`);
});

test.each(['', 'Ana', '../ana', 'ana bo', 'constructor()', 'a'.repeat(64)])(
  '"%s" is not a person id',
  (text) => expect(parsePersonId(text)).toEqual({ ok: false, error: `not a person id: "${text}"` }),
);

test.each(['a', 'ana', 'ana-maria_2', `a${'9'.repeat(62)}`])('"%s" is a person id', (text) =>
  expect(parsePersonId(text)).toEqual({ ok: true, value: text }),
);

const [one, two] = ['1', '2'].map((each) => `req_0${each.repeat(25)}` as RequestId) as [RequestId, RequestId];
test.each<[string, string, RequestId | undefined]>([
  ['a request', `late: ${one}.`, one],
  ['the lease of its second target', `late: ${leaseIdOf(one, 1)}`, one],
  ['a request and two leases of it', `${leaseIdOf(one, 0)}, ${leaseIdOf(one, 10)} of ${one}`, one],
  ['two requests', `${one} and ${two}`, undefined],
  ['a request and the lease of another one', `${one} and ${leaseIdOf(two, 0)}`, undefined],
  ['something longer', `x${one}0`, undefined],
  ['nothing', 'late', undefined],
])('a text names %s', (_what, text, named) => expect(requestNamedIn(text)).toBe(named));
