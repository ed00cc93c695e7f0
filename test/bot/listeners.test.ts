import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { ActionResult, Message } from '../../sandbox/slack/model.ts';
import { until } from '../until.fixture.ts';
import { type BotFixture, startBotFixture } from './bot.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';
import { REQUESTS, slackIdOf } from './workplace.fixture.ts';

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture();
}, 60_000);
afterAll(() => bot?.stop(), 60_000);

const textOf = (on: Message | undefined): string => JSON.stringify(on?.blocks ?? '');
/** Waits for the card about this reason that has this button. */
const cardOf = (name: string, reason: string, action: string, channel = 'dm'): Promise<Message> =>
  bot
    .as(name)
    .waitForMessage(
      (each) => textOf(each).includes(reason) && textOf(each).includes(`"action_id":"${action}"`),
      channel,
    );
const modalOf = (name: string, block: string) =>
  bot.as(name).waitFor(`a modal with ${block}`, (me) => {
    const modal = me.modal();
    return JSON.stringify(modal ?? '').includes(`"block_id":"${block}"`) ? modal : undefined;
  });
const privateTexts = (name: string, channel = 'dm') =>
  bot
    .as(name)
    .messages(channel)
    .flatMap((each) => (each.ephemeralFor === slackIdOf(name) ? [each.text] : []));
type ClickRow = Readonly<{ kind: string; account: string; person: string; request_id: string; body: object }>;
const clicks = () =>
  bot.rows<ClickRow>('select kind, account, person, request_id, body from click order by kind');

