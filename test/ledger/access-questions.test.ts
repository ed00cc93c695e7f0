import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import type { FoundRequests, ListPart, VisibleRequests } from '../../ledger/index.ts';
import { ana, bo, cy, dee, demand, extend, person } from '../core/request/request.fixture.ts';
import { approvedIn, grantedIn, newRequest, opening, revokedIn, stepOf } from './ledger.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const eve = person('eve');
const ALL: ListPart = { from: 0, most: 20 };

let names: ReadonlyMap<RequestId, string>;
/** The requests by their names in these tests, so that a failure can be read. */
const named = ({ requests }: Pick<FoundRequests, 'requests'>) => requests.map((id) => names.get(id));

/**
 * Live ones of Ana end in the order `soon`, `granting`, `late`. Hers are for `orders-db`, and Bo and Cy are their approvers. That of
 * Eve is for `logs`, and Dee is its approver.
 */
beforeAll(async () => {
  const idOf: Record<string, RequestId> = {};
  idOf['first pending'] = newRequest();
  await ledger.open(opening(idOf['first pending']));
  idOf['late'] = await grantedIn(ledger);
  idOf['granting'] = await approvedIn(ledger);
  idOf['soon'] = await grantedIn(ledger);
  idOf['pending of Eve'] = newRequest();
  await ledger.open(
    opening(idOf['pending of Eve'], {
      details: { ...opening(idOf['pending of Eve']).details, requester: eve, entitlement: 'logs' },
      requirements: { stages: [{ needs: 1, approvers: [{ person: dee, because: 'x' }] }], policy: 'p1' },
    }),
  );
  for (const closed of ['closed first', 'closed last']) {
    idOf[closed] = await grantedIn(ledger);
    await revokedIn(ledger, idOf[closed]);
  }
  for (const [name, minutes] of [
    ['soon', 10],
    ['granting', 20],
    ['late', 30],
  ] as const)
    await rows(`update request set ends_at = ledger_now() + $2 * interval '1 minute' where id = $1`, [
      idOf[name],
      minutes,
    ]);
  await rows(`update request set closed_at = ledger_now() - interval '1 hour' where id = $1`, [
    idOf['closed last'],
  ]);
  await rows(`update request set closed_at = ledger_now() - interval '30 hours' where id = $1`, [
    idOf['closed first'],
  ]);
  names = new Map(Object.entries(idOf).map(([name, id]) => [id, name]));
});

const OPEN_OF_ANA = ['soon', 'granting', 'late', 'first pending'];

describe('the open requests, the soonest end first and what is pending last', () => {
  test('for an entitlement', async () => {
    expect(named(await ledger.openRequestsFor('orders-db', ALL))).toEqual(OPEN_OF_ANA);
    expect(named(await ledger.openRequestsFor('logs', ALL))).toEqual(['pending of Eve']);
    expect(await ledger.openRequestsFor('nothing', ALL)).toEqual({ requests: [], count: 0 });
  });

  test('of a person', async () => {
    expect(named(await ledger.openRequestsOf(ana, ALL))).toEqual(OPEN_OF_ANA);
    expect(named(await ledger.openRequestsOf(eve, ALL))).toEqual(['pending of Eve']);
    expect(await ledger.openRequestsOf(cy, ALL)).toEqual({ requests: [], count: 0 });
  });

  test.each<[ListPart, readonly string[]]>([
    [{ from: 0, most: 2 }, ['soon', 'granting']],
    [{ from: 2, most: 2 }, ['late', 'first pending']],
    [{ from: 3, most: 2 }, ['first pending']],
    [{ from: 9, most: 2 }, []],
  ])('in the part %j, with the number of all', async (part, expected) => {
    const found = await ledger.openRequestsOf(ana, part);
    expect([named(found), found.count]).toEqual([expected, 4]);
  });
});

