import { expect, test } from '@jest/globals';
import { awsIamProvider } from '../../providers/aws-iam/index.ts';
import { parseTarget } from '../../providers/aws-iam/target.ts';
import { testRefusedTargets } from './conformance.fixture.ts';

const NOWHERE = 'http://127.0.0.1:1';
const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;
const policyOf = (over: object) => ({ kind: 'policy', statements: [{ ...READ, ...over }] });
const conditionOf = (operator: string, keys: unknown) => policyOf({ Condition: { [operator]: keys } });
const groupOf = (over: object) => ({ kind: 'group', group: 'deployers', ...over });
const x = (count: number) => 'x'.repeat(count);

const KIND = '"kind" must be "policy" or "group"';
const ACCOUNT = '"account" must be a string of 12 digits';
const GROUP = '"group" must be an IAM group name (1 to 128 letters, digits and + = , . @ _ -)';
const ID = '"id" must be the group\'s own id, which "aws iam get-group" shows';
const LIST = '"statements" must be a list of 1 to 10 statements';
const EFFECT = '"statements[0].Effect" must be "Allow"';
const ACTION = '"statements[0].Action" must be one or more of the form "service:Name", or "*"';
const RESOURCE = '"statements[0].Resource" must be one or more ARNs, or "*"';
const KEYS = '"statements[0].Condition.Bool" must be an object with keys';
const VALUES = '"statements[0].Condition.Bool" needs keys like "aws:SourceIp" with strings as values';
const SECOND_END =
  '"statements[0].Condition" must not use DateLessThan on aws:CurrentTime: Curfew writes the end there';

