import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import type { RequestId } from '../../core/ids.ts';
import { ana } from '../core/request/request.fixture.ts';
import { type BotFixture, endRequest, startBotFixture } from './bot.fixture.ts';
import { slackIdOf } from './workplace.fixture.ts';

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture();
}, 60_000);
afterAll(() => bot?.stop(), 60_000);

const homeOf = (name: string): string => JSON.stringify(bot.as(name).home() ?? '');
/** The buttons on the Home of a person that answer this request. */
const buttonsOf = (name: string, request: RequestId): readonly string[] =>
  [...homeOf(name).matchAll(/"action_id":"([a-z]+)"[^{}]*(?:\{[^{}]*\})?[^{}]*"value":"([^" ]*)/g)]
    .flatMap(([, action = '', value]) => (value === request ? [action] : []))
    .sort();
const open = async (name: string) => {
  const before = bot.as(name).home()?.hash;
  await bot.as(name).openHome();
  await bot.as(name).waitFor('a new Home', (me) => (me.home()?.hash === before ? undefined : true));
};
const sent = (request: RequestId) => bot.sent(request);
const withdraw = (request: RequestId) =>
  bot.record(request, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at }));

test('each person finds the requests that they can act on, with the buttons that they may press', async () => {
  const [waiting, live, over] = [
    await bot.pending('waits for Bo'),
    await bot.active('is active'),
    await bot.active('is over'),
  ];
  await endRequest(bot, over);
  for (const request of [waiting, live, over]) await sent(request);
  for (const name of ['ana', 'bo', 'sam']) await open(name);
  const shown = (name: string) => [waiting, live, over].map((request) => buttonsOf(name, request));
  expect(shown('ana')).toEqual([['withdraw'], ['end', 'extend'], []]);
  expect(shown('bo')).toEqual([['approve', 'ask', 'deny'], [], []]);
  expect(shown('sam')).toEqual([[], [], []]);
  expect(homeOf('sam')).not.toContain('waits for Bo');
  await withdraw(waiting);
  await endRequest(bot, live);
});

test('a change draws the open Homes again, and publishes no Home that its person did not open', async () => {
  const request = await bot.pending('withdrawn while Home is open');
  await sent(request);
  for (const name of ['ana', 'bo']) await open(name);
  expect(buttonsOf('bo', request)).toEqual(['approve', 'ask', 'deny']);
  await withdraw(request);
  await sent(request);
  expect([buttonsOf('ana', request), buttonsOf('bo', request)]).toEqual([[], []]);
  expect(bot.as('cy').home()).toBeUndefined();
});

test('a Home that cannot be drawn does not delay the cards, and the operator reads it', async () => {
  await open('ana');
  bot.slack.faults.inject('views.publish', { kind: 'error', error: 'internal_error' });
  const request = await bot.pending('a Home that fails');
  await sent(request);
  bot.slack.faults.clear();
  expect(bot.logged.some((line) => /^warn: a Home was not drawn again: .*internal_error/.test(line))).toBe(
    true,
  );
  await open('ana');
  expect(buttonsOf('ana', request)).toEqual(['withdraw']);
});

test('a guest sees why Curfew does nothing for them, and nothing of the requests', async () => {
  await bot.pending('not for Gil');
  await open('gil');
  expect(homeOf('gil')).toContain('guests of this workspace cannot use Curfew');
  expect(homeOf('gil')).not.toMatch(/action_id|not for Gil/);
});

test('a person with two Slack accounts has a Home in each, and a change draws both again', async () => {
  const before = await readFile(bot.file('people.yaml'), 'utf8');
  const twoAccounts = before
    .replace('slack: U0ANAFERR1', `slack: [${slackIdOf('ana')}, ${slackIdOf('ada')}]`)
    .replace(/ {2}- id: ada\n(?: {4}.*\n)+/, '')
    .replace('auditors: [ada]', 'auditors: []');
  await writeFile(bot.file('people.yaml'), twoAccounts);
  const request = await bot.pending('two accounts');
  await sent(request);
  for (const name of ['ana', 'ada']) await open(name);
  expect(['ana', 'ada'].map((name) => buttonsOf(name, request))).toEqual([['withdraw'], ['withdraw']]);
  await withdraw(request);
  await sent(request);
  expect(['ana', 'ada'].map((name) => buttonsOf(name, request))).toEqual([[], []]);
  await writeFile(bot.file('people.yaml'), before);
});
