import { expect, test } from '@jest/globals';
import { accountCheckBy } from '../../app/account-check.ts';
import type { Click } from '../../ledger/index.ts';

const GUEST = { code: 'not-a-member', why: 'guest' } as const;
const bot = { checkAccount: () => Promise.resolve(GUEST) };
const via = (channel: Click['via']) => ({ via: channel, account: 'U1' }) as Click;

test('an account of Slack is what the bot says it is', async () => {
  expect(await accountCheckBy(() => bot)(via('slack'))).toEqual(GUEST);
});

test('while the bot is not connected, an account of Slack is unknown, and unknown is not allowed', async () => {
  await expect(accountCheckBy(() => undefined)(via('slack'))).rejects.toThrow('Slack is not connected yet');
});

test('the command line needs no bot', async () => {
  expect(await accountCheckBy(() => undefined)(via('cli'))).toBeUndefined();
  expect(await accountCheckBy(() => bot)(via('cli'))).toBeUndefined();
});
