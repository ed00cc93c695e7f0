import { describe, expect, test } from '@jest/globals';
import { allows, decide, missingKeys, OPERATORS, type Document } from './iam-evaluator.fixture.ts';

// The evaluator is the judge of other tests, so it is judged here, by the examples of AWS's own documentation of the policy
// language ("IAM JSON policy elements: Condition operators", "Multivalued context keys", "Policy evaluation logic").

const document = (Condition?: object): Document =>
  ({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b/*', ...(Condition && { Condition }) },
    ],
  }) as Document;
const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/x', at: Date.UTC(2027, 0, 2) };

describe('the evaluator of policies', () => {
  test.each<[operator: string, value: string, yes: string, no: string]>([
    ['StringEquals', 'a', 'a', 'A'],
    ['StringNotEquals', 'a', 'A', 'a'],
    ['StringEqualsIgnoreCase', 'a', 'A', 'b'],
    ['StringNotEqualsIgnoreCase', 'a', 'b', 'A'],
    ['StringLike', 'a?c*', 'abcd', 'ac'],
    ['StringNotLike', 'a*', 'b', 'ab'],
    ['NumericEquals', '10', '10.0', '11'],
    ['NumericNotEquals', '10', '11', '10'],
    ['NumericLessThan', '10', '9', '10'],
    ['NumericLessThanEquals', '10', '10', '11'],
    ['NumericGreaterThan', '10', '11', '10'],
    ['NumericGreaterThanEquals', '10', '10', '9'],
    ['DateEquals', '2027-01-02T00:00:00Z', '2027-01-02T01:00:00+01:00', '2027-01-02T00:00:01Z'],
    ['DateNotEquals', '2027-01-02', '2027-01-03', '2027-01-02T00:00:00Z'],
    ['DateLessThan', '1798848000', '2027-01-01T23:59:59Z', '2027-01-02T00:00:00Z'],
    ['DateLessThanEquals', '2027-01-02', '2027-01-02', '2027-01-02T00:00:01Z'],
    ['DateGreaterThan', '2027', '2027-01-01T00:00:01Z', '2027-01-01T00:00:00Z'],
    ['DateGreaterThanEquals', '2027-01', '2027-01-01T00:00:00Z', '2026-12-31T23:59:59Z'],
    ['Bool', 'true', 'True', 'false'],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', 'other'],
    ['IpAddress', '203.0.113.0/24', '203.0.113.7', '203.0.114.7'],
    ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678::1', '203.0.113.7'],
    ['NotIpAddress', '203.0.113.0/24', '10.0.0.1', '203.0.113.7'],
    ['ArnEquals', 'arn:aws:sns:*:1:t', 'arn:aws:sns:eu:1:t', 'arn:aws:sns:eu:2:t'],
    ['ArnLike', 'arn:aws:*:1:t', 'arn:aws:*:1:t', 'arn:aws:sns:eu:1:t'],
    ['ArnNotEquals', 'arn:aws:sns:*:1:t', 'arn:aws:sns:eu:2:t', 'arn:aws:sns:eu:1:t'],
    ['ArnNotLike', 'arn:aws:sns:*:1:*', 'arn:aws:sqs:eu:1:t', 'arn:aws:sns:eu:1:t:x'],
  ])('%s %s holds for %s and not for %s', (operator, value, yes, no) => {
    const allowed = (given: string) =>
      allows(document({ [operator]: { 'x:Key': value } }), { ...call, context: { 'x:key': given } });
    expect([allowed(yes), allowed(no)]).toEqual([true, false]);
  });

  test('knows every operator of the reference', () => expect(OPERATORS).toHaveLength(27));

  test.each([
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['StringEqualsIfExists', true],
    ['StringNotEqualsIfExists', true],
    ['ForAllValues:StringEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['DateLessThan', false],
    ['DateLessThanIfExists', true],
    ['Bool', false],
  ])('%s without the key in the call: %s', (operator, expected) =>
    expect(allows(document({ [operator]: { 'x:Key': 'true' } }), call)).toBe(expected),
  );

  test.each([
    ['true', undefined, true],
    ['true', 'x', false],
    ['false', undefined, false],
    ['false', 'x', true],
  ])('Null %s with the key %j: %s', (value, given, expected) =>
    expect(
      allows(document({ Null: { 'x:Key': value } }), {
        ...call,
        context: given === undefined ? {} : { 'x:key': given },
      }),
    ).toBe(expected),
  );

  test.each([
    ['ForAllValues:StringEquals', ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'c'], false],
    ['ForAnyValue:StringEquals', ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['c'], false],
    ['ForAllValues:StringNotEquals', ['c'], true],
    ['ForAllValues:StringNotEquals', ['c', 'a'], false],
    ['ForAnyValue:StringNotEquals', ['c', 'a'], true],
  ])('%s [a, b] with the values %j: %s', (operator, given, expected) =>
    expect(
      allows(document({ [operator]: { 'x:Key': ['a', 'b'] } }), { ...call, context: { 'x:key': given } }),
    ).toBe(expected),
  );

  const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' };
  const of = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement }) as Document;
  test.each<[what: string, documents: readonly Document[], boundary: Document | undefined, decision: string]>(
    [
      ['nothing', [], undefined, 'implicitDeny'],
      ['an allow', [of(allowAll)], undefined, 'allowed'],
      [
        'an allow for another resource',
        [of({ ...allowAll, Resource: 'arn:aws:s3:::c/*' })],
        undefined,
        'implicitDeny',
      ],
      [
        'an allow and a deny in another document',
        [of(allowAll), of({ ...allowAll, Effect: 'Deny' })],
        undefined,
        'explicitDeny',
      ],
      [
        'everything but this action',
        [of({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })],
        undefined,
        'implicitDeny',
      ],
      [
        'everything but another action',
        [of({ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' })],
        undefined,
        'allowed',
      ],
      [
        'everything but this resource',
        [of({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b/*' })],
        undefined,
        'implicitDeny',
      ],
      ['an allow within a boundary', [of(allowAll)], of(allowAll), 'allowed'],
      [
        'an allow outside of a boundary',
        [of(allowAll)],
        of({ ...allowAll, Action: 'sqs:*' }),
        'implicitDeny',
      ],
      ['a boundary alone', [], of(allowAll), 'implicitDeny'],
      ['a deny in a boundary', [of(allowAll)], of(allowAll, { ...allowAll, Effect: 'Deny' }), 'explicitDeny'],
    ],
  )('%s: decided', (_what, documents, boundary, decision) =>
    expect(decide(documents, call, boundary)).toBe(decision),
  );

  test.each<[what: string, wrong: object]>([
    ['another version', { ...document(), Version: '2008-10-17' }],
    ['an unknown field', of({ ...allowAll, Principal: '*' })],
    ['an unknown effect', of({ ...allowAll, Effect: 'Maybe' })],
    ['an unknown operator', document({ StringMatches: { 'x:Key': 'a' } })],
    ['a policy variable', of({ ...allowAll, Resource: 'arn:aws:iam::1:user/${aws:username}' })],
    ['an action and its negation', of({ ...allowAll, NotAction: 'x:y' })],
  ])('refuses to judge %s', (_what, wrong) => {
    expect(() => allows(wrong as Document, { ...call, context: { 'x:key': 'a' } })).toThrow();
  });

  test('names the condition keys that a call lacks, of the statements for its action and its resource only', () => {
    const asked = of(
      {
        ...allowAll,
        Condition: { StringEquals: { 'x:Key': 'a', 'x:Other': 'b' }, Null: { 'x:Key': 'true' } },
      },
      { ...allowAll, Action: 'sqs:*', Condition: { Bool: { 'y:Key': 'true' } } },
      { ...allowAll, Resource: 'arn:aws:s3:::c/*', Condition: { Bool: { 'z:Key': 'true' } } },
      { ...allowAll, Condition: { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } } },
    );
    expect(missingKeys([asked], call)).toEqual(['x:Key', 'x:Other']);
    expect(missingKeys([asked], { ...call, context: { 'x:key': 'a' } })).toEqual(['x:Other']);
  });
});
