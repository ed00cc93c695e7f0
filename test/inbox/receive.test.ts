import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { parseCommand } from '../../bot/inbound/access-command.ts';
import { factsOf } from '../../bot/inbound/account-facts.ts';
import { openInbox } from '../../bot/inbound/slack-inbox.ts';
import { accountRefusal } from '../../core/account.ts';
import { clickIdOf, parseRequestId, requestIdOf } from '../../core/ids.ts';
import { no } from '../../core/result.ts';
import { newFormId, receive, refuseRequest } from '../../inbox/receive.ts';
import { type Click, type Ledger, openLedger } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import { ana } from '../core/request/request.fixture.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';
import { COLLEAGUES } from '../../sandbox/world/company.ts';
import { anyTarget, QUICKSTART } from '../policy/quickstart.fixture.ts';

const member = {
  id: 'U1',
  team_id: 'T1',
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};

describe('an account may act only if Slack says that it is a member of this workspace (T07, B44)', () => {
  test.each<[string, object, string | undefined]>([
    ['a member', {}, undefined],
    ['a guest', { is_restricted: true }, 'guest'],
    ['a guest of one channel', { is_restricted: true, is_ultra_restricted: true }, 'guest'],
    ['an account of another company', { is_stranger: true, team_id: 'T2' }, 'outsider'],
    ['an account of another workspace', { team_id: 'T2' }, 'other-workspace'],
    ['a bot', { is_bot: true }, 'bot'],
    ['Slackbot, of which Slack says that it is no bot', { id: 'USLACKBOT' }, 'bot'],
    ['a deactivated account', { deleted: true }, 'deactivated'],
    ['an account of which Slack does not say whether it is a guest', { is_restricted: undefined }, 'unknown'],
    ['an account of which Slack does not say whether it is a bot', { is_bot: undefined }, 'unknown'],
    ['an account of which Slack does not say whether it is deactivated', { deleted: undefined }, 'unknown'],
    ['an account of which Slack does not say the workspace', { team_id: undefined }, 'unknown'],
  ])('%s', (_why, more, expected) => {
    const user = { ...member, ...more };
    expect(accountRefusal(factsOf(user, { team: 'T1' }), user.id)).toBe(expected);
  });

  test('an account of which Slack says nothing is unknown', () =>
    expect(accountRefusal(factsOf({}, { team: 'T1' }), 'U1')).toBe('unknown'));
});

describe('the text after /access is parsed', () => {
  test.each<[string, object]>([
    ['', { kind: 'form' }],
    ['   ', { kind: 'form' }],
    ['help', { kind: 'help' }],
    ['list', { kind: 'list' }],
    ['orders-db', { kind: 'form', entitlement: 'orders-db' }],
    [
      'orders-db 2h incident 4312',
      { kind: 'request', entitlement: 'orders-db', length: '2h', reason: 'incident 4312' },
    ],
    [
      'orders-db  2h\tbecause: of this',
      { kind: 'request', entitlement: 'orders-db', length: '2h', reason: 'because: of this' },
    ],
    ['orders-db 2h', { kind: 'request', entitlement: 'orders-db', length: '2h', reason: '' }],
    [
      'orders-db 2h  two  spaces\nand a line',
      { kind: 'request', entitlement: 'orders-db', length: '2h', reason: 'two  spaces\nand a line' },
    ],
    [
      ' orders-db 2h incident 4312 ',
      { kind: 'request', entitlement: 'orders-db', length: '2h', reason: 'incident 4312' },
    ],
    ['orders-db because', { kind: 'request', entitlement: 'orders-db', length: '', reason: 'because' }],
    [
      'orders-db 2 h 30 min because',
      { kind: 'request', entitlement: 'orders-db', length: '2 h 30 min', reason: 'because' },
    ],
  ])('"%s"', (text, typed) => expect(parseCommand(text)).toEqual(typed));
});