describe('Slack gets its acknowledgement only after the click is written (I16)', () => {
  const idOf: Record<string, RequestId> = {};
  let acts: Record<string, () => Promise<ActionResult>> = {};
  let whileRefused: Record<string, ActionResult> = {};

  beforeAll(async () => {
    const [ana, bo, cy] = ['ana', 'bo', 'cy'].map(bot.as) as [
      ReturnType<BotFixture['as']>,
      ReturnType<BotFixture['as']>,
      ReturnType<BotFixture['as']>,
    ];
    for (const reason of ['to approve', 'to withdraw', 'to deny']) idOf[reason] = await bot.pending(reason);
    for (const reason of ['to end', 'to deliver']) idOf[reason] = await bot.active(reason);
    const [approve, withdraw, end, deliver] = [
      await cardOf('bo', 'to approve', 'approve', REQUESTS),
      await cardOf('ana', 'to withdraw', 'withdraw'),
      await cardOf('ana', 'to end', 'end'),
      await cardOf('ana', 'to deliver', 'deliver'),
    ];
    await bo.click(await cardOf('bo', 'to deny', 'deny', REQUESTS), 'deny');
    await modalOf('bo', 'note');
    await cy.command('/access orders-db', REQUESTS);
    await modalOf('cy', 'length-orders-db');
    acts = {
      'an approval': () => bo.click(approve, 'approve'),
      'a withdrawal': () => ana.click(withdraw, 'withdraw'),
      'an end': () => ana.click(end, 'end'),
      'a denial': () => bo.submit({ note: { text: '  not today ' } }),
      'a request in one line': () => ana.command('/access orders-logs 1h typed in a line', REQUESTS),
      'a request in the form': () =>
        cy.submit({ what: {}, 'length-orders-db': { text: ' 1h ' }, reason: { text: 'typed in the form' } }),
      'a click on the password button': () => ana.click(deliver, 'deliver'),
    };
    const restore = await bot.refuseRowsOf('click');
    const results = Object.entries(acts).map(async ([what, act]) => [what, await act()] as const);
    whileRefused = Object.fromEntries(await Promise.all(results));
    await restore();
  }, 60_000);

  const all = [
    ...['an approval', 'a withdrawal', 'an end', 'a denial', 'a request in one line'],
    ...['a request in the form', 'a click on the password button'],
  ];
  test.each(all)('%s that cannot be written is not acknowledged', (what) =>
    expect(whileRefused[what]).toMatchObject({ kind: 'failed', code: 'operation_timeout' }),
  );

  test('each person is told privately, where they clicked, and no password is shown', async () => {
    const failed = /Something failed inside Curfew, so your click may not be recorded/;
    const count = (name: string, channel?: string) =>
      privateTexts(name, channel).filter((text) => failed.test(text)).length;
    const counts = () => [
      count('ana'),
      count('ana', REQUESTS),
      count('bo'),
      count('bo', REQUESTS),
      count('cy'),
    ];
    await until('everybody is told', () => counts().reduce((sum, each) => sum + each) === all.length);
    // A form is in no channel, so its answer is in the direct messages.
    expect(counts()).toEqual([3, 1, 1, 1, 1]);
    expect(bot.as('ana').modal()).toBeUndefined();
    expect(bot.logged.filter((line) => line.startsWith('error: a click was not handled'))).toHaveLength(
      all.length,
    );
    expect(await clicks()).toEqual([]);
  });

  test('each click that can be written is acknowledged, and is stored with its person and its place', async () => {
    const kinds: Record<string, string> = {};
    for (const [what, act] of Object.entries(acts)) kinds[what] = (await act()).kind;
    const isForm = (what: string) => what === 'a denial' || what === 'a request in the form';
    expect(kinds).toEqual(Object.fromEntries(all.map((what) => [what, isForm(what) ? 'closed' : 'acked'])));
    const dm = bot.messagesIn((await cardOf('ana', 'to end', 'end')).channel).at(0)?.channel;
    const [anaId, boId, cyId] = [slackIdOf('ana'), slackIdOf('bo'), slackIdOf('cy')];
    const message = expect.stringMatching(/^\d+\.\d+$/);
    const typed = { length: '1h', channel: REQUESTS };
    const stored = (await clicks()).map(({ kind, account, person, request_id, body }) => [
      kind,
      account,
      person,
      Object.keys(idOf).find((reason) => idOf[reason] === request_id) ?? 'its own',
      body,
    ]);
    const expected = [
      ['approve', boId, 'bo', 'to approve', { digest: DIGEST, channel: REQUESTS, message }],
      [
        'deliver',
        anaId,
        'ana',
        'to deliver',
        { lease: leaseIdOf(idOf['to deliver'] as RequestId, 0), channel: dm, message },
      ],
      ['deny', boId, 'bo', 'to deny', { digest: DIGEST, note: 'not today', channel: REQUESTS, message }],
      ['end', anaId, 'ana', 'to end', { digest: DIGEST, channel: dm, message }],
      [
        'request',
        anaId,
        'ana',
        'its own',
        { ...typed, entitlement: 'orders-logs', reason: 'typed in a line' },
      ],
      ['request', cyId, 'cy', 'its own', { ...typed, entitlement: 'orders-db', reason: 'typed in the form' }],
      ['withdraw', anaId, 'ana', 'to withdraw', { digest: DIGEST, channel: dm, message }],
    ];
    expect(stored).toHaveLength(expected.length);
    expect(stored).toEqual(expect.arrayContaining(expected));
    await bot.as('ana').close(true);
    // The listener of the password button waits for this.
    await bot.rows(`update click set outcome = '{"kind":"answered"}' where kind = 'deliver' returning id`);
  });
});

