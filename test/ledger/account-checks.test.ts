import { afterEach, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { type ClickId, clickIdOf, requestIdOf } from '../../core/ids.ts';
import type { Click } from '../../ledger/index.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { ana } from '../core/request/request.fixture.ts';
import { atTime, ledger, rows, whileHeld } from './own-ledger.fixture.ts';
afterEach(() => rows('delete from unchecked_click'));

async function written(more: Partial<Click> = {}): Promise<ClickId> {
  const id = clickIdOf(uuidv7());
  const from = { via: 'slack', account: 'U1', person: ana } as const;
  await ledger.writeClick({
    id,
    request: requestIdOf(id),
    ...from,
    kind: 'deny',
    body: {},
    ...more,
  } as Click);
  return id;
}
const take = async (most = 10, kinds: Parameters<typeof ledger.takeUncheckedClicks>[0] = ['deny']) =>
  (await ledger.takeUncheckedClicks(kinds, most, 2_000)).map(({ id }) => id);

test('a click that waits for a check is taken with its account', async () => {
  const id = await written();
  expect(await ledger.takeUncheckedClicks(['deny'], 10, 2_000)).toEqual([
    { id, kind: 'deny', account: 'U1', request: expect.stringMatching(/^req_/) },
  ]);
  expect(await take()).toEqual([]);
});

test('only the named kinds are taken', async () => {
  const [denial, approval] = [await written(), await written({ kind: 'approve' })];
  expect(await take()).toEqual([denial]);
  expect(await take(10, ['request', 'approve'])).toEqual([approval]);
});

test('the limit takes the clicks that have been due longest, and the result is in the order of their ids', async () => {
  const seconds = [20, 10, 30, 40];
  const ids: ClickId[] = [];
  for (const _each of seconds) ids.push(await written());
  for (const [index, id] of ids.entries())
    await rows(
      `update unchecked_click set next_try_at = ledger_now() - $2 * interval '1 second' where click_id = $1`,
      [id, seconds[index]],
    );
  const [one, two, three, four] = ids;
  expect(await take(3)).toEqual([one, three, four]);
  expect(await take()).toEqual([two]);
});

test('a click that another gateway takes at this moment is passed over, and nobody waits for it', async () => {
  const [busy, free] = [await written(), await written()];
  const taken = await whileHeld('select from unchecked_click where click_id = $1', [busy], () => take());
  expect(taken).toEqual([free]);
  expect(await take()).toEqual([busy]);
});

test('a click is due again after a pause that doubles, and is at most a minute', async () => {
  const id = await written();
  await atTime(Date.now(), async () => {
    const pauses: unknown[] = [];
    for (const tries of [0, 1, 2, 3, 4, 5, 6, 5_000]) {
      await rows('update unchecked_click set next_try_at = ledger_now(), tries = $1', [tries]);
      expect(await take()).toEqual([id]);
      expect(await take()).toEqual([]);
      const [row] = await rows<{ due: number }>(
        'select extract(epoch from next_try_at - ledger_now())::int as due from unchecked_click',
      );
      pauses.push(row?.due);
    }
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });
});

test('the first facts about an account stay, and no other click gets them', async () => {
  const [one, other] = [await written(), await written()];
  await ledger.storeAccountCheck(one, guestFacts());
  await ledger.storeAccountCheck(one, memberFacts());
  expect(await ledger.readAccountCheck(one)).toEqual(guestFacts());
  expect(await ledger.readAccountCheck(other)).toBeUndefined();
  expect(await take()).toEqual([other]);
});

test('facts about a click that does not exist are refused', () =>
  expect(ledger.storeAccountCheck(clickIdOf(uuidv7()), memberFacts())).rejects.toMatchObject({
    constraint: 'account_check_click_id_fkey',
  }));
