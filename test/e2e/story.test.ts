import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { SimulatedPerson } from '../../sandbox/slack/simulated-person.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import { blockDatabase } from '../ledger/outage.fixture.ts';
import { until } from '../until.fixture.ts';
import {
  buttonsOn,
  card,
  cardsIn,
  press,
  requestAccess,
  requestOn,
  textOf,
  plainTextOf,
  PATIENCE,
} from './slack-steps.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import { login } from './vendors.fixture.ts';

/** The ledger's clock is this far behind while access for two minutes is requested, so 90 s of it remain. */
const HALF_A_MINUTE = -30_000;
const WHY = {
  db: 'incident 4312: order stuck',
  logs: 'reading the logs of 4312',
  oncall: 'I take over from Cy',
};

const run = promisify(execFile);

let company: Company;
let [ana, bo, cy]: SimulatedPerson[] = [];
const request: Partial<Record<keyof typeof WHY, RequestId>> = {};
const first: Partial<Record<string, Message>> = {};
const held: { url?: string; session?: pg.Client; dead?: Promise<unknown> } = {};
const idOf = (which: keyof typeof WHY): RequestId => {
  const id = request[which];
  if (!id) throw new Error(`there is no request for ${which}`);
  return id;
};
/** Waits until the last approval fixed the end of the access. */
const endIsSet = (id: RequestId) =>
  until('the end is set', async () => (await company.events(id, 'grant-started'))[0]);

const me = (actor: SimulatedPerson | undefined): SimulatedPerson => {
  if (!actor) throw new Error('the company did not open');
  return actor;
};

beforeAll(async () => {
  company = await startCompany();
  await company.open();
  [ana, bo, cy] = [company.as('ana'), company.as('bo'), company.as('cy')];
  if (!company.aws) console.warn('skipped: moto is missing, so no request is made for AWS');
}, 120_000);
afterAll(async () => {
  await held.session?.end().catch(() => undefined);
  await company?.stop();
}, 60_000);

/** Fills in the form as a person does: searches, chooses, waits for the new fields, types and submits. */
async function requestInForm(who: SimulatedPerson, entitlement: string, reason: string): Promise<void> {
  await who.command('/access');
  const form = await who.waitFor('the form', () => who.modal(), PATIENCE);
  const found = await who.suggest(form, 'entitlement', entitlement);
  expect(found).toMatchObject({ kind: 'options', options: [{ value: entitlement }] });
  await who.click(form, 'entitlement', { chosen: entitlement });
  const length = `length-${entitlement}`;
  await who.waitFor(
    'the field of its length',
    () => textOf(who.modal()).includes(length) || undefined,
    PATIENCE,
  );
  const sent = await who.submit({
    what: { entitlement },
    [length]: { text: '2m' },
    reason: { text: reason },
  });
  expect(sent).toEqual({ kind: 'closed' });
}

