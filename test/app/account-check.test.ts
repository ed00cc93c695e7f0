import { expect, test } from '@jest/globals';
import { accountCheckBy } from '../../app/account-check.ts';
import type { Click } from '../../ledger/index.ts';
import { ana } from '../core/request/request.fixture.ts';

const GUEST = { code: 'not-a-member', why: 'guest' } as const;
const guest = { checkAccount: () => Promise.resolve(GUEST) };
const member = { checkAccount: () => Promise.resolve(undefined) };
const via = (channel: Click['via'], person: Click['person'] = ana) =>
  ({ via: channel, account: 'U1', person }) as Click;
const policyOf = (owner: string | undefined, problem?: string) => ({
  problem: () => Promise.resolve(problem),
  personOf: (system: string, account: string) =>
    Promise.resolve(system === 'slack' && account === 'U1' && owner ? ({ id: owner } as never) : undefined),
});
const check = (bot: typeof guest | typeof member | undefined, policy = policyOf('ana')) =>
  accountCheckBy(() => bot, policy);

test('an account of Slack is what the bot says it is', async () => {
  expect(await check(guest)(via('slack'))).toEqual(GUEST);
  expect(await check(member)(via('slack'))).toBeUndefined();
});

test('while the bot is not connected, an account of Slack is unknown, and unknown is not allowed', async () => {
  await expect(check(undefined)(via('slack'))).rejects.toThrow('Slack is not connected yet');
});

test('the command line needs no bot', async () => {
  expect(await check(undefined)(via('cli'))).toBeUndefined();
  expect(await check(guest, policyOf(undefined))(via('cli'))).toBeUndefined();
});

test.each([
  ['belongs to somebody else now', 'ana', policyOf('bo'), { code: 'unknown-person' }],
  ['belongs to nobody now', 'ana', policyOf(undefined), { code: 'unknown-person' }],
  ['belonged to nobody when the person clicked', null, policyOf('ana'), { code: 'unknown-person' }],
  ['belongs to the same person', 'ana', policyOf('ana'), undefined],
  ['belongs to nobody, then and now', null, policyOf(undefined), undefined],
  [
    'belongs to nobody knows whom, because people.yaml cannot be read',
    'ana',
    policyOf(undefined, 'broken'),
    undefined,
  ],
] as const)('a click whose account %s (T45)', async (_when, person, policy, refusal) => {
  expect(await check(member, policy)(via('slack', person as Click['person']))).toEqual(refusal);
});
