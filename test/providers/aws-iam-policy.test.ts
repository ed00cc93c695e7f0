import { describe, expect, test } from '@jest/globals';
import { leaseIdOf, type Instant } from '../../core/ids.ts';
import {
  allowsOf,
  documentFor,
  iamTime,
  policyName,
  policyPrefix,
  readDocument,
  readPolicyName,
  roomFor,
  sizeOf,
  type Statement,
} from '../../providers/aws-iam/policy.ts';
import { lease, request, second } from '../core/request/request.fixture.ts';

const endsAt = Date.UTC(2027, 0, 2, 3, 4, 5, 999) as Instant;
const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;

describe('the end in IAM’s format', () => {
  test.each([
    [endsAt, '2027-01-02T03:04:05Z'],
    [Date.UTC(2027, 10, 12, 13, 14, 15), '2027-11-12T13:14:15Z'],
    [0, '1970-01-01T00:00:00Z'],
  ])('%d is %s, never later', (instant, text) => expect(iamTime(instant as Instant)).toBe(text));
});

describe('the name of a policy', () => {
  test('begins with the lease, also when another end follows', () => {
    expect(policyPrefix(lease)).toBe('curfew-lease_01jgyq8zk7f5v2m9c3x4b6n8p0_0-');
    expect(policyName(lease, endsAt)).toBe('curfew-lease_01jgyq8zk7f5v2m9c3x4b6n8p0_0-20270102T030405Z');
    expect(policyName(second, endsAt)).toBe('curfew-lease_01jgyq8zk7f5v2m9c3x4b6n8p0_1-20270102T030405Z');
  });

  test('can be read', () =>
    expect(readPolicyName(policyName(leaseIdOf(request, 12), endsAt))).toEqual({
      lease: leaseIdOf(request, 12),
      endsAt: Date.UTC(2027, 0, 2, 3, 4, 5),
    }));

  const name = policyName(lease, endsAt);
  test.each<[what: string, name: string]>([
    ['nothing', ''],
    ['a name that a person chose', 'curfew-by-hand'],
    ['a lease that is none', 'curfew-lease_x_0-20270102T120000Z'],
    ['a month and an hour that are none', name.replace('20270102T03', '20271302T99')],
    ['text before it', `x${name}`],
    ['text behind it', `${name}x`],
    ['a line break behind it', `${name}\n`],
    ['no end', name.slice(0, -17)],
    ['a shorter end', name.replace('05Z', 'Z')],
    ['another prefix', name.replace('curfew', 'sunset')],
  ])('is not Curfew’s own with %s', (_what, other) => expect(readPolicyName(other)).toBeUndefined());
});

describe('the document of a lease', () => {
  const until = { 'aws:CurrentTime': ['2027-01-02T03:04:05Z'] };

  test.each<[what: string, Condition: Statement['Condition'], limited: object]>([
    ['no condition', undefined, { DateLessThan: until }],
    [
      'another operator',
      { Bool: { 'aws:SecureTransport': ['true'] } },
      { Bool: { 'aws:SecureTransport': ['true'] }, DateLessThan: until },
    ],
    [
      'another key of the same operator',
      { DateLessThan: { 'aws:TokenIssueTime': ['2030-01-01T00:00:00Z'] } },
      { DateLessThan: { 'aws:TokenIssueTime': ['2030-01-01T00:00:00Z'], ...until } },
    ],
  ])('adds the end to a statement with %s, and keeps the rest', (_what, Condition, limited) =>
    expect(documentFor([Condition ? { ...READ, Condition } : READ], endsAt)).toEqual({
      Version: '2012-10-17',
      Statement: [{ ...READ, Condition: limited }],
    }),
  );

  test('limits each of several statements', () => {
    const write = { ...READ, Action: ['s3:PutObject'] };
    expect(documentFor([READ, write], endsAt).Statement).toEqual([
      { ...READ, Condition: { DateLessThan: until } },
      { ...write, Condition: { DateLessThan: until } },
    ]);
  });
});

describe('the size of a document', () => {
  test('leaves out white space of every kind', () =>
    expect(sizeOf('{ "a":\n\t"b  c"\r\n}')).toBe('{"a":"bc"}'.length));

  test('has the end in it, and the room is the quota of a user', () => {
    const document =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"],' +
      '"Condition":{"DateLessThan":{"aws:CurrentTime":["2027-01-02T03:04:05Z"]}}}]}';
    expect(JSON.stringify(documentFor([READ], endsAt))).toBe(document);
    expect(roomFor([READ])).toEqual({ needs: document.length, room: 2_048 });
  });
});

describe('a document as the API returns it', () => {
  const document = { Version: '2012-10-17', Statement: [{ Resource: 'a b+c/ü' }] };
  const json = JSON.stringify(document);
  test.each<[what: string, text: string, read: unknown]>([
    ['encoded', encodeURIComponent(json), document],
    ['JSON without encoding', json, document],
    ['JSON with a percent sign', '{"a":"100%25"}', { a: '100%25' }],
    ['JSON after white space', `\n  {"a":"%"}`, { a: '%' }],
    ['text that is no JSON', 'nothing', undefined],
    ['text that is badly encoded', '%7B%', undefined],
    ['empty', '', undefined],
  ])('can be %s', (_what, text, read) => expect(readDocument(text)).toEqual(read));
});

describe('whether statements allow an action', () => {
  test.each([
    ['s3:GetObject', 's3:GetObject', true],
    ['s3:getobject', 's3:GetObject', true],
    ['s3:Get*', 's3:GetObject', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:Get?', 's3:GetObject', false],
    ['s3:GetObject?', 's3:GetObject', false],
    ['s3:GetObject*', 's3:GetObject', true],
    ['*', 's3:GetObject', true],
    ['*Object', 's3:GetObject', true],
    ['s3:*Object*', 's3:GetObjectAcl', true],
    ['s3:G?t?bject', 's3:GetObject', true],
    ['s3:GetObject', 's3:GetObjectAcl', false],
    ['GetObject', 's3:GetObject', false],
    ['sqs:*', 's3:GetObject', false],
  ])('%s allows %s: %s', (pattern, action, allowed) =>
    expect(allowsOf([{ ...READ, Action: ['ec2:Run', pattern] }])(action)).toBe(allowed),
  );

  test('each statement counts', () => {
    const allows = allowsOf([READ, { ...READ, Action: ['sqs:*'] }]);
    expect(['s3:GetObject', 'sqs:Send', 'ec2:Run'].map(allows)).toEqual([true, true, false]);
  });
});
