import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { startBot } from '../../bot/app.ts';
import { accountRefusal } from '../../core/account.ts';
import { OverLimit } from '../../core/person-limits.ts';
import { type ClickId, clickIdOf, requestIdOf } from '../../core/ids.ts';
import type { Click } from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { type BotFixture, startBotFixture } from './bot.fixture.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
import { REQUESTS, slackIdOf, TOKENS } from './workplace.fixture.ts';

let bot: BotFixture;
beforeAll(async () => {
  bot = await startBotFixture();
}, 60_000);
afterAll(() => bot?.stop(), 60_000);
afterEach(() => bot.slack.faults.clear());

const connected = (count: number) =>
  until(`the bot has ${count} connections`, () => bot.slack.workspace.connections === count);
/** True when the bot answers a command. */
const answers = async () => (await bot.as('ana').command('/access help', REQUESTS)).kind === 'acked';

describe('the start', () => {
  const startWith = (wrong: object) =>
    startBot({
      token: TOKENS.botToken,
      appToken: TOKENS.appToken,
      ...wrong,
      apiUrl: bot.slack.apiUrl,
      log: () => undefined,
      deps: {
        ledger: bot.ledger,
        courierLedger: bot.ledger,
        policy: bot.policy,
        describers: new Map(),
        openSecret: String,
        channel: REQUESTS,
      },
    });

  test.each([
    ['the token of the bot', { token: 'xoxb-wrong' }],
    ['the token of the app', { appToken: 'xapp-wrong' }],
  ])('it fails when Slack does not accept %s', (_which, wrong) =>
    expect(startWith(wrong)).rejects.toThrow('invalid_auth'),
  );

  // Jest fails a test during which a rejection is unhandled. In production it would end the process.
  test('it fails when Slack answers with an error, and every failed call is handled', async () => {
    bot.slack.faults.inject('auth.test', { kind: 'error', error: 'internal_error' }, 2);
    await expect(startWith({})).rejects.toThrow('internal_error');
  });
});

describe('the account behind a click', () => {
  /** Writes a click as the bot does, and returns its account and its id. */
  const clicked = async (name: string, more: Partial<Click> = {}) => {
    const id = clickIdOf(uuidv7());
    const account = slackIdOf(name);
    const from = { id, request: requestIdOf(id), via: 'slack', account, person: null } as const;
    await bot.ledger.writeClick({ ...from, kind: 'approve', body: {}, ...more } as Click);
    return { id, account };
  };
  const checkOf = (id: ClickId) => until('it is checked', () => bot.ledger.readAccountCheck(id));

  test.each([
    ['ana', 'approve', undefined],
    ['gil', 'approve', 'guest'],
    ['zoe', 'deny', 'outsider'],
    ['dan', 'deliver', 'deactivated'],
  ] as const)(
    '%s is stored with a click to %s as Slack describes it, in the workspace of the token (T45)',
    async (name, kind, why) => {
      const { id, account } = await clicked(name, { kind });
      const facts = await checkOf(id);
      expect(facts).toMatchObject({ id: account, installation: { team: TEAM_ID } });
      expect(accountRefusal(facts, account)).toBe(why);
      expect(await bot.ledger.clickOutcome(id)).toBeUndefined();
    },
  );

  test('that Slack does not know is stored as unknown, and Slack is not asked again', async () => {
    bot.slack.faults.inject('users.info', { kind: 'error', error: 'user_not_found' });
    const { id, account } = await clicked('ana');
    expect(accountRefusal(await checkOf(id), account)).toBe('unknown');
    expect(await bot.rows(`select from unchecked_click where click_id = '${id}'`)).toEqual([]);
  });

  test('after an error of Slack nothing is stored, the operator reads why, and Slack is asked again', async () => {
    const error = 'internal_error';
    bot.slack.faults.inject('users.info', { kind: 'error', error });
    const { id } = await clicked('ana');
    await until('it is logged with its request', () =>
      bot.loggedAbout.some(([line, about]) => line.startsWith(id) && about === requestIdOf(id)),
    );
    const said = await until('it is logged', () => bot.logged.find((line) => line.includes(id)));
    expect(said).toMatch(new RegExp(`^warn: ${id} \\(approve\\) waits for Slack: .*${error}`));
    expect(await bot.ledger.readAccountCheck(id)).toBeUndefined();
    await bot.rows(`update unchecked_click set next_try_at = ledger_now() returning click_id`);
    expect(accountRefusal(await checkOf(id), slackIdOf('ana'))).toBeUndefined();
  });

  test.each<[string, Partial<Click>]>([
    ['of the command line', { via: 'cli' }],
    ['that ends access, which must not wait for Slack (I14)', { kind: 'end' }],
  ])('is not asked about for a click %s', async (_which, more) => {
    const { id } = await clicked('ana', more);
    await checkOf((await clicked('ana')).id);
    expect(await bot.ledger.readAccountCheck(id)).toBeUndefined();
    expect(await bot.rows(`select from unchecked_click where click_id = '${id}'`)).toEqual([]);
  });

  test('is not asked about while the ledger cannot be read, and the operator reads why', async () => {
    await bot.rows('alter table unchecked_click rename to unchecked_away');
    const line = /^error: the clicks that wait for Slack cannot be read: /;
    await until('it is logged', () => bot.logged.find((each) => line.test(each)));
    await bot.rows('alter table unchecked_away rename to unchecked_click');
  });
});

