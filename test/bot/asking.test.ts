import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message, View } from '../../sandbox/slack/model.ts';
import { requestAgainButton } from '../../bot/cards/request-cards.ts';
import { until } from '../until.fixture.ts';
import { type BotFixture, startBotFixture } from './bot.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { GENERAL, REQUESTS } from './workplace.fixture.ts';

// How a person requests access, with the real Bolt. Slack's rules are enforced by the sandbox.

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture({ worker: true });
}, 60_000);
afterAll(() => bot?.stop(), 60_000);

const linesIn = (on: Message | View | undefined) => linesOf(on?.blocks ?? []).join('\n');
const valueOf = (view: View | undefined, field: string): unknown =>
  ((view?.blocks ?? []) as readonly { block_id?: string; element?: { initial_value?: string } }[]).find(
    ({ block_id }) => block_id?.startsWith(field),
  )?.element?.initial_value;
const form = (name: string, what: string, is: (view: View) => boolean = () => true) =>
  bot.as(name).waitFor(what, (me) => {
    const view = me.modal();
    return view?.callback_id === 'request' && is(view) ? view : undefined;
  });
const privateAnswer = (name: string, says: RegExp, place: string = REQUESTS) =>
  bot
    .as(name)
    .waitFor(`a private answer that says ${says}`, (me) =>
      me.messages(place).findLast((each) => each.ephemeralFor === me.id && says.test(linesIn(each))),
    );
/** The requests that people made, newest last. */
const requested = () =>
  bot.rows<{ entitlement: string; length: string; reason: string }>(
    `select body->>'entitlement' as entitlement, body->>'length' as length, body->>'reason' as reason
       from click where kind = 'request' and not body ? 'refusal' order by id`,
  );

describe('a mistake in one line', () => {
  test('is answered where it was typed, in a channel without Curfew too, and the form has what was typed', async () => {
    const cy = bot.as('cy');
    await cy.command('/access ordersdb 2 h 30 min incident 4312', GENERAL);
    const answer = await privateAnswer('cy', /There is no such entitlement/, GENERAL);
    expect(linesIn(answer)).toContain('> /access ordersdb 2 h 30 min incident 4312');
    await cy.click(answer, 'open-draft');
    const opened = await form('cy', 'the form');
    expect([linesIn(opened), valueOf(opened, 'length'), valueOf(opened, 'reason')]).toEqual([
      expect.stringContaining('The nearest is `orders-db`'),
      '2 h 30 min',
      'incident 4312',
    ]);
    expect(await cy.submit({})).toEqual({ kind: 'closed' });
    expect((await requested()).at(-1)).toEqual({
      entitlement: 'orders-db',
      length: '2 h 30 min',
      reason: 'incident 4312',
    });
    const refused = await bot.rows<{ body: { reason?: string } }>(
      `select body from click where body ? 'refusal'`,
    );
    expect(refused.map(({ body }) => body.reason)).toEqual([undefined]);
  });
});

describe('the form', () => {
  test('finds by the words of a target, and says what it searched when nothing has them', async () => {
    const cy = bot.as('cy');
    await cy.command('/access');
    const opened = await form('cy', 'the form');
    expect(await cy.suggest(opened, 'entitlement', 'administrators')).toMatchObject({
      options: [{ value: 'aws-admins' }],
    });
    const none = await cy.suggest(opened, 'entitlement', 'kafka');
    expect(none).toMatchObject({ options: [{ text: { text: 'No match for “kafka”. What to do?' } }] });
    await cy.click(opened, 'entitlement', {
      chosen: ':nothing-found kafka',
      values: { reason: { text: 'w' } },
    });
    const told = await form('cy', 'what was searched', (view) =>
      /has “kafka” in its name/.test(linesIn(view)),
    );
    expect(told.blocks.find(({ type }) => type === 'input')?.block_id).toBe('what.2');
    await cy.suggest(told, 'entitlement', 'orders_reader');
    await cy.click(told, 'entitlement', { chosen: 'orders-db' });
    await form('cy', 'the entitlement', (view) => valueOf(view, 'length') === '1 h');
    await cy.close(true);
  });

  test('fills in the length of a button, and keeps the reason and the length that were typed', async () => {
    const cy = bot.as('cy');
    await cy.command('/access orders-logs');
    const opened = await form('cy', 'the form');
    await cy.click(opened, 'length-half', {
      values: { 'length-orders-logs': { text: '3 hours' }, reason: { text: 'a reason' } },
    });
    const filled = await form('cy', 'the form with half', (view) => valueOf(view, 'length') === '1 h');
    expect(linesIn(filled)).toContain('[2 h · usual] [1 h · half] [1 day · longest] [3 h · typed]');
    expect(await cy.submit({ reason: { text: 'a reason' } })).toEqual({ kind: 'closed' });
    expect((await requested()).at(-1)).toEqual({
      entitlement: 'orders-logs',
      length: '1 h',
      reason: 'a reason',
    });
  });

  test('shows every mistake under its field, with the limit, and keeps what was typed', async () => {
    const cy = bot.as('cy');
    await cy.command('/access orders-logs');
    await form('cy', 'the form');
    expect(await cy.submit({ 'length-orders-logs': { text: '2 days' }, reason: { text: ' ' } })).toEqual({
      kind: 'errors',
      errors: {
        'length-orders-logs': expect.stringMatching(/The longest is 1 day/),
        reason: expect.stringMatching(/Say why/),
      },
    });
    await cy.close(true);
  });
});

