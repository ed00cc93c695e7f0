import { describe, expect, test } from '@jest/globals';
import type { AwsIamTarget } from '../../providers/aws-iam/target.ts';
import {
  assertAccount,
  assertSameUser,
  findUser,
  receiptOfAbsence,
  requireUser,
} from '../../providers/aws-iam/user.ts';
import { ACCOUNT, ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const subject = { id: 'AIDA1', name: 'ana' };
const target: AwsIamTarget = { kind: 'group', group: 'deployers' };
const elsewhere = { ...target, account: '000000000001' };
const FOUND = { id: 'AIDA1', name: 'ana', account: ACCOUNT, partition: 'aws' };
const RENAMED = { ...FOUND, name: 'ana.f' };
const NOT_OURS = `provider-forbidden: aws-iam: Curfew's credential is for account ${ACCOUNT}, not for account 000000000001`;

describe('the user of a subject', () => {
  test('is found by its name, without a look at the other users', async () => {
    const { api, calls } = memoryIam([ana()]);
    expect(await findUser(api, subject, target, neverAborts)).toEqual(FOUND);
    expect(calls).toEqual(['user ana']);
  });

  test.each([
    ['nobody has the old name', [ana({ name: 'ana.f' })]],
    ['another user has the old name', [ana({ id: 'AIDA2' }), ana({ name: 'ana.f' })]],
  ])('is found by its id when it was renamed: %s', async (_what, users) => {
    const { api, calls } = memoryIam(users);
    expect(await findUser(api, subject, target, neverAborts)).toEqual(RENAMED);
    expect(calls).toEqual(['user ana', 'account User', 'user ana.f']);
  });

  test('is found when it was moved to another path', async () => {
    const { api, calls } = memoryIam([ana({ path: '/engineers/eu/' })]);
    expect(await findUser(api, subject, { ...target, account: ACCOUNT }, neverAborts)).toEqual(FOUND);
    expect(calls).toEqual(['user ana']);
  });

  test('is found when it was renamed between two pages of the first reading (F24)', async () => {
    const { api } = memoryIam([ana({ name: 'ana.f' })]);
    let readings = 0;
    const account: typeof api.account = async (...given) => {
      const read = await api.account(...given);
      return { ...read, users: (readings += 1) === 1 ? [] : read.users };
    };
    expect(await findUser({ ...api, account }, subject, target, neverAborts)).toEqual(RENAMED);
  });

  test.each([
    ['nobody has the name', []],
    ['another user has the name', [ana({ id: 'AIDA2' })]],
  ])('does not exist: %s', async (_what, users) =>
    expect(await findUser(memoryIam(users).api, subject, target, neverAborts)).toBeUndefined(),
  );

  test.each([
    ['by the name', [ana()]],
    ['among all users', [ana({ name: 'ana.f' })]],
    ['nowhere', []],
  ])('is not looked for in another account: %s', async (_what, users) => {
    await expect(findUser(memoryIam(users).api, subject, elsewhere, neverAborts)).rejects.toThrow(NOT_OURS);
  });

  test('counts only while the new name belongs to it', async () => {
    const { api } = memoryIam([ana({ name: 'ana.f' })], { user: () => Promise.resolve(undefined) });
    await expect(findUser(api, subject, target, neverAborts)).rejects.toThrow(
      'not-verified: aws-iam: the user "ana.f" does not have the id AIDA1 at this moment',
    );
  });
});

describe('the receipt of a revoke from a user that is nowhere', () => {
  test('names the account in which it is not', () =>
    expect(receiptOfAbsence(subject, { ...target, account: ACCOUNT })).toEqual({
      level: 'none',
      seen: `no user in account ${ACCOUNT} has the id AIDA1`,
    }));

  test('does not exist while the account of the target is unknown', () =>
    expect(() => receiptOfAbsence(subject, target)).toThrow(
      'not-verified: aws-iam: no user has the id AIDA1, and the target names no account, so it may be in another one',
    ));
});

describe('the user for a grant', () => {
  test('is the user of the subject, whatever the name is now', async () => {
    expect(await requireUser(memoryIam([ana()]).api, subject, target, neverAborts)).toEqual(FOUND);
    const renamed = memoryIam([ana({ name: 'ana.f' })]);
    expect(await requireUser(renamed.api, subject, target, neverAborts)).toEqual(RENAMED);
  });

  test.each([
    ['nobody has the name', [], 'subject-missing: aws-iam: no user "ana"'],
    [
      'another user has the name',
      [ana({ id: 'AIDA2' })],
      'subject-changed: aws-iam: the user "ana" has the id AIDA2 now, not AIDA1',
    ],
  ])('is a fault when it does not exist: %s', async (_what, users, fault) => {
    await expect(requireUser(memoryIam(users).api, subject, target, neverAborts)).rejects.toThrow(fault);
  });
});

describe('a check that a name still belongs to the same user', () => {
  test('returns the user', async () =>
    expect(await assertSameUser(memoryIam([ana()]).api, subject, neverAborts)).toEqual(FOUND));

  test.each([
    ['nobody', []],
    ['another user', [ana({ id: 'AIDA2' })]],
  ])('fails when the name belongs to %s', async (_who, users) => {
    await expect(assertSameUser(memoryIam(users).api, subject, neverAborts)).rejects.toThrow(
      'not-verified: aws-iam: the user "ana" does not have the id AIDA1 at this moment',
    );
  });
});

test.each([
  [undefined, 'an account without a visible number'],
  ['000000000001', 'account 000000000001'],
])('a credential that shows the account %j is not one for another account', (seen, shown) => {
  expect(() => assertAccount({ ...target, account: ACCOUNT }, seen)).toThrow(
    `provider-forbidden: aws-iam: Curfew's credential is for ${shown}, not for account ${ACCOUNT}`,
  );
  expect(() => assertAccount(target, seen)).not.toThrow();
  expect(() => assertAccount({ ...target, account: ACCOUNT }, ACCOUNT)).not.toThrow();
});
