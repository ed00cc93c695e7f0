import { describe, expect, test } from '@jest/globals';
import { policyEnd } from '../../world/policy-end.ts';

const [NOON, ONE, TWO] = ['2026-11-25T12:00:00Z', '2026-11-25T13:00:00Z', '2026-11-25T14:00:00Z'];
const at = (iso: string) => ({ kind: 'at', at: Date.parse(iso) }) as const;
const never = { kind: 'never' } as const;
const nothing = { kind: 'nothing' } as const;

type Statement = Readonly<Record<string, unknown>>;
const allow = (Condition?: object, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: ['arn:aws:s3:::orders/*'],
  ...(Condition && { Condition }),
  ...more,
});
const deny = (Condition?: object, more: Statement = {}): Statement =>
  allow(Condition, { Effect: 'Deny', Action: '*', Resource: '*', ...more });
const before = (time: unknown, operator = 'DateLessThan', key = 'aws:CurrentTime') => ({
  [operator]: { [key]: time },
});
const after = (time: unknown, operator = 'DateGreaterThan', key = 'aws:CurrentTime') =>
  before(time, operator, key);
const written = (...Statement: readonly unknown[]) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement }));

describe('a statement that allows', () => {
  test.each<[string, readonly Statement[], ReturnType<typeof policyEnd>]>([
    ['without a condition never ends', [allow()], never],
    ['ends at its date', [allow(before(NOON))], at(NOON)],
    ['ends at its date in a list, as Curfew writes it', [allow(before([NOON]))], at(NOON)],
    ['ends at the last date of a list, because one of them is enough', [allow(before([ONE, NOON]))], at(ONE)],
    ['with an empty list never applies', [allow(before([]))], nothing],
    ['with a date that is none never applies', [allow(before('soon'))], nothing],
    ['ends at a date that is included', [allow(before(NOON, 'DateLessThanEquals'))], at(NOON)],
    ['ends at a date in seconds since 1970', [allow(before(String(Date.parse(NOON) / 1000)))], at(NOON)],
    [
      'ends when the key is written in other letters',
      [allow(before(NOON, 'DateLessThan', 'AWS:currentTime'))],
      at(NOON),
    ],
    ['ends with the key of seconds', [allow(before(NOON, 'DateLessThan', 'aws:EpochTime'))], at(NOON)],
    [
      'ends with IfExists, because every request has the time',
      [allow(before(NOON, 'DateLessThanIfExists'))],
      at(NOON),
    ],
    [
      'ends at the first of several conditions, because all must hold',
      [allow({ ...before(ONE), ...before(NOON, 'DateLessThanEquals') })],
      at(NOON),
    ],
    [
      'with the date of another key does not end',
      [allow(before(NOON, 'DateLessThan', 'aws:TokenIssueTime'))],
      never,
    ],
    ['with a start does not end', [allow(after(NOON))], never],
    [
      'ends also when it has other conditions',
      [allow({ ...before(NOON), Bool: { 'aws:MultiFactorAuthPresent': 'true' } })],
      at(NOON),
    ],
    ['ends at the last end of several statements', [allow(before(NOON)), allow(before(TWO))], at(TWO)],
    ['never ends beside one without an end', [allow(before(NOON)), allow()], never],
  ])('%s', (_what, statements, end) => expect(policyEnd(written(...statements))).toEqual(end));

  test('is found when the document has one statement and no list', () => {
    const document = encodeURIComponent(JSON.stringify({ Statement: allow(before(NOON)) }));
    expect(policyEnd(document)).toEqual(at(NOON));
  });
});

describe('a statement that denies', () => {
  test.each<[string, readonly Statement[], ReturnType<typeof policyEnd>]>([
    ['allows nothing by itself', [deny()], nothing],
    ['ends everything from its date on', [allow(), deny(after(NOON))], at(NOON)],
    ['ends from a date that is included', [allow(), deny(after(NOON, 'DateGreaterThanEquals'))], at(NOON)],
    [
      'ends it before the end of the statement that allows',
      [allow(before(TWO)), deny(after(NOON))],
      at(NOON),
    ],
    ['does not prolong it', [allow(before(NOON)), deny(after(TWO))], at(NOON)],
    [
      'begins at the first date of a list, because one is enough',
      [allow(), deny(after([TWO, NOON]))],
      at(NOON),
    ],
    [
      'begins at the last of several conditions, because all must hold',
      [allow(), deny({ ...after(NOON), ...after(ONE, 'DateGreaterThanEquals') })],
      at(ONE),
    ],
    ['without a condition leaves nothing', [allow(before(TWO)), deny()], nothing],
    ['until a date is not an end', [allow(before(TWO)), deny(before(NOON))], at(TWO)],
    [
      'that depends on more than the time is not an end',
      [allow(), deny({ ...after(NOON), Bool: { 'aws:MultiFactorAuthPresent': 'false' } })],
      never,
    ],
    ['of another action is not an end', [allow(), deny(after(NOON), { Action: 's3:PutObject' })], never],
    [
      'of all actions of the service is an end',
      [allow(), deny(after(NOON), { Action: 'S3:Get*' })],
      at(NOON),
    ],
    ['of one letter more is an end', [allow(), deny(after(NOON), { Action: 's3:GetObjec?' })], at(NOON)],
    [
      'of one letter more does not end all names that begin so',
      [allow(undefined, { Action: 's3:Get*' }), deny(after(NOON), { Action: 's3:Get?' })],
      never,
    ],
    [
      'of everything ends a statement that allows everything',
      [allow(undefined, { Action: '*', Resource: '*' }), deny(after(NOON))],
      at(NOON),
    ],
    [
      'of another resource is not an end',
      [allow(), deny(after(NOON), { Resource: 'arn:aws:s3:::billing/*' })],
      never,
    ],
    [
      'of a part of the resource is not an end',
      [allow(), deny(after(NOON), { Resource: 'arn:aws:s3:::orders/1' })],
      never,
    ],
    [
      'of one of two actions is not an end',
      [
        allow(undefined, { Action: ['s3:GetObject', 's3:PutObject'] }),
        deny(after(NOON), { Action: 's3:Get*' }),
      ],
      never,
    ],
    [
      'of some actions does not end a statement that allows all but some',
      [allow(undefined, { Action: undefined, NotAction: 'iam:*' }), deny(after(NOON), { Action: 's3:*' })],
      never,
    ],
    [
      'of everything ends a statement that allows all but some',
      [allow(undefined, { Action: undefined, NotAction: 'iam:*' }), deny(after(NOON))],
      at(NOON),
    ],
    [
      'of all but some is not an end',
      [allow(), deny(after(NOON), { Action: undefined, NotAction: 'sts:*' })],
      never,
    ],
    [
      'of a name with dots does not match other letters',
      [
        allow(undefined, { Resource: 'arn:aws:s3:::aXb' }),
        deny(after(NOON), { Resource: 'arn:aws:s3:::a.b' }),
      ],
      never,
    ],
  ])('%s', (_what, statements, end) => expect(policyEnd(written(...statements))).toEqual(end));

  test('in another document of the same person counts', () => {
    const [document, other] = [written(allow()), written(deny(after(NOON)))];
    expect(policyEnd(document, [document, other])).toEqual(at(NOON));
    expect(policyEnd(other, [document, other])).toEqual(nothing);
  });
});
