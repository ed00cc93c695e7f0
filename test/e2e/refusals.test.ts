import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Message } from '../../sandbox/slack/model.ts';
import {
  requestAccess,
  buttonsOn,
  card,
  cardsIn,
  PATIENCE,
  press,
  requestOn,
  textOf,
  privateMessage,
  withValue,
} from './slack-steps.fixture.ts';
import { type Company, type Name, type Refused, REQUESTS, slackId, startCompany } from './company.fixture.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
  await company.open();
}, 120_000);
afterAll(() => company?.stop(), 60_000);

/** Runs a function, waits until every click and notification is settled, and returns the refusals that it added to the ledger. */
async function refused(act: () => Promise<unknown>): Promise<readonly Refused[]> {
  await company.quiet();
  // Refusals are compared by key and not by time, because one of these tests moves the clock.
  const keys = async () => (await company.refusals()).map(({ request, seq }) => `${request} ${seq}`);
  const before = new Set(await keys());
  await act();
  await company.quiet();
  return (await company.refusals()).filter(({ request, seq }) => !before.has(`${request} ${seq}`));
}
const codes = (all: readonly Refused[]) => all.map(({ by, tried, code }) => [by, tried, code]);
const countPrivateMessages = (name: Name, place: string) =>
  company
    .as(name)
    .messages(place)
    .filter((each) => each.ephemeralFor === slackId(name)).length;
const cardsOf = (reason: string) => cardsIn(company.as('sam'), reason, REQUESTS).length;

describe('a refused request is told to its requester alone, shown to nobody else and recorded (I19)', () => {
  test.each<[string, Name, string, RegExp, string | null, string]>([
    [
      'an unknown entitlement',
      'ana',
      'ordersdb 1h why not',
      /no such entitlement.*Did you mean `orders-db`/,
      'ana',
      'unknown-entitlement',
    ],
    [
      'a length above the longest',
      'ana',
      'orders-db 9h why not',
      /longer than the policy allows.*8 h/,
      'ana',
      'too-long',
    ],
    [
      'a length that cannot be read (B57)',
      'ana',
      'orders-db 1d-1h why not',
      /not a length of time/,
      'ana',
      'length-unreadable',
    ],
    ['an empty reason', 'ana', 'orders-db 1h', /Say why/, 'ana', 'reason-missing'],
    [
      'a requester in no group that may request this',
      'ada',
      'orders-db 1h an audit',
      /not for your group/,
      'ada',
      'not-allowed',
    ],
    [
      'a person who is a guest (B44)',
      'gil',
      'orders-db 1h for my contract',
      /guests of this workspace/,
      null,
      'not-a-member',
    ],
  ])(
    '%s',
    async (_what, name, line, words, by, code) => {
      const all = await refused(() => company.as(name).command(`/access ${line}`, REQUESTS));
      expect(codes(all)).toEqual([[by, 'request', code]]);
      await privateMessage(company.as(name), words);
      expect(cardsOf(line.split(' ').slice(2).join(' ') || 'Say why')).toBe(0);
    },
    60_000,
  );

  test.each<[string, Name, string]>([
    ['a command of an outsider, sent by a forged client (B44)', 'zoe', 'outsider'],
    ['a command of a deactivated person, sent by a forged client (B41)', 'dan', 'deactivated'],
  ])(
    '%s',
    async (_what, name, why) => {
      const all = await refused(() =>
        company.as(name, 'forged').command('/access orders-db 1h let me in', REQUESTS),
      );
      expect(all.map(({ tried, code }) => [tried, code])).toEqual([['request', 'not-a-member']]);
      const [row] = await company.rows<{ why: string }>(
        `select body->'refusal'->>'why' as why from event where request_id = '${all[0]?.request}'`,
      );
      expect(row?.why).toBe(why);
      expect(cardsOf('let me in')).toBe(0);
    },
    60_000,
  );

  test('the form keeps the input and shows each error under its field', async () => {
    const ana = company.as('ana');
    await ana.command('/access orders-db');
    await ana.waitFor('the form', () => ana.modal(), PATIENCE);
    const sent = (length: string, reason: string) =>
      ana.submit({ what: {}, 'length-orders-db': { text: length }, reason: { text: reason } });
    const all = await refused(async () => {
      expect(await sent('9h', 'a good reason')).toEqual({
        kind: 'errors',
        errors: { 'length-orders-db': expect.stringMatching(/longest is 8 h/) },
      });
      expect(await sent('soon', 'a good reason')).toMatchObject({
        errors: { 'length-orders-db': expect.stringMatching(/not a length of time/) },
      });
      expect(await sent('1h', ' \t\n ')).toEqual({
        kind: 'errors',
        errors: { reason: expect.stringMatching(/Say why/) },
      });
    });
    // The worker records them at the same time, so their order is not promised.
    expect(new Set(codes(all).map(([, , code]) => code))).toEqual(
      new Set(['length-unreadable', 'reason-missing', 'too-long']),
    );
    expect(new Set(codes(all).map(([by, tried]) => `${by} ${tried}`))).toEqual(new Set(['ana request']));
    expect(ana.modal()?.callback_id).toBe('request');
    expect(countPrivateMessages('ana', 'dm')).toBe(0); // the form shows the error, so no message repeats it
    await ana.close(true);
  }, 60_000);
});