describe('a second request for the same thing', () => {
  test('in one line is offered the first one, which can be seen and withdrawn', async () => {
    const request = await bot.pending('the first of two');
    const ana = bot.as('ana');
    const before = (await requested()).length;
    await ana.command('/access orders-db 2h the second of two', REQUESTS);
    const offer = await privateAnswer('ana', /You requested this already/);
    expect((await requested()).length).toBe(before);
    await ana.click(offer, 'see-request');
    const seen = await ana.waitFor('the request', (me) =>
      me.modal()?.title?.text === 'Your request' ? me.modal() : undefined,
    );
    expect(linesIn(seen)).toContain('> the first of two');
    await ana.close(true);
    await ana.click(offer, 'withdraw-open');
    await privateAnswer('ana', /^Withdrawn by .*No access was granted/);
    expect((await bot.ledger.readState(request)).state.kind).toBe('closed');
    await ana.click(offer, 'open-draft');
    const opened = await form('ana', 'the form');
    expect(opened.submit?.text).toBe('Request');
    expect(await ana.submit({})).toEqual({ kind: 'closed' });
    expect((await requested()).at(-1)).toEqual({
      entitlement: 'orders-db',
      length: '2h',
      reason: 'the second of two',
    });
  });

  test('in the form is offered the access that there is, and then made', async () => {
    await bot.active('the access that there is');
    const ana = bot.as('ana');
    await ana.command('/access orders-db');
    const opened = await form('ana', 'the form');
    expect(linesIn(opened)).toMatch(/You have this access until[^]*\[Extend…\] \[See it\]/);
    expect(opened.submit?.text).toBe('Request another one');
    await ana.click(opened, 'see-request');
    await ana.waitFor('the request over the form', (me) =>
      me.modal()?.title?.text === 'Your request' ? true : undefined,
    );
    await ana.close();
    await ana.click(opened, 'extend');
    await ana.waitFor('the form to extend, over the form', (me) =>
      me.modal()?.title?.text === 'Extend the access' ? true : undefined,
    );
    await ana.close();
    expect(await ana.submit({ reason: { text: 'one more' } })).toEqual({ kind: 'closed' });
    expect((await requested()).at(-1)?.reason).toBe('one more');
  });

  test('that was not there when the form opened is offered before the form is sent', async () => {
    const ana = bot.as('ana');
    await ana.command('/access orders-db');
    await form('ana', 'the form');
    const request = await bot.pending('made meanwhile');
    const before = (await requested()).length;
    expect(await ana.submit({ reason: { text: 'my own reason' } })).toMatchObject({ kind: 'updated' });
    const offered = await form('ana', 'the offer', (view) => /\[Withdraw\]/.test(linesIn(view)));
    expect([valueOf(offered, 'reason'), (await requested()).length]).toEqual(['my own reason', before]);
    await ana.click(offered, 'withdraw-open', { block_id: `open-${request}` });
    await form(
      'ana',
      'the form without it',
      (view) => !/\[Withdraw\]/.test(linesIn(view)) && /Withdrawn by/.test(linesIn(view)),
    );
    expect((await bot.ledger.readState(request)).state.kind).toBe('closed');
    await ana.close(true);
  });
});

test('the shortcut of a message puts its link into the reason', async () => {
  await bot.as('bo').say('the order page fails', GENERAL);
  const ana = bot.as('ana');
  const message = await ana.waitForMessage(({ text }) => text === 'the order page fails', GENERAL);
  await ana.shortcut('request-access-from-message', message);
  const opened = await form('ana', 'the form');
  expect(valueOf(opened, 'reason')).toMatch(
    new RegExp(`^https://[a-z-]+\\.slack\\.com/archives/${GENERAL}/p${message.ts.replace('.', '')}\n$`),
  );
  await ana.close(true);
});

test('the button Request again opens the form with what was requested before', async () => {
  const request = await bot.pending('the same again');
  await bot.record(request, 'void', (at) => ({ kind: 'void', why: 'the test is over', at }));
  const card = await until('the card', () =>
    bot
      .as('ana')
      .messages('dm')
      .find((each) => linesIn(each).includes('the same again')),
  );
  const button = requestAgainButton({ id: request, title: 'Orders database, read only' });
  const withButton = {
    ...card,
    blocks: [{ type: 'actions' as const, block_id: 'again', elements: [button] }],
  };
  await bot.forged('ana').click(withButton, 'request-again');
  const opened = await form('ana', 'the form');
  expect([valueOf(opened, 'length-orders-db'), valueOf(opened, 'reason')]).toEqual(['1 h', 'the same again']);
  await bot.as('ana').close(true);
});
