import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { View } from '../../sandbox/slack/model.ts';
import { ana } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { type BotFixture, endRequest, startBotFixture } from './bot.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { REQUESTS } from './workplace.fixture.ts';

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture({ worker: true });
}, 60_000);
afterAll(() => bot?.stop(), 60_000);

/** Long, because the machine may be busy. It only matters when a test fails. */
const TIMEOUT_MS = 30_000;
/** What a reader sees of a message or a view, and its blocks as JSON. */
const textOf = (on: { blocks?: readonly object[] } | undefined): string =>
  [...linesOf(on?.blocks ?? []), JSON.stringify(on?.blocks ?? '')].join('\n');
/** Waits for a direct message about the request with this reason that contains this text. */
const cardOf = (name: string, reason: string, says: RegExp) =>
  bot
    .as(name)
    .waitFor(
      `a message about "${reason}" that says ${says}`,
      (me) => me.messages('dm').find((each) => textOf(each).includes(reason) && says.test(textOf(each))),
      TIMEOUT_MS,
    );
const requesterCardOf = (reason: string, says: RegExp) => cardOf('ana', reason, says);
const viewSaying = (name: string, which: 'modal' | 'home', says: RegExp): Promise<View> =>
  bot.as(name).waitFor(
    `a ${which} that says ${says}`,
    (me) => {
      const view = me[which]();
      return says.test(textOf(view)) ? view : undefined;
    },
    TIMEOUT_MS,
  );
const modalSaying = (name: string, says: RegExp) => viewSaying(name, 'modal', says);
const homeSaying = (name: string, says: RegExp) => viewSaying(name, 'home', says);
const privateAnswerTo = (name: string, says: RegExp) =>
  bot
    .as(name)
    .waitFor(
      `a private answer that says ${says}`,
      (me) =>
        me.messages('dm').find((each) => each.ephemeralFor === me.id && says.test(each.text + textOf(each))),
      TIMEOUT_MS,
    );
const POLICY_PROBLEM = /the policy cannot be read \(catalogue\.yaml:\d+:\d+: .*still ends on time/;
const POLICY_PROBLEM_WITHOUT_PLACE = /the policy cannot be read\. .*still ends on time/;

describe('while the policy cannot be read', () => {
  afterEach(() => bot.repairPolicy());

  test('direct messages and Home still show the end of access, with the last known names', async () => {
    const request = await bot.active('ends while the policy is broken');
    await requesterCardOf('ends while the policy is broken', /Active until/);
    await bot.as('ana').openHome();
    await homeSaying('ana', /Active until/);
    await bot.breakPolicy();
    await endRequest(bot, request);
    const requesterCard = await requesterCardOf(
      'ends while the policy is broken',
      /Ended by .*revoked and verified/,
    );
    await bot
      .as('ana')
      .waitFor('a Home without active access', (me) => !/Active until/.test(textOf(me.home())) || undefined);
    expect(textOf(requesterCard)).toContain('Orders database');
  }, 60_000);

  test('the form, the list and Home name the place in the file, and active access can be ended', async () => {
    const request = await bot.active('active while the policy is broken');
    await requesterCardOf('active while the policy is broken', /Active until/);
    await bot.breakPolicy();
    const ana = bot.as('ana');
    await ana.command('/access');
    await modalSaying('ana', POLICY_PROBLEM);
    await ana.close(true);
    await ana.command('/access list');
    const list = await privateAnswerTo('ana', POLICY_PROBLEM);
    expect(textOf(list)).toMatch(/Orders database.*Active until/);
    await ana.openHome();
    // The Home of an earlier test names the same place, without the access.
    await homeSaying('ana', new RegExp(`${POLICY_PROBLEM.source}[^]*"action_id":"end"`));
    await endRequest(bot, request);
  }, 60_000);

  test('after a restart, a person who is not known is not told the place in the file, and cards are still updated', async () => {
    const request = await bot.active('active over a restart');
    await requesterCardOf('active over a restart', /Active until/);
    await bot.breakPolicy();
    await bot.restart();
    const [ana, cy] = [bot.as('ana'), bot.as('cy')];
    await cy.command('/access');
    await modalSaying('cy', POLICY_PROBLEM_WITHOUT_PLACE);
    await cy.command('/access list');
    await privateAnswerTo('cy', POLICY_PROBLEM_WITHOUT_PLACE);
    await cy.openHome();
    await homeSaying('cy', POLICY_PROBLEM_WITHOUT_PLACE);
    await ana.click(await requesterCardOf('active over a restart', /Active until/), 'deliver');
    await modalSaying('ana', POLICY_PROBLEM_WITHOUT_PLACE);
    await ana.close(true);
    await endRequest(bot, request);
    await requesterCardOf('active over a restart', /revoked and verified/);
    await bot.repairPolicy();
    await bot.restart();
  }, 60_000);
});

test('the form, the list and Home tell a guest that guests cannot use Curfew', async () => {
  const guest = bot.as('gil');
  await guest.command('/access');
  await modalSaying('gil', /guests of this workspace cannot use Curfew/);
  await guest.close(true);
  await guest.command('/access list');
  await privateAnswerTo('gil', /guests of this workspace cannot use Curfew/);
  await guest.openHome();
  await homeSaying('gil', /guests of this workspace cannot use Curfew/);
}, 60_000);

test('the card in the direct messages of each approver follows the request up to its end', async () => {
  const request = await bot.pending('withdrawn before an answer');
  for (const name of ['bo', 'cy']) await cardOf(name, 'withdrawn before an answer', /"action_id":"approve"/);
  await bot.record(request, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at }));
  for (const name of ['bo', 'cy']) {
    const card = await cardOf(name, 'withdrawn before an answer', /Withdrawn by/);
    expect(textOf(card)).not.toContain('"action_id":"approve"');
  }
}, 60_000);

