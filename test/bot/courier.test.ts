import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { courierOf } from './outbox.fixture.ts';
import { openInbox } from '../../bot/inbound/slack-inbox.ts';
import { clickIdOf, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { QUICKSTART } from '../policy/quickstart.fixture.ts';
import { until } from '../until.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';
import { REQUESTS, slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';

let place: Workplace;
let courier: ReturnType<typeof courierOf>;
const warnings: string[] = [];
beforeAll(async () => {
  place = await startWorkplace();
  courier = start();
}, 60_000);
afterAll(async () => {
  await courier?.stop();
  await place?.stop();
}, 60_000);
afterEach(() => place.slack.faults.clear());

const start = () => courierOf(place, (message) => void warnings.push(message));

const sent = (request: RequestId) => place.sent(request);
/** Waits until an attempt failed, and returns its row. */
const failed = (request: RequestId) =>
  until('a notification failed', async () => (await place.outbox(request)).find((row) => row.fault !== null));
const retryNow = (request: RequestId) => place.retryNow(request);

const dmWith = (name: string) => dmOf(place.slack.workspace.state, slackIdOf(name))?.id ?? 'none';
const textOf = (on: Message) => on.text + JSON.stringify(on.blocks);
/** The text of blocks as people read it: a sentence can consist of several elements. */
const textIn = (blocks: unknown): string =>
  [...JSON.stringify(blocks).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text = '""']) => String(JSON.parse(text)))
    .join('');
const cardsIn = (channel: string, reason: string) =>
  place.messagesIn(channel).filter((each) => !each.thread_ts && textOf(each).includes(reason));
/** The number of cards in the channel and in the direct messages of Ana, Bo and Cy. */
const countCards = (reason: string) =>
  [REQUESTS, ...['ana', 'bo', 'cy'].map(dmWith)].map((channel) => cardsIn(channel, reason).length);
const inThreads = () =>
  [REQUESTS, ...['ana', 'bo', 'cy'].map(dmWith)].flatMap((channel) =>
    place.messagesIn(channel).filter(({ thread_ts }) => thread_ts),
  );
/** A request whose cards are there. */
const shown = async (reason: string): Promise<RequestId> => {
  const request = await place.pending(reason);
  await sent(request);
  return request;
};
const withdraw = (request: RequestId) =>
  place.record(request, 'withdraw', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at }));
const granted = (request: RequestId) =>
  place.record(request, 'granted', (at) => ({
    kind: 'confirm-granted',
    lease: leaseIdOf(request, 0),
    seen: 'present',
    at,
  }));