test('the closed requests of a person, the last one first', async () => {
  const found = await ledger.closedRequestsOf(ana, ALL);
  expect([named(found), found.count]).toEqual([['closed last', 'closed first'], 2]);
  expect(await ledger.closedRequestsOf(eve, ALL)).toEqual({ requests: [], count: 0 });
});

describe('the live requests, the soonest end first, of', () => {
  const visible = (more: object): VisibleRequests => ({
    reader: eve,
    requesters: [],
    entitlements: [],
    ...more,
  });
  const LIVE = ['soon', 'granting', 'late'];
  test.each<[who: string, visible: VisibleRequests, expected: readonly string[]]>([
    ['everybody', 'all', LIVE],
    ['a requester', visible({ requesters: [bo, ana] }), LIVE],
    ['an entitlement', visible({ entitlements: ['logs', 'orders-db'] }), LIVE],
    ['an approver whom they name', visible({ reader: cy }), LIVE],
    ['nobody', visible({ requesters: [eve], entitlements: ['logs'] }), []],
  ])('%s', async (_who, who, expected) => {
    const found = await ledger.liveRequests(who, ALL);
    expect([named(found), found.count]).toEqual([expected, expected.length]);
  });

  test('an approver whom only the open extension names', async () => {
    const [late] = [...names].find(([, name]) => name === 'late') ?? [];
    await ledger.record(
      stepOf(late as RequestId, 'extend', (at, state) =>
        extend(at, {
          from: 'endsAt' in state ? (state.endsAt ?? at) : at,
          demanded: demand([1, person('fay')]),
        }),
      ),
    );
    expect(named(await ledger.liveRequests(visible({ reader: person('fay') }), ALL))).toEqual(['late']);
  });

  test('a reader in parts', async () =>
    expect(named(await ledger.liveRequests(visible({ requesters: [ana] }), { from: 1, most: 1 }))).toEqual([
      'granting',
    ]));
});

const HOUR = 60 * 60_000;

test('the requests that were closed lately, by the clock of the ledger', async () => {
  expect(named(await ledger.requestsClosedLately(24 * HOUR, ALL))).toEqual(['closed last']);
  expect(named(await ledger.requestsClosedLately(31 * HOUR, ALL))).toEqual(['closed last', 'closed first']);
  await atTime((await ledger.now()) + 30 * HOUR, async () =>
    expect(await ledger.requestsClosedLately(24 * HOUR, ALL)).toEqual({ requests: [], count: 0 }),
  );
  const part = await ledger.requestsClosedLately(31 * HOUR, { from: 1, most: 1 });
  expect([named(part), part.count]).toEqual([['closed first'], 2]);
});

test('the attempts that were refused lately, with their texts, the last one first', async () => {
  const [request] = [...names.keys()];
  if (!request) throw new Error('there is no request');
  const refuse = (name: string, tried: string, why: string) =>
    ledger.recordRefusal(
      { request, name, via: 'slack' },
      { by: eve, tried, refusal: { code: 'not-allowed', why } },
    );
  const now = await ledger.now();
  await atTime(now + HOUR, async () => void (await refuse('click/1', 'approve', 'the first')));
  await atTime(now + 30 * HOUR, async () => {
    await refuse('click/2', 'deny', 'the second');
    const attempt = (tried: string, why: string, at: number) => ({
      request,
      via: 'slack',
      event: { kind: 'refused', by: eve, tried, refusal: { code: 'not-allowed', why }, at: at as Instant },
    });
    const second = attempt('deny', 'the second', now + 30 * HOUR);
    expect(await ledger.attemptsRefusedLately(24 * HOUR, ALL)).toEqual({ attempts: [second], count: 1 });
    expect(await ledger.attemptsRefusedLately(48 * HOUR, ALL)).toEqual({
      attempts: [second, attempt('approve', 'the first', now + HOUR)],
      count: 2,
    });
    const part = await ledger.attemptsRefusedLately(48 * HOUR, { from: 1, most: 5 });
    expect([part.attempts.map(({ event }) => event.tried), part.count]).toEqual([['approve'], 2]);
  });
});