describe('the password', () => {
  const clickPasswordButton = async (name: string, reason: string) => {
    const on = await requesterCardOf(reason, /"action_id":"deliver"/);
    await (name === 'ana' ? bot.as('ana') : bot.forged(name)).click(on, 'deliver');
  };
  const delivered = (request: RequestId) =>
    until('the delivery is recorded', async () =>
      (await bot.ledger.readTrail(request)).some(({ event }) => event.kind === 'delivered'),
    );
  /** Who did not see a password may press again when nobody showed it for thirty seconds. */
  const clickAfterHalfAMinute = async (reason: string) => {
    await bot.rows(
      `update secret set delivered_at = delivered_at - interval '31 seconds' where erased_at is null returning lease_id`,
    );
    await clickPasswordButton('ana', reason);
  };
  const recordedRefusals = (request: Parameters<BotFixture['refusals']>[0]) =>
    until('a refusal is recorded', async () => {
      const all = await bot.refusals(request);
      return all.length > 0 ? all : undefined;
    });

  test.each([
    ['a guest', 'gil', [null, 'deliver', 'not-a-member']],
    ['an outsider', 'zoe', [null, 'deliver', 'not-a-member']],
    ['a person who left and is still in the file', 'dan', ['dan', 'deliver', 'not-a-member']],
  ] as const)('the attempt of %s to see it is recorded (I19)', async (_who, name, expected) => {
    const reason = `a password that ${name} wants`;
    const request = await bot.active(reason);
    await clickPasswordButton(name, reason);
    expect(await recordedRefusals(request)).toEqual([expected]);
    expect(await bot.ledger.hasSecret(leaseIdOf(request, 0))).toBe(true);
    await endRequest(bot, request);
  });

  test('is shown as soon as Slack says what kind of account it is', async () => {
    const request = await bot.active('a password while Slack fails');
    bot.slack.faults.inject('users.info', { kind: 'error', error: 'internal_error' });
    await clickPasswordButton('ana', 'a password while Slack fails');
    await modalSaying('ana', /One moment/);
    await until('Slack was asked', () => bot.logged.find((line) => /\(deliver\) waits for Slack/.test(line)));
    await bot.rows(
      `update unchecked_click set next_try_at = ledger_now() returning pg_notify('curfew_unchecked_click', '')`,
    );
    await modalSaying('ana', /opened sealed/);
    await until('it is erased', async () => !(await bot.ledger.hasSecret(leaseIdOf(request, 0))));
    await bot.as('ana').close(true);
    await endRequest(bot, request);
  }, 60_000);

  test('a click whose view Slack does not open does not use up a password', async () => {
    const request = await bot.active('a password without a view');
    bot.slack.faults.inject('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await clickPasswordButton('ana', 'a password without a view');
    await delivered(request);
    await clickAfterHalfAMinute('a password without a view');
    await modalSaying('ana', /opened sealed/);
    await bot.as('ana').close(true);
    await endRequest(bot, request);
  }, 60_000);

  test('an attempt with the wrong key does not use up a password', async () => {
    const request = await bot.active('a password under another key');
    bot.key.fits = false;
    await clickPasswordButton('ana', 'a password under another key');
    await modalSaying('ana', /another key.*end the access and request it again/);
    await bot.as('ana').close(true);
    expect(await bot.ledger.hasSecret(leaseIdOf(request, 0))).toBe(true);
    bot.key.fits = true;
    await clickAfterHalfAMinute('a password under another key');
    await modalSaying('ana', /opened sealed/);
    await bot.as('ana').close(true);
    await endRequest(bot, request);
  }, 60_000);
});

describe('everyone has a view', () => {
  const says = (name: string, channel: string, text: RegExp) =>
    bot
      .as(name)
      .waitFor(
        `an answer that says ${text}`,
        (me) => me.messages(channel).find((each) => each.ephemeralFor === me.id && text.test(textOf(each))),
        TIMEOUT_MS,
      );
  const ephemeralsOf = (name: string) =>
    bot
      .as(name)
      .messages('dm')
      .filter(({ ephemeralFor }) => ephemeralFor !== undefined).length;

  test('an auditor finds on Home and with commands what is live, and reads its story', async () => {
    const request = await bot.active('seen by an auditor');
    await bot.sent(request);
    await bot.as('ada').openHome();
    const home = await homeSaying('ada', /Live access, the soonest end first/);
    const short = request.slice(-8);
    expect(textOf(home)).toContain(short);
    await bot.as('ada').command('/access who orders-db', REQUESTS);
    expect(textOf(await says('ada', REQUESTS, /Orders database, read only/))).toContain(short);
    await bot.as('ada').command(`/access story ${short}`, REQUESTS);
    expect(textOf(await says('ada', REQUESTS, /What happened/))).toContain('seen by an auditor');
    await bot.as('sam').command(`/access story ${short}`, REQUESTS);
    await says('sam', REQUESTS, /There is no request “[0-9a-z]{8}” that you can see/);
    expect(JSON.stringify(bot.as('sam').messages(REQUESTS))).not.toContain('What happened');
    await endRequest(bot, request);
  }, 60_000);

  test('an approver answers a request in the list of what waits, and the message loses its buttons', async () => {
    const request = await bot.pending('approved in the list');
    await bot.sent(request);
    await bot.as('cy').command('/access waiting', REQUESTS);
    const card = await says('cy', REQUESTS, /approved in the list/);
    await bot.as('cy').click(card, 'approve');
    await says('cy', REQUESTS, /Your click is recorded/);
    await until(
      'the approval counts',
      async () => (await bot.ledger.readState(request)).state.kind !== 'pending',
    );
    await bot.sent(request);
    expect(
      textOf(
        bot
          .as('cy')
          .messages(REQUESTS)
          .find(({ ts }) => ts === card.ts),
      ),
    ).not.toContain('action_id');
    await bot.record(request, 'void', (at) => ({ kind: 'void', why: 'the test is over', at }));
  }, 60_000);

  test('who may not deny is refused when they press the button, sees no form, and the attempt is recorded', async () => {
    const request = await bot.pending('not for Sam to deny');
    await bot.sent(request);
    const card = await bot.as('sam').waitForMessage((each) => textOf(each).includes('not for Sam'), REQUESTS);
    expect(await bot.as('sam').click(card, 'deny')).toEqual({ kind: 'acked' });
    await says('sam', REQUESTS, /You are not an approver of this request/);
    expect(await bot.refusals(request)).toEqual([['sam', 'deny', 'not-an-approver']]);
    expect(bot.as('sam').modal()).toBeUndefined();
    await bot.as('cy').click(card, 'deny');
    await modalSaying('cy', /not for Sam to deny/);
    await bot.as('cy').close(true);
    await bot.record(request, 'void', (at) => ({ kind: 'void', why: 'the test is over', at }));
  }, 60_000);

  test('a direct message is answered once, also when Slack delivers it twice, and requests nothing', async () => {
    const ana = bot.as('ana');
    await ana.openHome();
    const [before, requests] = [ephemeralsOf('ana'), (await bot.ledger.listRequests({})).length];
    bot.slack.faults.duplicate(2);
    expect(await ana.say('orders-db 2h incident 4312')).toEqual({ kind: 'acked' });
    const answer = await says('ana', 'dm', /Nothing was requested yet/);
    await ana.click(answer, 'open-draft');
    await modalSaying('ana', /"initial_value":"incident 4312"/);
    await ana.close(true);
    await ana.say('hello');
    await says('ana', 'dm', /I am a program/);
    expect(ephemeralsOf('ana')).toBe(before + 2);
    expect(await bot.ledger.listRequests({})).toHaveLength(requests);
  }, 60_000);
});