describe('the ledger says who a person is when the people file could never be read', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let ledger: Ledger;
  let folder: string;
  beforeAll(async () => {
    database = await freshDatabase();
    ledger = openLedger(database.url);
    folder = await mkdtemp(join(tmpdir(), 'curfew-inbox-'));
    await writeFile(join(folder, 'people.yaml'), 'people: [');
    await writeFile(join(folder, 'catalogue.yaml'), 'entitlements: [');
  });
  afterAll(async () => {
    await ledger?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each<['end' | 'withdraw' | 'approve', user: string, team: string, person: string | null]>([
    ['end', 'U1', 'T1', 'ana'],
    ['withdraw', 'U1', 'T1', 'ana'],
    ['end', 'U2', 'T1', null],
    ['end', 'U1', 'T2', null],
    ['approve', 'U1', 'T1', null],
  ])(
    '%s by %s of %s counts as by %s, when U1 of T1 made the request (I14)',
    async (kind, user, team, person) => {
      const inbox = openInbox({ ledger, policy: openPolicy(folder, () => no('there is none')), team: 'T1' });
      const requestClick = clickIdOf(uuidv7());
      const request = requestIdOf(requestClick);
      const body = { entitlement: 'oncall', length: '1h', reason: 'incident' };
      await ledger.writeClick({
        id: requestClick,
        request,
        via: 'slack',
        account: 'U1',
        person: ana,
        kind: 'request',
        body,
      });
      const caller = { user, team, channel: undefined };
      expect((await inbox.receive(caller, { kind, request, body: {} })).person).toBe(person);
    },
  );
});

test('an account of another workspace belongs to no person, whatever its id (T07)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-inbox-'));
  for (const [name, text] of Object.entries(QUICKSTART)) await writeFile(join(folder, name), text);
  const inbox = openInbox({
    ledger: undefined as unknown as Ledger,
    policy: openPolicy(folder, anyTarget),
    team: 'T1',
  });
  const ana = COLLEAGUES.find(({ name }) => name.startsWith('Ana'))?.slackId ?? '';
  const from = (team: string | undefined) => inbox.personOf({ user: ana, team, channel: undefined });
  expect([await from('T1'), await from('T2')]).toEqual(['ana', null]);
  await rm(folder, { recursive: true, force: true });
});