describe('where people read of a request', () => {
  test('the card is in the channel, with its requester and with each approver, once each', async () => {
    const request = await shown('who gets a card');
    expect(countCards('who gets a card')).toEqual([1, 1, 1, 1]);
    expect(dmWith('sam')).toBe('none');
    const own = JSON.stringify(cardsIn(dmWith('ana'), 'who gets a card'));
    expect([own.includes('"action_id":"withdraw"'), own.includes('"action_id":"approve"')]).toEqual([
      true,
      false,
    ]);
    await place.approve(request);
    await sent(request);
    expect(countCards('who gets a card')).toEqual([1, 1, 1, 1]);
    expect(cardsIn(dmWith('ana'), 'who gets a card')[0]?.text).toMatch(/^Your request for /);
  });

  test('the card in the channel has each step, and the requester a new message of the start and of the end', async () => {
    const request = await shown('every step on the card');
    const before = place.messagesIn(dmWith('ana')).length;
    await place.approve(request);
    await granted(request);
    await sent(request);
    const afterStart = place.messagesIn(dmWith('ana')).length;
    await place.record(request, 'end', (at) => ({ kind: 'end', by: bo, eligibility: ELIGIBLE, at }));
    await place.record(request, 'revoked', (at) => ({
      kind: 'confirm-revoked',
      lease: leaseIdOf(request, 0),
      seen: 'none',
      at,
    }));
    await sent(request);
    const card = textIn(cardsIn(REQUESTS, 'every step on the card')[0]?.blocks);
    const steps = [
      ' requested the access.',
      ' approved the request.',
      'Access granted and verified.',
      'Curfew began to revoke the access: ',
      'Access revoked and verified.',
    ];
    expect(steps.filter((step) => !card.includes(step))).toEqual([]);
    const own = place.messagesIn(dmWith('ana'));
    expect([afterStart, own.length]).toEqual([before + 1, before + 2]);
    expect(own.slice(before - 1).map(({ text }) => text)).toEqual([
      expect.stringContaining('a newer message below'),
      expect.stringContaining('a newer message below'),
      expect.stringContaining('Ended by Bo'),
    ]);
    expect(countCards('every step on the card')).toEqual([1, 1, 1, 1]);
    expect(inThreads()).toEqual([]);
  });

  test('the channel mentions nobody', async () => {
    await shown('nobody is mentioned');
    expect(JSON.stringify(cardsIn(REQUESTS, 'nobody is mentioned'))).not.toMatch(/"type":"user"|<@U/);
  });

  test('a requester whose Slack account was taken away since the request gets no card there', async () => {
    const people = QUICKSTART['people.yaml'];
    await writeFile(place.file('people.yaml'), people.replace('slack: U0ANAFERR1, ', ''));
    try {
      await shown('whose account was taken away');
      expect(countCards('whose account was taken away')).toEqual([1, 0, 1, 1]);
    } finally {
      await writeFile(place.file('people.yaml'), people);
    }
  });

  test('an approver who got no card while the request was pending gets none later', async () => {
    await courier.stop();
    const request = await place.pending('decided at once');
    await withdraw(request);
    courier = start();
    await sent(request);
    expect(cardsIn(dmWith('bo'), 'decided at once')).toHaveLength(0);
    expect(cardsIn(dmWith('ana'), 'decided at once')).toHaveLength(1);
  });

  test('the text of a provider has no effect on a card (T18)', async () => {
    const request = await shown('a provider that shouts');
    await place.approve(request);
    const why = 'no <!channel> for <@U0BOLIND01> *now*';
    await place.record(request, 'failed', (at) => ({
      kind: 'fail-grant',
      fault: 'provider-refused',
      why,
      at,
    }));
    await place.record(request, 'revoked', (at) => ({
      kind: 'confirm-revoked',
      lease: leaseIdOf(request, 0),
      seen: '<!here> & _none_',
      note: '<https://evil.example|Approve>',
      at,
    }));
    await sent(request);
    const [card] = cardsIn(REQUESTS, 'a provider that shouts');
    const exact = (text: string) => JSON.stringify({ type: 'text', text, style: { code: true } });
    for (const text of [why, '<!here> & _none_', '<https://evil.example|Approve>'])
      expect(JSON.stringify(card?.blocks)).toContain(exact(text));
  });
});

describe('a notification counts as sent only when Slack accepted all of it', () => {
  test.each([
    ['one of its messages', 1],
    ['none of them', 4],
  ])('and not when it refused %s', async (what, times) => {
    const error = 'internal_error';
    place.slack.faults.inject('chat.postMessage', { kind: 'error', error }, times);
    const request = await place.pending(`refused for now: ${what}`);
    expect(await failed(request)).toMatchObject({ sent: false, fault: expect.stringContaining(error) });
    await retryNow(request);
    await sent(request);
    expect(countCards(`refused for now: ${what}`)).toEqual([1, 1, 1, 1]);
  });

  test('an update of a card', async () => {
    const request = await shown('an update that fails');
    place.slack.faults.inject('chat.update', { kind: 'error', error: 'internal_error' });
    await withdraw(request);
    expect(await failed(request)).toMatchObject({ sent: false });
    await retryNow(request);
    await sent(request);
    expect(textOf(cardsIn(REQUESTS, 'an update that fails')[0] as Message)).toContain('Withdrawn by');
  });

  test('a new message to the requester, and what Slack accepted is not posted again', async () => {
    const request = await shown('a new message fails');
    const before = place.messagesIn(dmWith('ana')).length;
    place.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'internal_error' });
    await place.record(request, 'deny', (at) => ({
      kind: 'deny',
      by: bo,
      digest: DIGEST,
      eligibility: ELIGIBLE,
      hasReason: true,
      at,
    }));
    await failed(request);
    await retryNow(request);
    await sent(request);
    expect(place.messagesIn(dmWith('ana')).length).toBe(before + 1);
    expect(countCards('a new message fails')).toEqual([1, 1, 1, 1]);
  });

  test('a private answer', async () => {
    const request = await shown('an answer that fails');
    const before = countPrivateAnswers('ana');
    place.slack.faults.inject('chat.postEphemeral', { kind: 'error', error: 'internal_error' });
    await refuse(request, 'ana');
    await failed(request);
    expect(countPrivateAnswers('ana')).toBe(before);
    await retryNow(request);
    await sent(request);
    expect(countPrivateAnswers('ana')).toBe(before + 1);
  });

  test('a failure in one place does not keep the card from the others', async () => {
    place.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'internal_error' });
    const request = await place.pending('the channel fails');
    await failed(request);
    expect(countCards('the channel fails').reduce((all, each) => all + each)).toBe(3);
    await retryNow(request);
    await sent(request);
    expect(countCards('the channel fails')).toEqual([1, 1, 1, 1]);
  });

  test('a place that is closed to the bot counts as sent, and the operator reads it', async () => {
    place.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'is_archived' });
    const request = await place.pending('the channel is archived');
    await sent(request);
    expect(countCards('the channel is archived').reduce((all, each) => all + each)).toBe(3);
    expect(warnings).toContainEqual(
      expect.stringMatching(/^Slack does not accept a message, .*: is_archived$/),
    );
  });

  test('after a rate limit it is due when Slack states, and after another error within minutes', async () => {
    place.slack.faults.rateLimit('chat.postMessage', 3_600);
    const limited = await place.pending('a rate limit');
    expect((await failed(limited)).wait).toBeGreaterThan(3_000);
    place.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'internal_error' });
    const broken = await place.pending('another error');
    expect((await failed(broken)).wait).toBeLessThan(300);
    for (const request of [limited, broken]) {
      await retryNow(request);
      await sent(request);
    }
    expect(countCards('a rate limit')).toEqual([1, 1, 1, 1]);
  });

  test('while the ledger cannot be read, the operator reads it, and the courier continues afterwards', async () => {
    await place.rows('alter table outbox rename to outbox_away');
    await until('the operator reads it', () =>
      warnings.some((each) => each.startsWith('the outbox cannot be read')),
    );
    await place.rows('alter table outbox_away rename to outbox');
    await shown('the outbox is unavailable');
    expect(countCards('the outbox is unavailable')).toEqual([1, 1, 1, 1]);
  });
});