test.each<[what: string, json: unknown, sentence: string]>([
  ['nothing', undefined, 'must be an object with "kind"'],
  ['null', null, 'must be an object with "kind"'],
  ['a list', [], 'must be an object with "kind"'],
  ['a text', 'policy', 'must be an object with "kind"'],
  ['no kind', {}, KIND],
  ['another kind', { kind: 'role' }, KIND],
  [
    "a group's field in a policy",
    { ...policyOf({}), group: 'deployers' },
    '"group" is not a field of a policy. The fields are kind, account, statements',
  ],
  [
    "a policy's field in a group",
    groupOf({ statements: [] }),
    '"statements" is not a field of a group. The fields are kind, account, group, id',
  ],
  [
    'a very long field',
    groupOf({ [x(41)]: 1 }),
    `"${x(40)}" is not a field of a group. The fields are kind, account, group, id`,
  ],
  ['an account that is a number', groupOf({ account: 123456789012 }), ACCOUNT],
  ['an account of 11 digits', groupOf({ account: '12345678901' }), ACCOUNT],
  ['an account of 13 digits', groupOf({ account: '1234567890123' }), ACCOUNT],
  ['an account with a letter', groupOf({ account: '12345678901a' }), ACCOUNT],
  ['no group', { kind: 'group' }, GROUP],
  ['an empty group', groupOf({ group: '' }), GROUP],
  ['a group of 129 characters', groupOf({ group: x(129) }), GROUP],
  ['a group that is a list', groupOf({ group: ['deployers'] }), GROUP],
  ['a slash before a group', groupOf({ group: '/deployers' }), GROUP],
  ['a slash behind a group', groupOf({ group: 'deployers/' }), GROUP],
  ['an id of 15 characters', groupOf({ id: x(15) }), ID],
  ['an id of 129 characters', groupOf({ id: x(129) }), ID],
  ['an id that is a list', groupOf({ id: [x(16)] }), ID],
  ['a sign before an id', groupOf({ id: `-${x(16)}` }), ID],
  ['a sign behind an id', groupOf({ id: `${x(16)}-` }), ID],
  ['no statements', { kind: 'policy' }, LIST],
  ['statements that are no list', { kind: 'policy', statements: READ }, LIST],
  ['an empty list of statements', { kind: 'policy', statements: [] }, LIST],
  ['11 statements', { kind: 'policy', statements: Array(11).fill(READ) }, LIST],
  ['a statement that is null', { kind: 'policy', statements: [null] }, '"statements[0]" must be an object'],
  [
    'a second statement that is a list',
    { kind: 'policy', statements: [READ, []] },
    '"statements[1]" must be an object',
  ],
  [
    'a field of statements that Curfew does not know',
    policyOf({ NotAction: 's3:*' }),
    '"statements[0]" has the field "NotAction", which Curfew does not allow',
  ],
  [
    'a very long field of a statement',
    policyOf({ [x(41)]: 1 }),
    `"statements[0]" has the field "${x(40)}", which Curfew does not allow`,
  ],
  ['no effect', policyOf({ Effect: undefined }), EFFECT],
  ['Deny', policyOf({ Effect: 'Deny' }), EFFECT],
  ['no action', policyOf({ Action: undefined }), ACTION],
  ['an empty list of actions', policyOf({ Action: [] }), ACTION],
  ['51 actions', policyOf({ Action: Array(51).fill('s3:Get') }), ACTION],
  ['one bad action among good ones', policyOf({ Action: ['s3:Get', 'Get', 's3:Put'] }), ACTION],
  ['an action of the wrong type', policyOf({ Action: ['s3:Get', 7] }), ACTION],
  ['a service in capitals', policyOf({ Action: 'S3:Get' }), ACTION],
  ['a service of 41 characters', policyOf({ Action: `${x(41)}:Get` }), ACTION],
  ['a wildcard in a service', policyOf({ Action: 's*:Get' }), ACTION],
  ['no service', policyOf({ Action: ':Get' }), ACTION],
  ['no name of an action', policyOf({ Action: 's3:' }), ACTION],
  ['an action of 101 characters', policyOf({ Action: `s3:${x(101)}` }), ACTION],
  ['a space before an action', policyOf({ Action: ' s3:Get' }), ACTION],
  ['a space behind an action', policyOf({ Action: 's3:Get ' }), ACTION],
  ['two stars', policyOf({ Action: '**' }), ACTION],
  ['no resource', policyOf({ Resource: undefined }), RESOURCE],
  ['a resource that is no ARN', policyOf({ Resource: 'orders' }), RESOURCE],
  ['an empty ARN', policyOf({ Resource: 'arn:' }), RESOURCE],
  ['an ARN of 1,005 characters', policyOf({ Resource: `arn:${x(1_001)}` }), RESOURCE],
  ['a space in an ARN', policyOf({ Resource: 'arn:a b' }), RESOURCE],
  ['a control character in an ARN', policyOf({ Resource: 'arn:a\u{7f}' }), RESOURCE],
  ['text before an ARN', policyOf({ Resource: 'xarn:a' }), RESOURCE],
  ['a condition that is null', policyOf({ Condition: null }), '"statements[0].Condition" must be an object'],
  ['a condition that is a list', policyOf({ Condition: [] }), '"statements[0].Condition" must be an object'],
  [
    'an operator that IAM lacks',
    conditionOf('Equals', { 'a:b': 'c' }),
    '"statements[0].Condition" has an operator that IAM does not have',
  ],
  ['an operator with a text', conditionOf('Bool', 'true'), KEYS],
  ['an operator without keys', conditionOf('Bool', {}), KEYS],
  ['a key without a service', conditionOf('Bool', { key: 'true' }), VALUES],
  ['a key with a service of 41 characters', conditionOf('Bool', { [`${x(41)}:b`]: 'true' }), VALUES],
  ['a key of 201 characters', conditionOf('Bool', { [`a:${x(201)}`]: 'true' }), VALUES],
  ['a key without a name', conditionOf('Bool', { 'a:': 'true' }), VALUES],
  ['a control character before a key', conditionOf('Bool', { '\na:b': 'true' }), VALUES],
  ['a control character behind a key', conditionOf('Bool', { 'a:b\n': 'true' }), VALUES],
  ['a value that is no text', conditionOf('Bool', { 'a:b': true }), VALUES],
  ['no values', conditionOf('Bool', { 'a:b': [] }), VALUES],
  ['51 values', conditionOf('Bool', { 'a:b': Array(51).fill('') }), VALUES],
  ['a value of 501 characters', conditionOf('Bool', { 'a:b': x(501) }), VALUES],
  ['a line break before a value', conditionOf('Bool', { 'a:b': '\ntrue' }), VALUES],
  ['a line break behind a value', conditionOf('Bool', { 'a:b': 'true\n' }), VALUES],
  [
    'an end of its own',
    conditionOf('DateLessThan', { 'aws:CurrentTime': '2030-01-01T00:00:00Z' }),
    SECOND_END,
  ],
  ['an end of its own, in another case', conditionOf('DateLessThan', { 'AWS:currenttime': 'x' }), SECOND_END],
])('a target with %s is refused with a sentence that names the mistake', (_what, json, sentence) =>
  expect(parseTarget(json)).toEqual({ ok: false, error: `aws-iam target: ${sentence}` }),
);

testRefusedTargets(
  () => awsIamProvider({ endpoint: NOWHERE }),
  [
    ['a huge field with line breaks', groupOf({ ['x\n'.repeat(1e5)]: 1 }), 'field'],
    ['a hostile group', groupOf({ group: '../x&Action=DeleteUser' }), '"group"'],
    ['a huge group', groupOf({ group: x(1e6) }), '"group"'],
    ['statements that never fit', policyOf({ Resource: Array(9).fill(`arn:${x(900)}`) }), '"statements"'],
    ['NotResource', policyOf({ NotResource: '*' }), '"NotResource"'],
    ['Principal', policyOf({ Principal: '*' }), '"Principal"'],
    ['a field in the wrong case', policyOf({ condition: {} }), '"condition"'],
    [
      'a prototype field',
      { kind: 'policy', statements: [JSON.parse('{"__proto__": 1, "Effect": "Allow"}')] },
      '"__proto__"',
    ],
    ['a prototype operator', policyOf({ Condition: JSON.parse('{"__proto__": {"a:b": "c"}}') }), 'Condition'],
  ],
);