describe('a request from start to end, with real services', () => {
  test('it is made in one line or in the form, and the channel and each approver get one card (B69)', async () => {
    await company.shiftClock(HALF_A_MINUTE);
    expect(await me(ana).command(`/access orders-db 2m ${WHY.db}`, REQUESTS)).toEqual({ kind: 'acked' });
    expect(await me(ana).command(`/access oncall 2m ${WHY.oncall}`)).toEqual({ kind: 'acked' });
    if (company.aws) await requestInForm(me(ana), 'orders-logs', WHY.logs);

    for (const which of Object.keys(WHY) as (keyof typeof WHY)[]) {
      if (which === 'logs' && !company.aws) continue;
      const shown = await card(me(cy), WHY[which], REQUESTS);
      request[which] = requestOn(shown);
      first[which] = shown;
      expect(buttonsOn(shown)).toEqual(['approve', 'deny']);
      expect(buttonsOn(await card(me(bo), WHY[which]))).toEqual(['approve', 'deny', 'ask']);
      expect(buttonsOn(await card(me(cy), WHY[which]))).toEqual(['approve', 'deny', 'ask']);
      expect(buttonsOn(await card(me(ana), WHY[which]))).toEqual(['withdraw']);
    }
    await me(cy).openHome();
    await me(cy).waitFor(
      'the request on the home of Cy',
      () => textOf(me(cy).home()).includes(WHY.db) || undefined,
      PATIENCE,
    );
    await me(ana).openHome();
  }, 300_000);

  test('it is approved with a button, and its access is granted', async () => {
    await me(cy).click(await card(me(cy), WHY.db), 'approve');
    await press(company, 'bo', 'approve', WHY.oncall);
    if (company.aws) await press(company, 'cy', 'approve', WHY.logs);
    for (const id of Object.values(request)) await endIsSet(id);
    await company.shiftClock(0); // Nothing is granted while the clocks differ (I23).
    for (const id of Object.values(request)) await company.reaches(id, 'active');
  }, 300_000);

  const modalWith = (words: RegExp) => {
    const modal = me(ana).modal();
    return modal && words.test(textOf(modal)) ? modal : undefined;
  };

  test('its Postgres password is delivered once with the button, and a query runs with it', async () => {
    const mine = await card(me(ana), WHY.db, 'dm', (each) => buttonsOn(each).includes('deliver'));
    expect(buttonsOn(mine)).toEqual(['deliver', 'extend', 'end']);
    await me(ana).click(mine, 'deliver');
    const shown = await me(ana).waitFor('the password', () => modalWith(/postgres(?:ql)?:/), PATIENCE);
    held.url = /postgres(?:ql)?:\/\/[^"\s]+/.exec(textOf(shown))?.[0] ?? '';
    await me(ana).close(true);

    const db = await login(held.url);
    held.session = db;
    held.dead = new Promise((gone) => db.once('end', () => gone('gone')));
    const { rows } = await db.query('select item, state from orders where id = 4312');
    expect(rows).toEqual([{ item: 'lantern, brass', state: 'stuck' }]);
    await expect(db.query(`update orders set state = 'sent'`)).rejects.toThrow(/permission denied/);

    await me(ana).click(mine, 'deliver');
    const again = await me(ana).waitFor('a second answer', () => modalWith(/released already/), PATIENCE);
    expect(textOf(again)).toMatch(/released already/);
    await me(ana).close(true);
    expect(await company.events(idOf('db'), 'delivered')).toMatchObject([{ by: 'ana' }]);
  }, 300_000);

  test('its AWS inline policy contains its own end', async () => {
    if (!company.aws) return console.warn('skipped: moto is missing');
    const [granted] = await company.events(idOf('logs'), 'grant-started');
    const end = new Date(granted?.endsAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
    expect(await company.policies('ana')).toEqual([
      {
        name: expect.stringContaining(leaseIdOf(idOf('logs'), 0)),
        document: {
          Version: '2012-10-17',
          Statement: [
            expect.objectContaining({
              Effect: 'Allow',
              Condition: { DateLessThan: { 'aws:CurrentTime': [end] } },
            }),
          ],
        },
      },
    ]);
  });

  test('its GitHub team lists Ana beside the standing members', () => {
    expect(company.team()).toEqual(['ana-ferreira', 'bo-lindqvist', 'cy-okafor']);
  });

  test('its cards show it as active in the same messages, without buttons to approve or deny', async () => {
    const shown = await card(me(cy), WHY.db, REQUESTS, (each) => textOf(each).includes('Active until'));
    expect([shown.ts, buttonsOn(shown)]).toEqual([first['db']?.ts, ['end']]);
    for (const who of [me(bo), me(cy)])
      expect(
        buttonsOn(await card(who, WHY.db, 'dm', (each) => textOf(each).includes('Active until'))),
      ).toEqual(['end']);
    const home = () => textOf(me(ana).home());
    await me(ana).waitFor(
      'the access on the home of Ana',
      () => /You have access to.*Active until/.test(home()) || undefined,
      PATIENCE,
    );
    await me(cy).waitFor(
      'the home on which nothing can be approved',
      () => !buttonsOn(me(cy).home()).includes('approve') || undefined,
      PATIENCE,
    );
  }, 300_000);

  test('it ends on time by itself: the login is refused, the open session is closed, AWS and GitHub show nothing', async () => {
    for (const id of Object.values(request)) {
      const closed = await company.reaches(id, 'closed');
      expect(closed).toMatchObject({ ending: { kind: 'expired' } });
    }
    expect(await held.dead).toBe('gone');
    await expect(login(held.url ?? '')).rejects.toThrow(/does not exist|not permitted|authentication failed/);
    expect(await company.leaseRoles()).toEqual([]);
    expect(await company.policies('ana')).toEqual([]);
    expect(company.team()).toEqual(['bo-lindqvist', 'cy-okafor']);
    const touched = company.github.github.effects().map(({ login: who }) => who);
    expect(touched).toEqual(['ana-ferreira', 'ana-ferreira']); // standing members were never changed (I5)
  }, 300_000);

  test('its card in the channel is the same message until the end, without buttons and with its history, and Ana was told in two new messages', async () => {
    await company.quiet();
    for (const [which, reason] of Object.entries(WHY)) {
      if (which === 'logs' && !company.aws) continue;
      for (const [who, place] of [
        [me(cy), REQUESTS],
        [me(cy), 'dm'],
        [me(bo), 'dm'],
        [me(ana), 'dm'],
      ] as const) {
        const all = cardsIn(who, reason, place);
        expect([
          all.length,
          all.flatMap(buttonsOn).filter((button) => button !== 'request-again'),
          textOf(all[0]),
        ]).toEqual([1, [], expect.stringMatching(/Expired .*revoked and verified/)]);
      }
    }
    const [shown] = cardsIn(me(cy), WHY.db, REQUESTS);
    expect(shown?.ts).toBe(first['db']?.ts);
    const steps = [
      'Ana Ferreira requested the access.',
      'Cy Okafor approved the request.',
      'Access granted and verified.',
      'The password was released to Ana Ferreira.',
      'Curfew began to revoke the access: expired.',
      'Access revoked and verified.',
    ];
    const history = plainTextOf(shown);
    expect(steps.map((step) => history.indexOf(step))).toEqual(
      steps.map((step) => history.indexOf(step)).toSorted((a, b) => a - b),
    );
    expect(steps.filter((step) => !history.includes(step))).toEqual([]);
    const ownTexts = me(ana)
      .messages('dm')
      .flatMap(({ text }) => (text.includes('Orders database') ? [text] : []));
    // The request, the access and, when the machine was quick enough to send it, the reminder that the access ends soon.
    expect(ownTexts.length).toBeGreaterThanOrEqual(3);
    expect(ownTexts.at(-1)).toMatch(/Expired .*revoked and verified/);
    expect(ownTexts.slice(0, -1).filter((text) => !text.includes('a newer message below'))).toEqual([]);
    expect(
      me(cy)
        .messages(REQUESTS)
        .filter(({ thread_ts }) => thread_ts),
    ).toEqual([]);
  });

  test('its whole audit trail is shown in order at the command line', async () => {
    const { code, out, err } = await company.cli('audit', 'story', idOf('db'), '--output', 'jsonl');
    expect([code, err]).toEqual([0, '']);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ kind, by, via }) => [kind, by, via])).toEqual([
      ['requested', 'ana', 'slack'],
      ['judged', null, 'slack'],
      ['approved', 'cy', 'slack'],
      ['grant-started', null, 'slack'],
      ['intended', null, 'workflow'],
      ['granted', null, 'workflow'],
      ['activated', null, 'workflow'],
      ['delivered', 'ana', 'slack'],
      ['refused', 'ana', 'slack'], // the password is delivered once only
      ['revoke-started', null, 'workflow'],
      ['revoked', null, 'workflow'],
      ['closed', null, 'workflow'],
    ]);
    const body = (kind: string) => rows.find((row) => row['kind'] === kind)?.['body'];
    expect(body('requested')).toMatchObject({
      details: { entitlement: 'orders-db', minutes: 2, requester: 'ana' },
    });
    expect(body('judged')).toMatchObject({
      requirements: { stages: [{ needs: 1, approvers: [{ person: 'cy' }, { person: 'bo' }] }] },
    });
    expect(body('revoked')).toMatchObject({
      seen: expect.stringMatching(/no role .*1 sessions were terminated/),
    });
    const [started, removed] = [body('grant-started'), body('revoked')] as { endsAt: string; at: string }[];
    expect(Date.parse(removed?.at ?? '') - Date.parse(started?.endsAt ?? '')).toBeGreaterThanOrEqual(0);
    const table = await company.cli('audit', 'story', idOf('db').slice(-8));
    expect(table.out).toMatch(
      /Access: lease_\w+_0: a personal login to the database orders with the privileges of the role orders_reader/,
    );
    expect(table.out).toMatch(
      /cy approved the request\. Digest: \w{12}[^]*Granted\. The provider shows now[^]*The request is closed: expired/,
    );
  }, 300_000);
});