describe('a click is stored as it was received', () => {
  const stored: Click[] = [];
  const sources: (string | undefined)[] = [];
  const ledger = {
    writeClick(click: Click, source?: string) {
      stored.push(click);
      sources.push(source);
      return Promise.resolve(click);
    },
  };
  const caller = { via: 'cli', account: 'ana-login', person: ana } as const;
  const action = (reason: string) =>
    ({ kind: 'request', body: { entitlement: 'oncall', length: '1h', reason } }) as const;

  test.each([
    ['an ordinary text', 'incident 4312', 'incident 4312'],
    ['an emoji', 'the lamp 💡', 'the lamp 💡'],
    ['NUL, which Postgres cannot store, makes the text empty', 'a\0b', ''],
    ['half a surrogate pair makes the text empty', 'a\ud83d', ''],
  ])('%s', async (_what, typed, expected) => {
    const click = await receive({ ledger }, caller, action(typed));
    expect(click).toEqual({
      ...caller,
      id: expect.stringMatching(/^click_/),
      request: requestIdOf(click.id),
      kind: 'request',
      body: action(expected).body,
    });
    expect(stored.at(-1)).toEqual(click);
  });

  test('each of its texts is made empty when Postgres cannot store it, and the others stay', async () => {
    const body = { entitlement: 'on\0call', length: '1\ud83dh', reason: 'incident 4312' };
    const requested = await receive({ ledger }, caller, { kind: 'request', body });
    expect(requested.body).toEqual({ entitlement: '', length: '', reason: 'incident 4312' });
    const answer = { digest: 'd1\0', note: 'not \ud83d today' };
    const denied = await receive({ ledger }, caller, {
      kind: 'deny',
      request: requested.request,
      body: answer,
    });
    expect(denied.body).toEqual({ digest: '', note: '' });
  });

  test('it names its own request when it requests, and the given request when it answers', async () => {
    const requested = await receive({ ledger }, { ...caller, channel: 'C2' }, action('incident 4312'));
    expect(requested.request).toBe(requestIdOf(requested.id));
    expect(requested.body).toEqual({ ...action('incident 4312').body, channel: 'C2' });
    const answered = await receive(
      { ledger },
      { ...caller, channel: 'C1' },
      {
        kind: 'approve',
        request: requested.request,
        body: { digest: 'd1' },
      },
    );
    expect(answered).toMatchObject({ request: requested.request, body: { digest: 'd1', channel: 'C1' } });
    expect(answered.id).not.toBe(requested.id);
  });

  test('what the channel delivers again is the click that the ledger has already (F18)', async () => {
    const first = await receive({ ledger }, { ...caller, source: 'trigger-1' }, action('x'));
    expect(sources.at(-1)).toBe('trigger-1');
    const writeClick = () => Promise.resolve(first);
    expect(await receive({ ledger: { writeClick } }, { ...caller, source: 'trigger-1' }, action('x'))).toBe(
      first,
    );
  });

  test('a form is one request, also when it is delivered again after the ledger lost it (F05, F18, I7)', async () => {
    const [form, other] = [newFormId(), newFormId()];
    const idOf = async (more: object, body = action('x')) =>
      (await receive({ ledger }, { ...caller, ...more }, body)).request;
    const first = await idOf({ form, source: 'trigger-1' });
    expect(await idOf({ form, source: 'trigger-2' })).toBe(first);
    const others = [
      await idOf({ form: other }),
      await idOf({ form }, action('y')),
      await idOf({ form, account: 'bo-login' }),
      await idOf({ form: 'no name of a form' }),
      await idOf({ form: 'no name of a form' }),
      await idOf({}),
    ];
    expect(new Set([first, ...others]).size).toBe(7);
    expect([first, ...others].map((id) => parseRequestId(id).ok)).not.toContain(false);
  });

  test('only a request is of its form: an answer with one has an id of its own', async () => {
    const [form, answer] = [newFormId(), { kind: 'end', request: requestIdOf(clickIdOf(uuidv7())) } as const];
    const ids = [1, 2].map(() => receive({ ledger }, { ...caller, form }, { ...answer, body: {} }));
    const [one, two] = await Promise.all(ids);
    expect(one?.id).not.toBe(two?.id);
  });

  test('what the ledger did not store was not received (I16)', async () => {
    const away = new Error('the ledger is unavailable');
    const writeClick = () => Promise.reject(away);
    await expect(receive({ ledger: { writeClick } }, caller, action('x'))).rejects.toBe(away);
  });

  test('a later click has a higher id, because lists show the newest request first', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 20; count += 1) ids.push((await receive({ ledger }, caller, action('x'))).id);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('a request that was refused in its form', () => {
  const refusal = { code: 'reason-missing' } as const;
  const caller = { via: 'slack', account: 'U1', person: ana, source: 'T9' } as const;

  test('is stored as a click that opens a request of its own, with the refusal', async () => {
    const written: unknown[][] = [];
    const writeClick = async (click: Click, source?: string) => (written.push([click, source]), click);
    for (const person of [ana, null])
      await refuseRequest({ ledger: { writeClick } }, { ...caller, person }, refusal);
    const click = { kind: 'request', via: 'slack', account: 'U1' };
    const body = { entitlement: '', length: '', refusal };
    expect(written).toEqual(
      [ana, null].map((person) => [expect.objectContaining({ ...click, person, body }), 'T9']),
    );
    expect(new Set(written.map(([each]) => (each as Click).request)).size).toBe(2);
  });

  test('is stored without the texts in it that Postgres cannot store', async () => {
    const written: Click[] = [];
    const writeClick = async (click: Click) => (written.push(click), click);
    for (const typed of ['1\0h', '1\ud83dh', 'one hour'])
      await refuseRequest({ ledger: { writeClick } }, caller, { code: 'not-allowed', why: typed });
    expect(written.map(({ body }) => (body as { refusal: object }).refusal)).toEqual(
      ['', '', 'one hour'].map((text) => ({ code: 'not-allowed', why: text })),
    );
  });

  test('is an error when it cannot be stored', async () => {
    const away = new Error('the ledger is unavailable');
    const unavailable = { ledger: { writeClick: () => Promise.reject(away) } };
    await expect(refuseRequest(unavailable, caller, refusal)).rejects.toBe(away);
  });
});