/** Records that the approval of this person was refused, which they clicked in the channel. */
async function refuse(request: RequestId, name: string): Promise<void> {
  const inbox = openInbox({ ledger: place.ledger, policy: place.policy, team: TEAM_ID });
  const caller = { user: slackIdOf(name), team: TEAM_ID, channel: REQUESTS };
  const click = await inbox.receive(caller, { kind: 'approve', request, body: { digest: 'd' } });
  await place.ledger.recordRefusal(
    { request, name: `click/${click.id}`, via: 'slack' },
    {
      by: click.person,
      tried: 'approve',
      refusal: click.person ? { code: 'own-request' } : { code: 'unknown-person' },
    },
  );
}
const countPrivateAnswers = (name: string) =>
  place.messagesIn(REQUESTS).filter((each) => each.ephemeralFor === slackIdOf(name)).length;

describe('a refused click', () => {
  test('only the person who clicked reads why, each time, and nobody else sees anything', async () => {
    const request = await shown('a refusal of Ana');
    const before = place.messagesIn(REQUESTS).length;
    for (let times = 1; times <= 2; times += 1) {
      await refuse(request, 'ana');
      await sent(request);
      const added = place.messagesIn(REQUESTS).slice(before);
      expect(added.map(({ ephemeralFor, text }) => [ephemeralFor, text])).toEqual(
        Array.from({ length: times }, () => [
          slackIdOf('ana'),
          'This is your own request. Somebody else has to decide it.',
        ]),
      );
    }
    expect(JSON.stringify(cardsIn(REQUESTS, 'a refusal of Ana'))).not.toContain('refused');
  });

  test('a person who is not known reads why', async () => {
    const request = await shown('a refusal of Gil');
    const before = place.messagesIn(REQUESTS).length;
    await refuse(request, 'gil');
    await sent(request);
    const added = place.messagesIn(REQUESTS).slice(before);
    expect(added.map(({ ephemeralFor }) => ephemeralFor)).toEqual([slackIdOf('gil')]);
    expect(added[0]?.text).toContain('not linked to an active person');
  });

  test('a refusal at the command line is not answered in Slack', async () => {
    const request = await shown('a refusal at the terminal');
    const count = () => [REQUESTS, dmWith('ana')].map((channel) => place.messagesIn(channel).length);
    const before = count();
    const id = clickIdOf(uuidv7());
    await place.ledger.writeClick({
      id,
      request,
      via: 'cli',
      account: slackIdOf('ana'),
      person: ana,
      kind: 'approve',
      body: {},
    });
    await place.ledger.recordRefusal(
      { request, name: `click/${id}`, via: 'cli' },
      { by: ana, tried: 'approve', refusal: { code: 'own-request' } },
    );
    await sent(request);
    expect(count()).toEqual(before);
  });
});
