import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, PersonId } from '../../core/ids.ts';
import { ENDINGS } from '../../core/request/endings.ts';
import { REQUEST_STATES } from '../../core/request/state.ts';
import {
  type Ledger,
  type RequestRow,
  type RequestSearch,
  type VisibleRequests,
} from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type Listed, listed } from './oracle.fixture.ts';
import { openWorld, type StoredWorld } from './stored-world.fixture.ts';
import { BASE, chance, ENTITLEMENTS, PEOPLE, type World, worldOf } from './world.fixture.ts';

// The search of requests is asked of a ledger with random histories, and of an oracle that reads the histories one by one.

const REQUESTS = 80;
const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const told = `seed ${SEED}`;
const SEARCHES = 150;

const world: World = worldOf(SEED, REQUESTS);
const everything = listed(world);
let stored: StoredWorld;
let ledger: Ledger;
beforeAll(async () => {
  stored = await openWorld(world, { seed: SEED + 1, role: 'reader' });
  ({ ledger } = stored);
});
afterAll(() => stored?.stop());

const MOST = 7;

/** All pages of a search, from the newest to the oldest. */
async function pagesOf(search: RequestSearch, visible: VisibleRequests = 'all') {
  const pages = [await ledger.searchRequests(search, visible, { most: MOST })];
  for (let after = pages[0]?.next; after !== undefined; after = pages.at(-1)?.next)
    pages.push(await ledger.searchRequests(search, visible, { most: MOST, after }));
  return pages;
}

const found = async (search: RequestSearch, visible?: VisibleRequests): Promise<readonly RequestRow[]> =>
  (await pagesOf(search, visible)).flatMap(({ rows }) => rows);

/** A row as the oracle has it. */
const ofOracle = ({ approvers: _approvers, approvedBy, endsAt, closedAt, ...listedRow }: Listed) => ({
  ...listedRow,
  ...{ approved_by: approvedBy, ends_at: endsAt, closed_at: closedAt },
  digest: listedRow.state === 'refused' ? null : 'd',
});

function matches(row: Listed, { is, from, to }: RequestSearch): boolean {
  const isOneOf = (values: readonly string[] | undefined, of: readonly (string | null)[]): boolean =>
    values === undefined || of.some((each) => each !== null && values.includes(each));
  return (
    (is.id === undefined || is.id.some((id) => row.id.endsWith(id))) &&
    isOneOf(is.person, [row.person]) &&
    isOneOf(is.approver, row.approvedBy) &&
    isOneOf(is.entitlement, [row.entitlement]) &&
    isOneOf(is.provider, row.providers) &&
    isOneOf(is.class, row.classes) &&
    isOneOf(is.state, [row.state]) &&
    isOneOf(is.ending, [row.ending]) &&
    isOneOf(is.refused, [row.refusals > 0 ? 'yes' : 'no']) &&
    (from === undefined || Date.parse(row.at) >= from) &&
    (to === undefined || Date.parse(row.at) <= to)
  );
}

const isVisible = ({ person, entitlement, approvers }: Listed, visible: VisibleRequests): boolean =>
  visible === 'all' ||
  visible.requesters.some((each) => each === person) ||
  visible.entitlements.includes(entitlement) ||
  approvers.includes(visible.reader);

const random = chance(SEED + 2);
const some = <T>(of: readonly T[]): readonly T[] =>
  random.isLikely(0.7) ? [random.one(of)] : [...new Set([random.one(of), random.one(of)])];

/** One to three conditions that somebody may combine. */
function anySearch(): RequestSearch {
  const moment = (): Instant => (Date.parse(random.one(everything).at) + random.one([-1, 0, 1])) as Instant;
  const is = {
    id: () => some(everything.map(({ id }) => random.one([id, id.slice(-8), id.slice(-4)]))),
    person: () => some([...PEOPLE, 'nobody']),
    approver: () => some(PEOPLE),
    entitlement: () => some(ENTITLEMENTS),
    provider: () => some(['fake', 'github', 'gone']),
    class: () => some(['A', 'B', 'C']),
    state: () => some(['pending', 'granting', 'active', 'revoking', 'closed', 'refused']),
    ending: () => some(ENDINGS),
    refused: () => some(['yes', 'no']),
  };
  const keys = Array.from({ length: 1 + random.upTo(3) }, () =>
    random.one(Object.keys(is) as (keyof typeof is)[]),
  );
  return {
    is: Object.fromEntries(keys.map((key) => [key, is[key]()])) as RequestSearch['is'],
    ...(random.isLikely(0.2) ? { from: moment() } : {}),
    ...(random.isLikely(0.2) ? { to: moment() } : {}),
  };
}

const anyReader = (): VisibleRequests => ({
  reader: random.one([...PEOPLE, 'eve']) as PersonId,
  requesters: random.isLikely(0.5) ? [] : (some(PEOPLE) as readonly PersonId[]),
  entitlements: random.isLikely(0.5) ? [] : some(ENTITLEMENTS),
});

