import { expect, jest, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Login } from '../../ledger/login.ts';

const LOGIN: Login = { name: 'app', isOwner: false, missing: [], excess: [] };
const answers: (() => Promise<Login>)[] = [];
const readLogin = jest.fn(() => answers.shift()?.() ?? Promise.reject(new Error('asked too often')));
const pause = jest.fn((_ms: number) => Promise.resolve());
jest.unstable_mockModule('../../ledger/login.ts', () => ({ readLogin }));
jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: pause }));
const { checkLogin } = await import('../../app/login-check.ts');

const away = () => Promise.reject(new Fault('ledger-unavailable', 'away'));
test.each<[string, last: () => Promise<Login>, told: string]>([
  ['says who the login is', () => Promise.resolve(LOGIN), 'app'],
  [
    'says that the login owns it (T24)',
    () => Promise.resolve({ ...LOGIN, isOwner: true }),
    'owns the tables',
  ],
  ['gives another error', () => Promise.reject(new Error('no such login')), 'no such login'],
])('the ledger is asked every 10 s until it %s', async (_what, last, told) => {
  jest.clearAllMocks();
  answers.push(away, away, last);
  const seen: string[] = [];
  await checkLogin({
    ...{ url: 'postgres://app@db/curfew', duties: ['sweeper'], signal: new AbortController().signal },
    onUnavailable: ({ code }) => seen.push(code),
    onLogin: ({ name }) => seen.push(name),
  }).catch((error: Error) => seen.push(error.message));
  expect(seen).toEqual([...['ledger-unavailable', 'ledger-unavailable'], expect.stringContaining(told)]);
  expect(pause.mock.calls.map(([ms]) => ms)).toEqual([10_000, 10_000]);
});
