import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseIdOf } from '../../core/ids.ts';
import type { View } from '../../sandbox/slack/model.ts';
import { ana } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { ended, type Rig, startRig } from './bot.fixture.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig?.stop(), 60_000);

/** A bound for failing only; the machine may be busy. */
const PATIENCE = 30_000;
const textOf = (on: { blocks?: unknown } | undefined): string => JSON.stringify(on?.blocks ?? '');
/** Somebody's direct message about Ana's request with this reason, as soon as it says this. */
const cardOf = (name: string, reason: string, says: RegExp) =>
  rig
    .as(name)
    .waitFor(
      `a message about "${reason}" that says ${says}`,
      (me) => me.messages('dm').find((each) => textOf(each).includes(reason) && says.test(textOf(each))),
      PATIENCE,
    );
const receiptOf = (reason: string, says: RegExp) => cardOf('ana', reason, says);
const viewSaying = (name: string, which: 'modal' | 'home', says: RegExp): Promise<View> =>
  rig.as(name).waitFor(
    `a ${which} that says ${says}`,
    (me) => {
      const view = me[which]();
      return says.test(textOf(view)) ? view : undefined;
    },
    PATIENCE,
  );
const modalSaying = (name: string, says: RegExp) => viewSaying(name, 'modal', says);
const homeSaying = (name: string, says: RegExp) => viewSaying(name, 'home', says);
const whisperTo = (name: string, says: RegExp) =>
  rig
    .as(name)
    .waitFor(
      `a whisper that says ${says}`,
      (me) =>
        me.messages('dm').find((each) => each.ephemeralFor === me.id && says.test(each.text + textOf(each))),
      PATIENCE,
    );
const WHERE = /the policy cannot be read \(catalogue\.yaml:\d+:\d+: .*still ends on time/;
const UNKNOWN = /the policy cannot be read\. .*still ends on time/;

describe('while the policy cannot be read', () => {
  afterEach(() => rig.mendPolicy());

  test('what ends is told in direct messages and on Home all the same, by the names of before', async () => {
    const request = await rig.active('ends while the policy is broken');
    await receiptOf('ends while the policy is broken', /Active until/);
    await rig.as('ana').openHome();
    await homeSaying('ana', /Active until/);
    await rig.breakPolicy();
    await ended(rig, request);
    const receipt = await receiptOf('ends while the policy is broken', /Closed .*ended by <@U0ANAFERR1>/);
    await rig.as('ana').waitFor('nothing live', (me) => !/Active until/.test(textOf(me.home())) || undefined);
    expect(textOf(receipt)).toContain('Orders database');
  }, 60_000);

  test('the form, the list and Home say so, and where; what is live can be given back', async () => {
    const request = await rig.active('live while the policy is broken');
    await receiptOf('live while the policy is broken', /Active until/);
    await rig.breakPolicy();
    const ana = rig.as('ana');
    await ana.command('/access');
    await modalSaying('ana', WHERE);
    await ana.close(true);
    await ana.command('/access list');
    const list = await whisperTo('ana', WHERE);
    expect(textOf(list)).toMatch(/Orders database.*Active until/);
    await ana.openHome();
    const home = await homeSaying('ana', WHERE);
    expect(textOf(home)).toContain('"action_id":"end"');
    await ended(rig, request);
  }, 60_000);

  test('from the start: who is not known is told that, and not where, and receipts are redrawn', async () => {
    const request = await rig.active('live over a restart');
    await receiptOf('live over a restart', /Active until/);
    await rig.breakPolicy();
    await rig.restart();
    const [ana, cy] = [rig.as('ana'), rig.as('cy')];
    await cy.command('/access');
    await modalSaying('cy', UNKNOWN);
    await cy.command('/access list');
    await whisperTo('cy', UNKNOWN);
    await cy.openHome();
    await homeSaying('cy', UNKNOWN);
    await ana.click(await receiptOf('live over a restart', /Active until/), 'deliver');
    await modalSaying('ana', UNKNOWN);
    await ana.close(true);
    await ended(rig, request);
    await receiptOf('live over a restart', /Closed/);
    await rig.mendPolicy();
    await rig.restart();
  }, 60_000);
});

test('the card in each approver’s direct messages goes with the request, to its end', async () => {
  const request = await rig.asked('asked and withdrawn');
  for (const name of ['bo', 'cy']) await cardOf(name, 'asked and withdrawn', /"action_id":"approve"/);
  await rig.say(request, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, at }));
  for (const name of ['bo', 'cy']) {
    const card = await cardOf(name, 'asked and withdrawn', /withdrawn by/);
    expect(textOf(card)).not.toContain('"action_id":"approve"');
  }
}, 60_000);

describe('the password', () => {
  const press = async (name: string, reason: string) => {
    const on = await receiptOf(reason, /"action_id":"deliver"/);
    await (name === 'ana' ? rig.as('ana') : rig.forged(name)).click(on, 'deliver');
  };
  const refused = (request: Parameters<Rig['refusals']>[0]) =>
    until('a refusal is recorded', async () => {
      const all = await rig.refusals(request);
      return all.length > 0 ? all : undefined;
    });

  test.each([
    ['a guest', 'gil', [null, 'deliver', 'unknown-person']],
    ['an outsider', 'zoe', [null, 'deliver', 'unknown-person']],
    ['somebody who left and is still in the file', 'dan', ['dan', 'deliver', 'not-a-member']],
  ] as const)('%s who asks for it is recorded (I19)', async (_who, name, expected) => {
    const reason = `a password that ${name} wants`;
    const request = await rig.active(reason);
    await press(name, reason);
    expect(await refused(request)).toEqual([expected]);
    expect(await rig.ledger.secretWaits(leaseIdOf(request, 0))).toBe(true);
    await ended(rig, request);
  });

  test('when Slack does not say who it is, the screen says that something failed', async () => {
    const request = await rig.active('a password while Slack stammers');
    rig.slack.faults.inject('users.info', { kind: 'error', error: 'internal_error' });
    await press('ana', 'a password while Slack stammers');
    await modalSaying('ana', /Something failed on Curfew’s side/);
    await rig.as('ana').close(true);
    await press('ana', 'a password while Slack stammers');
    await modalSaying('ana', /opened sealed/);
    await rig.as('ana').close(true);
    await ended(rig, request);
  }, 60_000);

  test('one that was sealed with another key is not used up by trying', async () => {
    const request = await rig.active('a password under another key');
    rig.key.fits = false;
    await press('ana', 'a password under another key');
    await modalSaying('ana', /another key.*end the access and ask again/);
    await rig.as('ana').close(true);
    expect(await rig.ledger.secretWaits(leaseIdOf(request, 0))).toBe(true);
    rig.key.fits = true;
    await press('ana', 'a password under another key');
    await modalSaying('ana', /opened sealed/);
    await rig.as('ana').close(true);
    await ended(rig, request);
  }, 60_000);
});