describe(`over random histories (${told})`, () => {
  test('the histories have a request in each state, and a submission that was refused', () =>
    expect([told, new Set(everything.map(({ state }) => state))]).toEqual([
      told,
      new Set([...REQUEST_STATES, 'refused']),
    ]));

  test('the list is what the events say', async () =>
    expect([told, await found({ is: {} })]).toEqual([told, everything.map(ofOracle)]));

  test('it can be computed again from the events, and is the same', async () => {
    const read = () => rowsOf(stored.url, 'select * from request_list order by id');
    const before = await read();
    await rowsOf(stored.url, 'truncate request_list');
    await rowsOf(stored.url, 'select write_request_list(request_id) from event group by request_id');
    expect([told, await read()]).toEqual([told, before]);
  });

  test('each search finds what it says, newest first, and each reader what they may see', async () => {
    let matched = 0;
    for (let turn = 0; turn < SEARCHES; turn += 1) {
      const search = anySearch();
      const visible = random.isLikely(0.5) ? 'all' : anyReader();
      const expected = everything.filter((row) => matches(row, search) && isVisible(row, visible));
      expect([told, search, visible, await found(search, visible)]).toEqual([
        told,
        search,
        visible,
        expected.map(ofOracle),
      ]);
      expect([told, await ledger.countSearched(search, visible, 1000)]).toEqual([told, expected.length]);
      matched += expected.length > 0 ? 1 : 0;
    }
    expect(matched).toBeGreaterThan(SEARCHES / 5);
  });

  test('a count stops after its limit', async () =>
    expect(await ledger.countSearched({ is: {} }, 'all', 5)).toBe(6));

  test('going back from the last page gives the same pages, each row once', async () => {
    const pages = await pagesOf({ is: { refused: ['no'] } });
    expect(pages.length).toBeGreaterThan(3);
    let page = pages.at(-1);
    for (const forward of pages.toReversed()) {
      expect([told, page?.rows]).toEqual([told, forward.rows]);
      const before = page?.previous;
      page =
        before === undefined
          ? undefined
          : await ledger.searchRequests({ is: { refused: ['no'] } }, 'all', { most: MOST, before });
    }
    expect(page).toBeUndefined();
    expect(pages.map(({ next, previous }) => [previous !== undefined, next !== undefined])).toEqual(
      pages.map((_, place) => [place > 0, place < pages.length - 1]),
    );
  });

  test('a request that is opened while somebody reads moves no page', async () => {
    const [first] = await pagesOf({ is: {} });
    const second = await ledger.searchRequests({ is: {} }, 'all', { most: MOST, after: first?.next });
    const id = 'req_zzzzzzzzzzzzzzzzzzzzzzzzzz';
    await rowsOf(
      stored.url,
      `insert into request_list select $1, now(), person, entitlement, minutes, providers, classes, state, ending, approvers, approved_by, refused from request_list limit 1`,
      [id],
    );
    expect(await ledger.searchRequests({ is: {} }, 'all', { most: MOST, after: first?.next })).toEqual(
      second,
    );
    const back = await ledger.searchRequests({ is: {} }, 'all', { most: MOST, before: second.previous });
    expect([back.rows, back.previous !== undefined]).toEqual([first?.rows, true]);
    await rowsOf(stored.url, 'delete from request_list where id = $1', [id]);
  });
});

test.each(['x', '2026-11-01T00:00:00.000000Z/req_1', "2026-11-01T00:00:00.000000Z/' or true"])(
  'a page after %j, which no page named, is refused',
  (after) =>
    expect(ledger.searchRequests({ is: {} }, 'all', { most: 1, after })).rejects.toThrow('no page named'),
);

test.each<[what: string, is: RequestSearch['is']]>([
  ['a quote', { person: ["' or true --"] }],
  ['an array', { approver: ['{ana,bo}', '"'], provider: ['\\'] }],
  ['a pattern', { id: ['%', '____'] }],
  ['no value at all', { id: [] }],
])('a value with %s finds nothing', async (_what, is) => expect(await found({ is })).toEqual([]));

test('an auditor with a tool of their own reads the same', async () => {
  let ids: readonly string[] = [];
  await asAdmin(async (session) => {
    await session.query('set role curfew_auditor');
    const { rows } = await session.query<{ id: string }>(
      `select id from audit.request where person = 'ana' and 'bo' = any (approved_by) and at >= $1 order by at desc, id desc`,
      [new Date(BASE)],
    );
    ids = rows.map(({ id }) => id);
  }, stored.url);
  const search = { is: { person: ['ana'], approver: ['bo'] }, from: BASE };
  expect([told, ids]).toEqual([told, (await found(search)).map(({ id }) => id)]);
});
