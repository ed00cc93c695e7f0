import { describe, expect, test } from '@jest/globals';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { ACCOUNT, DEPLOYERS } from './aws-iam-memory.fixture.ts';

const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;
const policy = { kind: 'policy', statements: [READ] } as const;
const group = { kind: 'group', group: 'deployers' } as const;
const groupWithId = { ...group, account: ACCOUNT, id: DEPLOYERS.id };
describe('what the provider says of itself and of its targets', () => {
  const provider = awsIamProvider({ endpoint: 'http://127.0.0.1:1' });

  test('it has its name, its consistency window and its rate limit, and needs no secret', () =>
    expect(provider).toMatchObject({
      name: 'aws-iam',
      consistencyWindowMs: 30_000,
      rateBudget: 300,
      needsSecret: false,
    }));

  test.each([
    ['policy', policy, ['none', 'present'], 'present', true, 'A', 0],
    ['group', group, ['none', 'member'], 'member', false, 'C', Infinity],
  ] as const)(
    'the levels and the class of a %s',
    (_kind, target, ladder, level, isOwn, enforced, residual) => {
      expect(provider.ladder(target)).toEqual(ladder);
      expect(provider.level(target)).toBe(level);
      expect(provider.ownObject(target)).toBe(isOwn);
      expect(provider.enforcementClass(target)).toBe(enforced);
      expect(provider.residualSessionMs(target)).toBe(residual);
    },
  );

  const STATEMENTS = '[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]';
  test.each<[what: string, target: AwsIamTarget, key: string, lock: string]>([
    ['a group', group, 'group - deployers', 'group deployers'],
    [
      'a group of an account',
      { ...group, account: ACCOUNT },
      `group ${ACCOUNT} deployers`,
      'group deployers',
    ],
    ['a group with its id', groupWithId, `group ${ACCOUNT} ${DEPLOYERS.id}`, 'group deployers'],
    ['a policy', policy, `policy - ${STATEMENTS}`, `policy - ${STATEMENTS}`],
    [
      'a policy of an account',
      { ...policy, account: ACCOUNT },
      `policy ${ACCOUNT} ${STATEMENTS}`,
      `policy ${ACCOUNT} ${STATEMENTS}`,
    ],
  ])('the keys of %s', (_what, target, key, lock) => {
    expect(provider.targetKey(target)).toBe(key);
    expect(provider.lockKey(target)).toBe(lock);
  });

  test('two ways to write one target give one key', () => {
    const keyOf = (statement: object) => {
      const parsed = provider.parseTarget({ kind: 'policy', statements: [{ ...READ, ...statement }] });
      return parsed.ok ? provider.targetKey(parsed.value) : parsed.error;
    };
    const original = {
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { 's3:prefix': ['a'], 's3:delimiter': '/' },
    };
    const reordered = {
      StringEquals: { 's3:delimiter': ['/'], 's3:prefix': 'a' },
      Bool: { 'aws:SecureTransport': ['true'] },
    };
    expect(keyOf({ Condition: original, Action: 's3:GetObject', Sid: 'x' })).toBe(
      keyOf({ Condition: reordered }),
    );
  });
});