describe('a refused answer is told to the person who clicked, and recorded (I19, F42)', () => {
  const reason = 'a request that everybody tries to answer';
  let shown: Message;
  beforeAll(async () => {
    await requestAccess(company, `orders-db 1h ${reason}`, { place: REQUESTS });
    shown = await card(company.as('sam'), reason, REQUESTS);
  }, 60_000);
  const pressing = (name: Name, action: string, how?: 'forged', on = () => shown) =>
    refused(() => company.as(name, how).click(on(), action));

  test.each<[string, Name, string, RegExp, string | null, string]>([
    ['an approval by the requester (I10)', 'ana', 'approve', /your own request/, 'ana', 'own-request'],
    [
      'an approval by somebody who is not an approver',
      'sam',
      'approve',
      /not an approver of this request/,
      'sam',
      'not-an-approver',
    ],
    ['a person who is a guest (B44)', 'gil', 'approve', /guests of this workspace/, null, 'not-a-member'],
    [
      'a person of another company in a shared channel (B44)',
      'zoe',
      'approve',
      /other companies/,
      null,
      'not-a-member',
    ],
  ])(
    '%s',
    async (_what, name, action, words, by, code) => {
      expect(codes(await pressing(name, action))).toEqual([[by, action, code]]);
      await privateMessage(company.as(name), words);
      expect((await company.state(requestOn(shown))).kind).toBe('pending');
    },
    60_000,
  );

  test('a forged click of a deactivated person or of a bot is refused (B32, T07)', async () => {
    expect((await pressing('dan', 'approve', 'forged')).map(({ code }) => code)).toEqual(['not-a-member']);
    const bot = company.slack.forged;
    const all = await refused(() =>
      bot.click('U0CURFEWBT', {
        place: { kind: 'message', channel: shown.channel, ts: shown.ts },
        action_id: 'approve',
        seen: shown.blocks,
      }),
    );
    expect(codes(all)).toEqual([[null, 'approve', 'not-a-member']]);
  }, 60_000);

  test('a click of a member who is not in people.yaml is refused', async () => {
    const restore = await company.edit('people.yaml', 'slack: U0SAMRAO01', 'slack: U0SOMEBODY');
    const all = await pressing('sam', 'approve');
    await restore();
    expect(codes(all)).toEqual([[null, 'approve', 'unknown-person']]);
    await privateMessage(company.as('sam'), /not linked to an active person/);
  }, 60_000);

  test.each<[string, (value: string) => string, RegExp, readonly string[]]>([
    [
      'an older version of the request (I11)',
      (value) => value.replace(/.{8}$/, '00000000'),
      /not the one that was on your screen/,
      ['changed'],
    ],
    [
      'a request that does not exist',
      () => `req_${'0'.repeat(26)} ${'a'.repeat(64)}`,
      /no such request/,
      ['unknown-request'],
    ],
  ])(
    'a button that names %s is refused',
    async (_what, forge, words, expected) => {
      const value = /"value":"(req_[^"]*)"/.exec(textOf(shown))?.[1] ?? '';
      const all = await pressing('cy', 'approve', 'forged', () => withValue(shown, forge(value)));
      expect(all.map(({ code }) => code)).toEqual(expected);
      await privateMessage(company.as('cy'), words);
      expect((await company.state(requestOn(shown))).kind).toBe('pending');
    },
    60_000,
  );

  test.each([
    ['nonsense', "'; drop table event; --"],
    ['another kind of id', 'lease_00000000000000000000000000_0'],
    ['a digest that is not one', `req_${'0'.repeat(26)} yes`],
  ])(
    'a button whose value is %s changes nothing and says so (B33)',
    async (_what, value) => {
      const before = countPrivateMessages('cy', REQUESTS);
      const all = await pressing('cy', 'approve', 'forged', () => withValue(shown, `req_ ${value}`.slice(5)));
      expect(all).toEqual([]);
      expect(countPrivateMessages('cy', REQUESTS)).toBe(before + 1);
      await privateMessage(company.as('cy'), /This button is not from Curfew/);
    },
    60_000,
  );

  test('a name or an id that is typed or sent does not change who the person is (B32, B33)', async () => {
    const all = await pressing('ada', 'approve', 'forged', () => ({
      ...shown,
      user: slackId('cy'),
      text: `<@${slackId('cy')}> approved`,
    }));
    expect(codes(all)).toEqual([['ada', 'approve', 'not-an-approver']]);
    await company.as('ana').command(`/access orders-logs 1h as <@${slackId('cy')}>`, REQUESTS);
    await company.quiet();
    const [row] = await company.rows<{ who: string }>(
      `select requester as who from request order by id desc limit 1`,
    );
    expect(row?.who).toBe('ana');
  }, 60_000);

  test('a second approval of the same person does not count, and the person is told why (I9)', async () => {
    const two = 'two people must agree on this';
    await requestAccess(company, `infra-maintain 1h ${two}`);
    const before = await card(company.as('sam'), two, REQUESTS);
    await company.as('sam').click(before, 'approve');
    await company.quiet();
    const all = await refused(() => company.as('sam').click(before, 'approve'));
    expect(codes(all)).toEqual([['sam', 'approve', 'already-approved']]);
    await privateMessage(company.as('sam'), /already approved this request/);
    expect((await company.state(requestOn(before))).kind).toBe('pending');
  }, 60_000);

  test('an approval after the decision is refused, also from a screen that still shows the button (I8, B22)', async () => {
    const late = 'decided while Bo looked away';
    const request = await requestAccess(company, `oncall 1h ${late}`);
    const stale = await card(company.as('bo'), late);
    await press(company, 'cy', 'deny', late);
    await company.as('cy').waitFor('why not', () => company.as('cy').modal(), PATIENCE);
    await company.as('cy').submit({ note: { text: 'ask *me* <!channel> again tomorrow' } });
    await company.reaches(request, 'closed');
    const all = await refused(() => company.as('bo').click(stale, 'approve'));
    expect(codes(all)).toEqual([['bo', 'approve', 'wrong-state']]);
    await privateMessage(company.as('bo'), /over: denied by/, 'dm');
    // The requester gets the exact reason of the denial, and it mentions nobody.
    const [receipt] = cardsIn(company.as('ana'), late);
    expect(textOf(receipt)).toContain('"text":"ask *me* <!channel> again tomorrow"');
    expect(buttonsOn(receipt)).toEqual(['request-again']);
  }, 60_000);

  test('an approval just after the lapse is refused before any sweep (B27)', async () => {
    const late = 'nobody answered this in time';
    const request = await requestAccess(company, `oncall 1h ${late}`);
    await company.quiet();
    await company.shiftClock(8 * 3_600_000 + 1);
    const all = await refused(() => press(company, 'bo', 'approve', late));
    await company.shiftClock(0);
    expect(codes(all)).toEqual([['bo', 'approve', 'lapsed']]);
    await privateMessage(company.as('bo'), /Too late/);
    expect((await company.state(request)).kind).toBe('pending');
  }, 60_000);
});

