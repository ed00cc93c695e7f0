import { describe, expect, test } from '@jest/globals';
import { roomFor, type Condition, type Statement } from '../../providers/aws-iam/policy.ts';
import { parseTarget } from '../../providers/aws-iam/target.ts';

const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;
const policyOf = (...statements: readonly object[]) => ({
  kind: 'policy',
  statements: statements.map((each) => ({ ...READ, ...each })),
});
const conditionOf = (operator: string, keys: unknown) => policyOf({ Condition: { [operator]: keys } });
const x = (count: number) => 'x'.repeat(count);

describe('a group', () => {
  test.each<[what: string, target: object]>([
    ['only its name', { kind: 'group', group: 'deployers' }],
    ['an account', { kind: 'group', account: '123456789012', group: 'deployers' }],
    ['an id of 16 characters', { kind: 'group', group: 'deployers', id: 'AGPA1234567890AB' }],
    ['an id of 128 characters', { kind: 'group', account: '000000000000', group: 'g', id: x(128) }],
    ['every sign in its name', { kind: 'group', group: 'Az09+=,.@_-' }],
    ['a name of 128 characters', { kind: 'group', group: x(128) }],
  ])('can have %s', (_what, target) =>
    expect(parseTarget(target)).toStrictEqual({ ok: true, value: target }),
  );
});

describe('a policy', () => {
  const parsed = (statement: object) => {
    const target = parseTarget(policyOf(statement));
    return target.ok && target.value.kind === 'policy' ? target.value.statements[0] : target;
  };

  test('can name an account, and leaves out the names of its statements', () =>
    expect(parseTarget({ ...policyOf({ Sid: 'Read' }), account: '123456789012' })).toEqual({
      ok: true,
      value: { kind: 'policy', account: '123456789012', statements: [READ] },
    }));

  test('can have 10 statements, in their order', () => {
    const statements = Array.from({ length: 10 }, (_, index) => ({ ...READ, Action: [`s3:Get${index}`] }));
    expect(parseTarget(policyOf(...statements))).toEqual({ ok: true, value: { kind: 'policy', statements } });
  });

  test.each<[what: string, written: object, read: Partial<Statement>]>([
    ['one text', { Action: 's3:GetObject', Resource: '*' }, {}],
    ['every action', { Action: '*' }, { Action: ['*'] }],
    ['wildcards', { Action: ['s3:Get?bject*', 'ec2-2:*'] }, { Action: ['s3:Get?bject*', 'ec2-2:*'] }],
    ['long names', { Action: `${x(40)}:${x(100)}` }, { Action: [`${x(40)}:${x(100)}`] }],
    ['an ARN of 1,004 characters', { Resource: `arn:${x(1_000)}` }, { Resource: [`arn:${x(1_000)}`] }],
    ['the signs ! and ~', { Resource: 'arn:!~' }, { Resource: ['arn:!~'] }],
    [
      '50 resources',
      { Resource: Array(50).fill('arn:a') },
      { Resource: Array(50).fill('arn:a') as string[] },
    ],
  ])('can have %s', (_what, written, read) => expect(parsed(written)).toEqual({ ...READ, ...read }));

  test.each<[what: string, written: object, read: Condition]>([
    ['one value', { Bool: { 'a-1:B': 'true' } }, { Bool: { 'a-1:B': ['true'] } }],
    ['several values', { Bool: { 'a:b': ['', '~ !'] } }, { Bool: { 'a:b': ['', '~ !'] } }],
    [
      'a value of 500 characters',
      { Bool: { [`${x(40)}:${x(200)}`]: x(500) } },
      { Bool: { [`${x(40)}:${x(200)}`]: [x(500)] } },
    ],
    [
      'a date of another operator for aws:CurrentTime',
      { DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
      { DateGreaterThan: { 'aws:CurrentTime': ['2030-01-01T00:00:00Z'] } },
    ],
    [
      'a date of the same operator for another key',
      { DateLessThan: { 'aws:TokenIssueTime': '2030-01-01T00:00:00Z' } },
      { DateLessThan: { 'aws:TokenIssueTime': ['2030-01-01T00:00:00Z'] } },
    ],
    ['no operator', {}, {}],
  ])('can have a condition with %s', (_what, Condition, read) =>
    expect(parsed({ Condition })).toEqual({ ...READ, Condition: read }),
  );

  test('has its operators and keys in the order of the alphabet', () =>
    expect(
      JSON.stringify(
        parsed({
          Condition: {
            StringLike: { 'b:c': 'z', 'a:c': 'y' },
            Bool: { 'a:b': 'true' },
            Null: { 'n:n': 'x' },
          },
        }),
      ),
    ).toContain(
      '"Condition":{"Bool":{"a:b":["true"]},"Null":{"n:n":["x"]},"StringLike":{"a:c":["y"],"b:c":["z"]}}',
    ));

  test('may fill the room of a user to the last character', () => {
    const filled = (count: number) => ({ ...READ, Resource: [`arn:${x(1_000)}`, `arn:${x(count)}`] });
    const { needs, room } = roomFor([filled(1)]);
    const most = 1 + room - needs;
    expect(parseTarget(policyOf(filled(most)))).toMatchObject({ ok: true });
    expect(parseTarget(policyOf(filled(most + 1)))).toEqual({
      ok: false,
      error: 'aws-iam target: "statements" need 2049 characters, and a user\'s inline policies have 2048',
    });
  });
});

describe('the operators of conditions', () => {
  // From IAM's reference, "IAM JSON policy elements: Condition operators".
  const OPERATORS = [
    ...['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    ...['StringLike', 'StringNotLike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan'],
    ...['NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals', 'DateEquals'],
    ...['DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
    ...['Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals'],
    'ArnNotLike',
  ];
  const isOperator = (operator: string) => parseTarget(conditionOf(operator, { 'a:b': 'c' })).ok;

  test.each(OPERATORS)('%s is one, also for several values and for missing keys', (operator) => {
    const forms = [operator, `${operator}IfExists`];
    const all = [...forms, ...forms.flatMap((each) => [`ForAllValues:${each}`, `ForAnyValue:${each}`])];
    expect(all.filter((each) => !isOperator(each))).toEqual([]);
  });

  test('Null is one, and only alone', () => {
    expect(['Null', 'NullIfExists', 'ForAllValues:Null', 'ForAnyValue:Null'].map(isOperator)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test.each([
    ...['stringEquals', 'StringEqual', 'xStringEquals', 'StringEqualsx', 'StringLikeIgnoreCase', 'String'],
    ...['NumericLike', 'NumericLess', 'NumericNotLessThan', 'NumericLessThanEqual', 'Numeric'],
    ...['DateLike', 'DateNotLessThan', 'Date', 'BoolEquals', 'NotBool', 'Binary', 'BinaryNotEquals'],
    ...['Ip', 'IpAddressEquals', 'Arn', 'ArnEqualsIgnoreCase', 'NotArnEquals', 'xNull', 'Nullx', ''],
    ...['ForAllValues:', 'ForAllValue:Bool', 'ForSomeValues:Bool', 'IfExists', 'BoolIfExistsIfExists'],
  ])('%j is none', (operator) => expect(isOperator(operator)).toBe(false));
});
