import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { parseTyped } from '../../bot/listeners/access-command.ts';
import { matching } from '../../bot/listeners/request-form.ts';
import { accountRefusal, openInbox } from '../../inbox/receive.ts';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { no } from '../../core/result.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import { ana } from '../core/request/request.fixture.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';
import { COLLEAGUES } from '../../sandbox/world/company.ts';
import { anyTarget, policyOf, QUICKSTART } from '../policy/quickstart.fixture.ts';

const member = {
  id: 'U1',
  team_id: 'T1',
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};

describe('which accounts may act (T07, B44)', () => {
  test.each<[string, object, string | undefined]>([
    ['a member', {}, undefined],
    ['a guest', { is_restricted: true }, 'guest'],
    ['a guest of one channel', { is_restricted: true, is_ultra_restricted: true }, 'guest'],
    ['somebody from another company', { is_stranger: true, team_id: 'T2' }, 'outsider'],
    ['an account of another workspace', { team_id: 'T2' }, 'other-workspace'],
    ['a bot', { is_bot: true }, 'bot'],
    ['Slackbot, which says it is none', { id: 'USLACKBOT' }, 'bot'],
    ['somebody who left', { deleted: true }, 'deactivated'],
    ['no word on guests', { is_restricted: undefined }, 'unknown'],
    ['no word on bots', { is_bot: undefined }, 'unknown'],
    ['no word on having left', { deleted: undefined }, 'unknown'],
    ['no word on the workspace', { team_id: undefined }, 'unknown'],
  ])('%s', (_why, more, expected) => expect(accountRefusal({ ...member, ...more }, 'T1')).toBe(expected));

  test('an account of which nothing is said', () => expect(accountRefusal({}, 'T1')).toBe('unknown'));
});

describe('what was typed after /access', () => {
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
    ['orders-db because', { kind: 'request', entitlement: 'orders-db', length: 'because', reason: '' }],
  ])('"%s"', (text, typed) => expect(parseTyped(text)).toEqual(typed));
});

describe('who somebody is, with a people file that was broken from the start', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let ledger: Ledger;
  let folder: string;
  beforeAll(async () => {
    database = await freshDatabase();
    ledger = openLedger(database.url);
    folder = await mkdtemp(join(tmpdir(), 'curfew-door-'));
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
  ])('%s by %s of %s, where U1 of T1 asked: it is %s (I14)', async (kind, user, team, person) => {
    const door = openInbox({ ledger, policy: openPolicy(folder, () => no('there is none')), team: 'T1' });
    const ask = clickIdOf(uuidv7());
    const request = requestIdOf(ask);
    const body = { entitlement: 'oncall', length: '1h', reason: 'incident' };
    await ledger.writeClick({
      id: ask,
      request,
      via: 'slack',
      account: 'U1',
      person: ana,
      kind: 'request',
      body,
    });
    const caller = { user, team, channel: undefined };
    expect((await door.receive(caller, { kind, request, body: {} })).person).toBe(person);
  });
});

test('an account of another workspace is nobody, whatever its id (T07)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-door-'));
  for (const [name, text] of Object.entries(QUICKSTART)) await writeFile(join(folder, name), text);
  const door = openInbox({
    ledger: undefined as unknown as Ledger,
    policy: openPolicy(folder, anyTarget),
    team: 'T1',
  });
  const ana = COLLEAGUES.find(({ name }) => name.startsWith('Ana'))?.slackId ?? '';
  const from = (team: string | undefined) => door.personOf({ user: ana, team, channel: undefined });
  expect([await from('T1'), await from('T2')]).toEqual(['ana', null]);
  await rm(folder, { recursive: true, force: true });
});

test('the search finds by id, title and synonym, and puts what begins with the word first', () => {
  const all = [...policyOf().entitlements.values()];
  const ids = (typed: string) => matching(all, typed).map(({ id }) => id);
  expect(ids('')).toHaveLength(all.length);
  expect(ids('terraform')).toEqual(['infra-maintain']);
  expect(ids('ORDERS')[0]).toBe('orders-db');
  expect(ids('nothing like it')).toEqual([]);
});
