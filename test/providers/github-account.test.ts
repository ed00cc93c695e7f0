import { describe, expect, test } from '@jest/globals';
import { accountNamed, accountOf, orgStandingOf, requireAccount } from '../../providers/github/account.ts';
import { outcome, scripted, status, type Answers } from './github-script.fixture.ts';

const ANA = { id: 7, login: 'Ana-F', type: 'User' };

describe('the account with a name', () => {
  const named = async (answer: unknown) =>
    outcome(accountNamed(await scripted({ 'GET /users/ana-f': answer }).octokit(), 'ana-f'));

  test.each<[string, unknown, unknown]>([
    ['is known by its number and by the name that GitHub shows', ANA, { id: '7', name: 'Ana-F' }],
    ['does not exist', status(404, 'Not Found'), 'subject-missing: github: no account "ana-f"'],
    [
      'is not a person but an organisation',
      { ...ANA, type: 'Organization' },
      'subject-missing: github: the account "ana-f" does not belong to a person',
    ],
    [
      'is not a person but a bot',
      { ...ANA, type: 'Bot' },
      'subject-missing: github: the account "ana-f" does not belong to a person',
    ],
    [
      'is not known while GitHub fails',
      status(502, 'Server Error'),
      'provider-unavailable: github: 502 Server Error (request ABC1)',
    ],
  ])('%s', async (_what, answer, expected) => expect(await named(answer)).toEqual(expected));
});

describe('the account with a number', () => {
  const numbered = async (id: string, answers: Answers) =>
    outcome(accountOf(await scripted(answers).octokit(), { id, name: 'ana' }));

  test('has the name that it has now', async () =>
    expect(await numbered('7', { 'GET /user/7': ANA })).toEqual({
      id: 7,
      login: 'Ana-F',
      hidden: false,
    }));
  test('is undefined when it does not exist', async () => expect(await numbered('7', {})).toBeUndefined());
  test('is unknown while GitHub fails', async () =>
    expect(await numbered('7', { 'GET /user/7': status(500, 'Server Error') })).toBe(
      'provider-unavailable: github: 500 Server Error (request ABC1)',
    ));
  test.each(['ana', '7.5', '9007199254740993'])('is not looked for when the number is %s', async (id) =>
    expect(await numbered(id, {})).toBe(`subject-missing: github: "${id}" is not the number of an account`),
  );
});

describe('the account for a grant', () => {
  const required = async (answers: Answers) =>
    outcome(requireAccount(await scripted(answers).octokit(), { id: '7', name: 'ana' }));

  test.each<[string, Answers, unknown]>([
    [
      'is found by its number, whoever has the name',
      { 'GET /user/7': ANA, 'GET /users/ana': { id: 8 } },
      { id: 7, login: 'Ana-F', hidden: false },
    ],
    [
      'is another one when only the name exists',
      { 'GET /users/ana': { id: 8 } },
      'subject-changed: github: the name "ana" belongs to another account now',
    ],
    [
      'does not exist when neither the number nor the name does',
      {},
      'subject-missing: github: the account "ana" does not exist any more',
    ],
  ])('%s', async (_what, answers, expected) => expect(await required(answers)).toEqual(expected));
});

describe('the relation of a person to the organisation', () => {
  const MEMBERSHIP = 'GET /orgs/lantern/memberships/ana';
  const standing = async (answer: unknown) => {
    const octokit = await scripted({ [MEMBERSHIP]: answer }).octokit();
    return outcome(orgStandingOf(octokit, 'lantern', { id: 7, login: 'ana', hidden: false }));
  };
  test.each<[string, unknown, string]>([
    ['an owner', { state: 'active', role: 'admin' }, 'owner'],
    ['a member', { state: 'active', role: 'member' }, 'member'],
    ['a manager of the invoices', { state: 'active', role: 'billing_manager' }, 'member'],
    ['invited as an owner', { state: 'pending', role: 'admin' }, 'invited'],
    ['invited as a member', { state: 'pending', role: 'member' }, 'invited'],
    ['not in the organisation', status(404, 'Not Found'), 'outside'],
    [
      'unknown when the App may not read it',
      status(403, 'Resource not accessible by integration'),
      'provider-forbidden: github: 403 Resource not accessible by integration (request ABC1)',
    ],
  ])('%s', async (_who, answer, expected) => expect(await standing(answer)).toBe(expected));
});