describe('a button or a form with a wrong value changes nothing', () => {
  const UNKNOWN = /This button is not from Curfew, or it is from an old version\. Nothing was changed\./;
  const withValue = (on: Message, value: string): Message => ({
    ...on,
    blocks: JSON.parse(textOf(on).replaceAll(/"value":"[^"]*"/g, `"value":${JSON.stringify(value)}`)),
  });

  test.each([
    ['approve', 'another text'],
    ['approve', `req_01jgyq8zk7f5v2m9c3x4b6n8p0 ${DIGEST}x`],
    ['deny', 'another text'],
    ['deny', `req_01jgyq8zk7f5v2m9c3x4b6n8p0 ${DIGEST}`],
  ])(
    '%s with the value "%s" is acknowledged, and only the person who clicked is told',
    async (action, value) => {
      const before = { clicks: (await clicks()).length, texts: privateTexts('bo', REQUESTS).length };
      const request = await bot.pending('a forged button');
      const card = await cardOf('bo', 'a forged button', action, REQUESTS);
      expect(await bot.forged('bo').click(withValue(card, value), action)).toEqual({ kind: 'acked' });
      await until('Bo is told', () => privateTexts('bo', REQUESTS).length > before.texts);
      expect(privateTexts('bo', REQUESTS).at(-1)).toMatch(UNKNOWN);
      expect(
        bot
          .as('cy')
          .messages(REQUESTS)
          .filter(({ text }) => UNKNOWN.test(text)),
      ).toEqual([]);
      expect((await clicks()).length).toBe(before.clicks);
      await bot.record(request, 'withdraw', (at) => ({ kind: 'void', why: 'the test is over', at }));
    },
  );

  test('a denial without a reason keeps its form open, with an error under the field', async () => {
    const before = (await clicks()).length;
    await bot.pending('denied without a reason');
    const bo = bot.as('bo');
    await bo.click(await cardOf('bo', 'denied without a reason', 'deny'), 'deny');
    await modalOf('bo', 'note');
    expect(await bot.forged('bo').submit({ note: { text: ' \n ' } })).toEqual({
      kind: 'errors',
      errors: { note: 'Say why you deny the request. The requester reads it.' },
    });
    expect((await clicks()).length).toBe(before);
    await bo.close(true);
  });
});

test('the button for all permissions opens them, and stores no click', async () => {
  const before = (await clicks()).length;
  await bot.pending('with many permissions');
  const card = await cardOf('bo', 'with many permissions', 'approve', REQUESTS);
  // The list of the quickstart fits on its card, so the button of the test has the value of another one.
  const blocks = JSON.parse(
    textOf(card).replaceAll('"action_id":"approve"', '"action_id":"all-permissions"'),
  ) as Message['blocks'];
  expect(await bot.forged('bo').click({ ...card, blocks }, 'all-permissions')).toEqual({ kind: 'acked' });
  const modal = await bot
    .as('bo')
    .waitFor('all permissions', (me) =>
      JSON.stringify(me.modal() ?? '').includes('All permissions') ? me.modal() : undefined,
    );
  expect(JSON.stringify(modal)).toMatch(/may use postgres.*may keep postgres/);
  await bot.as('bo').close(true);
  expect((await clicks()).length).toBe(before);
});

describe('the commands that only show something', () => {
  test.each([
    ['/access help', 'How to use /access'],
    ['/access list', 'You have '],
  ])('the answer to %s in a channel is seen by the person who typed it only', async (typed, text) => {
    expect(await bot.as('sam').command(typed, REQUESTS)).toEqual({ kind: 'acked' });
    await until('Sam is answered', () => privateTexts('sam', REQUESTS).some((each) => each.startsWith(text)));
    const seen = (name: string) =>
      bot
        .as(name)
        .messages(REQUESTS)
        .filter((each) => each.text.startsWith(text));
    expect([seen('sam').length, seen('bo').length]).toEqual([1, 0]);
  });

  test.each([
    ['ana', /^You have [1-9]\d* open requests?\. You can request 6 entitlements/],
    ['ada', /^You have 0 open requests\. You can request 0 entitlements/],
    ['gil', /guests of this workspace cannot use Curfew/],
  ])('the list shows %s their own requests and what they may request', async (name, expected) => {
    await bot.as(name).command('/access list');
    await until('the list is there', () => privateTexts(name).some((text) => expected.test(text)));
  });

  test.each([
    ['ana', ['orders-db', 'orders-logs', 'orders-oncall']],
    ['ada', [':nothing-found ']],
  ])('the form offers %s what they may request and contains the typed text', async (name, expected) => {
    const person = bot.as(name);
    await person.command('/access');
    const found = await person.suggest(await modalOf(name, 'what'), 'entitlement', 'orders');
    expect('options' in found && found.options.map(({ value }) => value).sort()).toEqual(expected);
    await person.close(true);
  });

  test('a guest gets no form', async () => {
    await bot.as('gil').command('/access orders-db');
    const modal = await bot.as('gil').waitFor('a modal', (me) => me.modal());
    expect(JSON.stringify(modal)).toContain('guests of this workspace cannot use Curfew');
    expect([modal.submit, modal.callback_id]).toEqual([null, '']);
  });
});