describe('the connection', () => {
  test.each<[string, () => void]>([
    ['Slack drops it', () => bot.slack.faults.dropSockets()],
    ['Slack announces that it closes it', () => bot.slack.faults.disconnectSockets('refresh_requested')],
    [
      'Slack is unavailable for a moment',
      () => {
        bot.slack.faults.down();
        setImmediate(() => bot.slack.faults.up());
      },
    ],
  ])('it is opened again after %s', async (_what, disturb) => {
    disturb();
    await until('the bot answers again', answers);
    await connected(1);
  });

  test('after a restart of the bot the old connection stays closed', async () => {
    await bot.restart();
    await connected(1);
    expect(await answers()).toBe(true);
  });

  test('a refusal to reconnect is reported to the caller, and does not end the process', async () => {
    bot.slack.faults.inject('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, 3);
    bot.slack.faults.dropSockets();
    await expect(bot.bot().failed).rejects.toThrow('Slack refuses to reconnect: ');
    bot.slack.faults.clear();
    await bot.restart();
    expect(await answers()).toBe(true);
  });
});

describe('a click that fails inside the bot', () => {
  test('it is logged, and a person whose event failed gets no message, because nobody waits', async () => {
    const before = bot.logged.length;
    await bot.rows('alter table request rename to request_away');
    await bot.as('sam').openHome();
    await until('it is logged', () =>
      bot.logged.slice(before).some((line) => /^error: a click was not handled: .*request/.test(line)),
    );
    await bot.rows('alter table request_away rename to request');
    await bot.as('sam').openHome();
    await bot.as('sam').waitFor('a Home', (me) => me.home());
    expect(bot.as('sam').messages()).toEqual([]);
  });

  test('a person who clicked is told where they clicked, and only they read it', async () => {
    const restore = await bot.refuseRowsOf('click');
    await bot.as('cy').command('/access orders-db 1h why', REQUESTS);
    await restore();
    const text = expect.stringContaining('Something failed inside Curfew');
    await until('Cy is told', () =>
      bot.messagesIn(REQUESTS).some((each) => /Something failed/.test(each.text)),
    );
    expect(bot.messagesIn(REQUESTS).filter((each) => /Something failed/.test(each.text))).toEqual([
      expect.objectContaining({ text, ephemeralFor: slackIdOf('cy') }),
    ]);
  });

  test('a search that fails while a person types is logged, and they get no message', async () => {
    const cy = bot.as('cy');
    await cy.command('/access');
    const modal = await cy.waitFor('a form', (me) => me.modal());
    const [before, told] = [bot.logged.length, cy.messages().length];
    bot.break.search = true;
    void cy.suggest(modal, 'entitlement', 'orders');
    await until('it is logged', () =>
      bot.logged.slice(before).includes('error: a click was not handled: the search fails'),
    );
    bot.break.search = false;
    await cy.command('/access help');
    await cy.waitForMessage(({ text }) => text === 'How to use /access');
    expect(
      cy
        .messages()
        .slice(told)
        .map(({ text }) => text),
    ).toEqual(['How to use /access']);
    await cy.close(true);
  });

  test('while the ledger does not answer, a person who clicked is told so', async () => {
    bot.break.ledger = true;
    void bot.as('cy').command('/access orders-db 1h why', REQUESTS);
    await bot
      .as('cy')
      .waitForMessage(({ text }) => text.startsWith('The ledger of Curfew does not answer'), REQUESTS);
    bot.break.ledger = false;
  });

  test('a click on a request that is not handled is logged with its request', async () => {
    const request = await bot.pending('a click while the ledger is away');
    await bot.sent(request);
    const [card] = bot.as('bo').messages('dm').slice(-1);
    if (!card) throw new Error('Bo has no card');
    bot.break.ledger = true;
    await bot.as('bo').click(card, 'approve');
    await until('it is logged', () =>
      bot.loggedAbout.some(
        ([line, about]) => line.startsWith('a click was not handled: ') && about === request,
      ),
    );
    bot.break.ledger = false;
  });

  test('a person above their limit is told once, and the operator reads it as a warning', async () => {
    const before = bot.logged.length;
    const told = () => bot.messagesIn(REQUESTS).filter(({ text }) => text.startsWith('This was done')).length;
    const again = '2026-01-05 13:00';
    for (const isFirst of [true, false, false]) {
      bot.break.ledger = new OverLimit('request', { again, isFirst });
      await bot.as('bo').command('/access orders-db 1h why', REQUESTS);
      if (isFirst) await until('Bo is told', () => told() === 1);
    }
    bot.break.ledger = true;
    await bot.as('bo').command('/access orders-db 1h why', REQUESTS);
    await until('the last one failed', () =>
      bot.logged.slice(before).some((line) => line.startsWith('error: ')),
    );
    bot.break.ledger = false;
    expect(told()).toBe(1);
    expect(bot.logged.slice(before).filter((line) => /This was done/.test(line))).toEqual([
      expect.stringMatching(/^warn: a click was not handled: This was done 100 times within 1 h/),
    ]);
  });

  test('Slack that is unavailable while the person is told does not end the process', async () => {
    const before = bot.logged.length;
    bot.slack.faults.inject('chat.postEphemeral', { kind: 'error', error: 'internal_error' });
    const restore = await bot.refuseRowsOf('click');
    await bot.as('cy').command('/access orders-db 1h why', REQUESTS);
    await restore();
    expect(bot.logged.slice(before)).toContainEqual(
      expect.stringMatching(/^error: a click was not handled: the row is refused/),
    );
    expect(await answers()).toBe(true);
  });
});

describe('the bot', () => {
  test('it repeats no call to Slack by itself, because the outbox sends again', async () => {
    bot.slack.faults.inject('chat.postMessage', { kind: 'lost-call' });
    const request = await bot.pending('a call is lost');
    const failed = () => bot.outbox(request).then(([row]) => row?.fault ?? undefined);
    expect(await until('the call failed', failed)).toContain('A request error occurred');
    await bot.retryNow(request);
    await bot.sent(request);
  });

  test('it does not wait for a rate limit of one call, so the other messages are not delayed', async () => {
    bot.slack.faults.rateLimit('chat.postMessage', 3_600);
    const request = await bot.pending('a call is limited');
    /** In the channel, and in the direct messages of the requester and of two approvers: which call is refused is chance. */
    const shown = () =>
      Object.values(bot.slack.workspace.state.messages)
        .flat()
        .filter(({ blocks }) => JSON.stringify(blocks).includes('a call is limited'));
    await until('all cards but one are there', () => shown().length === 3);
    const failed = () => bot.outbox(request).then(([row]) => row?.fault ?? undefined);
    expect(await until('the call failed', failed)).toContain('rate-limit');
    expect(bot.logged).toContain(
      'warn: Slack takes no call of chat.postMessage for 3600 s, because of its rate limit',
    );
  });

  test('it warns the operator of a message that Slack will never accept', async () => {
    const before = bot.logged.length;
    bot.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'is_archived' });
    await bot.sent(await bot.pending('the channel is archived'));
    expect(bot.logged.slice(before)).toContainEqual(
      expect.stringMatching(
        /^warn: Slack does not accept a message, (the card (of \w+|in the channel)|a new message to \w+): is_archived$/,
      ),
    );
  });

  test('its stop waits for the messages that are being sent', async () => {
    bot.slack.faults.slow('chat.postMessage', 1_000);
    const request = await bot.pending('a stop meanwhile');
    const taken = async () => (await bot.outbox(request)).filter(({ tries }) => tries > 0);
    await until('a message is being sent', async () => (await taken()).length > 0);
    await bot.bot().stop();
    expect((await taken()).filter(({ sent }) => !sent)).toEqual([]);
    await bot.restart();
  });

  test('its stop waits for the acknowledgement of a click that is being recorded (F03)', async () => {
    const request = await bot.pending('a stop during a click');
    await bot.sent(request);
    const card = await bot
      .as('bo')
      .waitForMessage((each) => JSON.stringify(each.blocks).includes('a stop during a click'));
    let isReleased = Promise.resolve();
    await asAdmin(async (owner) => {
      await owner.query('begin; lock table click in exclusive mode');
      const clicked = bot.as('bo').click(card, 'approve');
      await until('the click waits to be recorded', async () => {
        const { rows } = await owner.query(
          `select from pg_locks where relation = 'click'::regclass and not granted`,
        );
        return rows.length > 0;
      });
      isReleased = bot.bot().stop();
      await owner.query('rollback');
      expect(await clicked).toEqual({ kind: 'acked' });
    }, bot.url);
    await isReleased;
    expect(await bot.rows(`select kind from click where request_id = '${request}'`)).toContainEqual({
      kind: 'approve',
    });
    await bot.restart();
  });

  test('after its stop it has no connection, reads no click and sends no card', async () => {
    await bot.bot().stop();
    await connected(0);
    const request = await bot.pending('nobody is there');
    expect(await bot.as('ana').command('/access help')).toMatchObject({ kind: 'failed' });
    const rows = await bot.rows(`select from outbox where request_id = '${request}' and tries > 0`);
    expect(rows).toEqual([]);
    await bot.restart();
    await bot.as('bo').waitForMessage((each) => JSON.stringify(each.blocks).includes('nobody is there'));
  });
});