describe('a fault of Slack or of the ledger', () => {
  /** The cards of every person about this request, in every place. */
  const cards = (reason: string) => [
    ...cardsIn(me(cy), reason, REQUESTS),
    ...cardsIn(me(cy), reason),
    ...cardsIn(me(bo), reason),
    ...cardsIn(me(ana), reason),
  ];
  const kinds = async (id: RequestId) => (await company.ledger.readTrail(id)).map(({ event }) => event.kind);
  const requestNow = (reason: string, length = '1h') => requestAccess(company, `oncall ${length} ${reason}`);

  test('a click that Slack delivers five times counts once (F18, I8)', async () => {
    const id = await requestNow('one click that arrives five times');
    const on = await card(me(cy), 'one click that arrives five times', REQUESTS);
    company.slack.faults.duplicate(5);
    await me(cy).click(on, 'approve');
    await company.reaches(id, 'active');
    company.slack.faults.duplicate(5);
    await me(ana).click(
      await card(me(ana), 'one click that arrives five times', 'dm', (each) =>
        buttonsOn(each).includes('end'),
      ),
      'end',
    );
    await company.reaches(id, 'closed');
    await company.quiet();
    const seen = (await kinds(id)).filter((kind) => kind !== 'refused').join(' ');
    expect(seen).toBe(
      'requested judged approved grant-started intended granted activated revoke-started revoked closed',
    );
    expect(cards('one click that arrives five times')).toHaveLength(4);
  }, 300_000);

  test('an answer while the ledger is down is not acknowledged, and the person is told (F04, I16)', async () => {
    const reason = 'pressed while the ledger is unavailable';
    const id = await requestNow(reason);
    const on = await card(me(cy), reason, REQUESTS);
    const restore = await blockDatabase(company.env['DATABASE_URL'] ?? '');
    try {
      // Without the ledger nobody can judge whether Cy may deny, and a refusal could not be recorded.
      for (const action of ['approve', 'deny'])
        expect(await me(cy).click(on, action)).toMatchObject({ kind: 'failed', code: 'operation_timeout' });
      const told = () =>
        me(cy)
          .messages(REQUESTS)
          .filter((m) => /ledger of Curfew does not answer/.test(m.text));
      await me(cy).waitFor('two messages to Cy', () => (told().length === 2 ? true : undefined), PATIENCE);
      expect(told().map((m) => m.ephemeralFor)).toEqual([company.as('cy').id, company.as('cy').id]);
    } finally {
      await restore();
    }
    await until('the ledger answers again', () => company.state(id));
    expect(await kinds(id)).toEqual(['requested', 'judged']);
    await me(cy).click(on, 'deny');
    await me(cy).waitFor('the form for the reason', () => me(cy).modal(), PATIENCE);
    await me(cy).submit({ note: { text: 'another day' } });
    await company.reaches(id, 'closed');
  }, 300_000);

  test('an approval and a denial at the same moment have one outcome, and the later person is told it (F17, B22)', async () => {
    const reason = 'two people answer at once';
    const id = await requestNow(reason);
    await me(bo).click(await card(me(bo), reason), 'deny');
    await me(bo).waitFor('the form for the reason', () => me(bo).modal(), PATIENCE);
    await Promise.all([
      me(cy).click(await card(me(cy), reason, REQUESTS), 'approve'),
      me(bo).submit({ note: { text: 'not tonight' } }),
    ]);
    await company.quiet();
    const { kind } = await company.state(id);
    const all = await kinds(id);
    if (kind === 'closed') {
      expect(all.join(' ')).toBe('requested judged closed refused');
      await me(cy).waitFor(
        'the message to Cy',
        () =>
          me(cy)
            .messages(REQUESTS)
            .find((m) => m.ephemeralFor && /over: denied by/.test(m.text)),
        PATIENCE,
      );
    } else {
      expect(all.filter((each) => each === 'approved' || each === 'refused')).toEqual([
        'approved',
        'refused',
      ]);
      await me(bo).waitFor(
        'the message to Bo',
        () =>
          me(bo)
            .messages()
            .find((m) => m.ephemeralFor && /Already approved by/.test(m.text)),
        PATIENCE,
      );
      await me(ana).click(
        await card(me(ana), reason, 'dm', (each) => buttonsOn(each).includes('end')),
        'end',
      );
      await company.reaches(id, 'closed');
    }
    const ends = all.filter((each) => each === 'grant-started' || each === 'closed');
    expect(ends.length).toBe(1);
  }, 300_000);

  test.each<[string, () => void]>([
    ['Slack limits the rate (429)', () => company.slack.faults.rateLimit('chat.postMessage', 1, 3)],
    [
      'Slack updates a message and its answer is lost',
      () => company.slack.faults.loseResponse('chat.update', 2),
    ],
    [
      'Slack answers with an error',
      () => company.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'internal_error' }, 2),
    ],
    ['the socket disconnects', () => company.slack.faults.dropSockets()],
  ])(
    '%s: each person still gets one card, and the access does not wait (B65, B69)',
    async (what, startFault) => {
      const reason = `during a fault: ${what.replaceAll(/\W+/g, ' ').trim()}`;
      const id = await requestNow(reason);
      await company.quiet();
      startFault();
      const on = await card(me(cy), reason, REQUESTS);
      await until(
        'the click is acknowledged',
        async () => (await me(cy).click(on, 'approve')).kind === 'acked' || undefined,
      );
      await company.reaches(id, 'active');
      await me(ana).click(
        await card(me(ana), reason, 'dm', (each) => buttonsOn(each).includes('end')),
        'end',
      );
      await company.reaches(id, 'closed');
      await company.quiet();
      company.slack.faults.clear();
      expect(
        cards(reason).map((each) => [buttonsOn(each).length, /revoked and verified/.test(textOf(each))]),
      ).toEqual([
        [0, true],
        [0, true],
        [0, true],
        [1, true], // Ana can request it again.
      ]);
    },
    300_000,
  );

  test('access ends on time while Slack is down, and people are notified later (F20, B65)', async () => {
    await company.quiet();
    const reason = 'ends while Slack is unavailable';
    await company.shiftClock(-30_000 /* GitHub grants nothing for 10 s after the last revocation (F15) */);
    const id = await requestNow(reason, '2m');
    await press(company, 'cy', 'approve', reason);
    await endIsSet(id);
    await company.shiftClock(0);
    await company.reaches(id, 'active');
    expect(company.team()).toContain('ana-ferreira');
    const [started] = await company.events(id, 'grant-started');
    // Not longer than it takes, because Slack's client waits longer after each call in vain.
    await until(
      'the end is near',
      async () => (await company.ledger.now()) > (started?.endsAt ?? 0) - 15_000,
      180_000,
    );
    company.slack.faults.down();
    await company.reaches(id, 'closed');
    expect(company.team()).toEqual(['bo-lindqvist', 'cy-okafor']);
    company.slack.faults.up();
    await company.quiet();
    expect(cards(reason).map((each) => /revoked and verified/.test(textOf(each)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  }, 300_000);
});

const VERIFIER = join(import.meta.dirname, '../../audit/verify/verify.mjs');

describe('the audit log of all that', () => {
  test('an auditor verifies an export and proofs offline with the public key and a published place', async () => {
    const place = join(company.home, 'log');
    await until(
      'everything is published',
      async () => (await company.ledger.oldestUnpublished()) === undefined,
    );
    const bundle = join(company.home, 'bundle');
    expect(await company.cli('audit', 'export', bundle)).toMatchObject({ code: 0 });
    const verify = (...args: readonly string[]) =>
      run(process.execPath, [VERIFIER, ...args, '--key', company.logKey]);
    expect((await verify(bundle, '--place', place)).stdout).toMatch(/\nVerified: all \d+ entries\.\n$/);

    const proofs = join(company.home, 'proofs.jsonl');
    const { out } = await company.cli('audit', 'prove', idOf('db'));
    await writeFile(proofs, out);
    const { stdout } = await verify(proofs);
    expect(stdout).toContain(`${idOf('db')}/0`);
    expect(stdout).toMatch(/ approved the request .* by \w+ for [\w-]+, for \d+ minutes?, at /);
    expect(stdout).toMatch(/\nVerified: \d+ proofs\.\n$/);
  });

  test('without a sequencer nothing is granted', async () => {
    await company.quiet();
    await company.stopSequencer();
    const reason = 'nobody publishes this';
    await company.shiftClock(HALF_A_MINUTE);
    const id = await requestAccess(company, `oncall 2m ${reason}`);
    await press(company, 'cy', 'approve', reason);
    await endIsSet(id);
    await company.shiftClock(0);
    const { ending } = (await company.reaches(id, 'closed')) as { ending?: unknown };
    expect(ending).toMatchObject({ kind: expect.stringMatching(/grant-failed|expired/) });
    expect(await company.events(id, 'granted')).toEqual([]);
  }, 300_000);
});