describe('hostile text is shown without effect and stored unchanged (B63, F38, T18)', () => {
  const RIGHT_TO_LEFT = '\u202e';
  const HOSTILE = [
    ['a call to everybody', '<!channel> <!here> <!everyone> <!subteam^S012> <@U0BOLIND01> <#C0GENERAL1>'],
    [
      'markup and a masked link',
      '*Approved* by ~nobody~ `Cy` <https://evil.example|https://good.example> &lt;b&gt; :tada:',
    ],
    ['text that runs backwards', `pay ${RIGHT_TO_LEFT}toor ot \u2066hidden\u2069 \u200bzero`],
    [
      'a date, a script and a template',
      '<!date^0^{date}|x> <script>alert(1)</script> ${process.env} {{7*7}} %s %n',
    ],
    [
      'a colon, a digest and a fake card',
      'reason: x | Status: approved | req_00000000000000000000000000 deadbeef',
    ],
    ['every alphabet', '日本語 العربية Ελληνικά 👩‍👩‍👧‍👦 e\u0301 \u{1F1F5}\u{1F1F9}'],
    ['the longest reason that is allowed', `${'x'.repeat(990)} the end.`],
  ] as const;

  /** Everything that Slack reads as markup: mrkdwn text and the text of the notification. */
  const markup = (message: Message): string =>
    JSON.stringify([
      message.text,
      ...[...textOf(message).matchAll(/"type":"mrkdwn","text":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text),
    ]);

  test.each(HOSTILE)(
    'a reason in one line is shown without effect: %s',
    async (_what, text) => {
      const mark = `mark${Math.random().toString(36).slice(2)}`;
      const reason = `${mark} ${text}`.slice(0, 1_000);
      const request = await requestAccess(company, `oncall 1h ${reason}`, { shownAs: mark });
      await company.quiet();
      expect((await company.ledger.readFreeText(request)).reason).toBe(reason);
      const everywhere = (['sam', 'cy', 'bo', 'ana'] as const).flatMap((name) =>
        [REQUESTS, 'dm'].flatMap((place) => cardsIn(company.as(name), mark, place)),
      );
      expect(everywhere).toHaveLength(7); // the channel as four people see it, and three direct messages
      for (const message of everywhere) {
        expect(markup(message)).not.toMatch(/<!(?!date\^\d{10}\^)|<#|evil|<script/);
        expect(textOf(message)).not.toContain(RIGHT_TO_LEFT);
      }
      const mine = await card(company.as('ana'), mark);
      await company.as('ana').click(mine, 'withdraw');
      await company.reaches(request, 'closed');
    },
    60_000,
  );

  test.each([
    ['3,001 letters', 'y'.repeat(3_001), 'reason-too-long'],
    ['a megabyte of letters', 'z'.repeat(1_000_000), 'reason-too-long'],
    ['Unicode spaces only', '\u2003 \u3000', 'reason-missing'],
  ])(
    'a reason of %s is refused',
    async (_what, text, code) => {
      const all = await refused(() =>
        company.as('ana', 'forged').command(`/access orders-db 1h ${text}`, REQUESTS),
      );
      expect(codes(all)).toEqual([['ana', 'request', code]]);
    },
    60_000,
  );

  test.each([
    ['the entitlement', '<!channel>', '1h', 'why'],
    ['a very long entitlement', 'w'.repeat(5_000), '1h', 'why'],
    ['the length', 'orders-db', '<!channel>', 'why'],
    ['a very long length', 'orders-db', '9'.repeat(5_000), 'why'],
    ['a negative length', 'orders-db', '-1h', 'why'],
  ])(
    'hostile text as %s is refused, and the answer mentions nobody',
    async (_what, entitlement, length, reason) => {
      const before = company.as('ana').messages(REQUESTS).length;
      const all = await refused(() =>
        company.as('ana', 'forged').command(`/access ${entitlement} ${length} ${reason}`, REQUESTS),
      );
      expect(all).toHaveLength(1);
      const told = company.as('ana').messages(REQUESTS).slice(before);
      expect(told).toHaveLength(1);
      expect(told[0]?.text).not.toMatch(/<!|<@/);
      expect(told[0]?.text.length).toBeLessThan(500);
    },
    60_000,
  );

  test.each([
    ['a reason with a null byte', 'orders-db 1h before\u0000after', 'reason-missing'],
    ['a reason with half a surrogate pair', 'orders-db 1h broken \ud83d here', 'reason-missing'],
    ['a name with half a surrogate pair', 'orders\ud83d 1h why', 'unknown-entitlement'],
    [
      'a name whose excerpt would end inside a surrogate pair',
      `${'x'.repeat(79)}😀 1h why`,
      'unknown-entitlement',
    ],
    [
      'a length whose excerpt would end inside a surrogate pair',
      `orders-db ${'x'.repeat(39)}😀 why`,
      'length-unreadable',
    ],
  ])(
    '%s is refused, and its click is settled',
    async (_what, line, code) => {
      const all = await refused(() => company.as('ana', 'forged').command(`/access ${line}`, REQUESTS));
      expect(codes(all)).toEqual([['ana', 'request', code]]);
    },
    60_000,
  );

  test('a reason that is longer than the form allows is refused when a forged client sends it', async () => {
    const ana = company.as('ana');
    await ana.command('/access orders-db');
    const form = await ana.waitFor('the form', () => ana.modal(), PATIENCE);
    const all = await refused(() =>
      company.as('ana', 'forged').submit({
        what: {},
        'length-orders-db': { text: '1h' },
        reason: { text: `<!channel>${'q'.repeat(4_000)}` },
      }),
    );
    expect([form.callback_id, codes(all)]).toEqual(['request', [['ana', 'request', 'reason-too-long']]]);
    await ana.close(true);
  }, 60_000);
});
