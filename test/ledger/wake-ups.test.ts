import { afterEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type RequestId, requestIdOf } from '../../core/ids.ts';
import { type Command, ELIGIBLE } from '../../core/request/commands.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Click, Via, WakeUp } from '../../ledger/index.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { approvedIn, grantedIn, newRequest, openedIn, opening, stepOf, target } from './ledger.fixture.ts';
import { atTime, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

afterEach(() => rows('delete from wake_up'));

/** Adds a wake-up of a new request, as its submission does. */
async function added(): Promise<RequestId> {
  const id = clickIdOf(uuidv7());
  await add(requestIdOf(id));
  return requestIdOf(id);
}
const add = (request: RequestId) => ledger.acceptSubmission({ id: clickIdOf(uuidv7()), request } as Click);
const take = (most = 10) => ledger.takeWakeUps(most);
async function taken(): Promise<WakeUp> {
  const [first] = await take();
  if (!first) throw new Error('there is no wake-up');
  return first;
}
const waiting = async () =>
  (await rows<{ request: RequestId }>('select request_id as request from wake_up')).map(
    ({ request }) => request,
  );
const makeDue = () => rows('update wake_up set next_try_at = ledger_now()');

describe('a wake-up', () => {
  test('is there once for each request, however often it is added', async () => {
    const [one, other] = [await added(), await added()];
    await Promise.all([add(one), add(one), add(one)]);
    expect((await take()).map(({ request }) => request).sort()).toEqual([one, other].sort());
  });

  test('that was delivered is gone, and no other one', async () => {
    const [, other] = [await added(), await added()];
    const first = (await take()).find(({ request }) => request !== other);
    if (first) await ledger.removeWakeUp(first);
    expect(await waiting()).toEqual([other]);
  });

  test('that is added during the delivery of an older one stays, and is due at once', async () => {
    const request = await added();
    const older = await taken();
    await add(request);
    await ledger.removeWakeUp(older);
    expect(await taken()).toMatchObject({ request });
  });

  test('stays also when another waker removed the older one meanwhile', async () => {
    const request = await added();
    const slow = await taken();
    await makeDue();
    await ledger.removeWakeUp(await taken());
    await add(request);
    await ledger.removeWakeUp(slow); // It was delivered before the newer one was added.
    expect(await taken()).toMatchObject({ request });
  });

  test('is passed over while another waker takes it, and nobody waits for it', async () => {
    const [busy, free] = [await added(), await added()];
    const found = await whileHeld('select from wake_up where request_id = $1', [busy], () => take());
    expect(found.map(({ request }) => request)).toEqual([free]);
    expect((await take()).map(({ request }) => request)).toEqual([busy]);
  });

  test('that waits longest is taken first, and at most as many as the limit', async () => {
    const due = [
      [await added(), 10],
      [await added(), 30],
      [await added(), 20],
    ] as const;
    for (const [request, seconds] of due)
      await rows(
        `update wake_up set next_try_at = ledger_now() - $2 * interval '1 second' where request_id = $1`,
        [request, seconds],
      );
    const [[least], [most], [middle]] = due;
    expect((await take(2)).map(({ request }) => request).sort()).toEqual([most, middle].sort());
    expect((await take(2)).map(({ request }) => request)).toEqual([least]);
  });

  test('that was not delivered is due again after a pause that doubles, and is at most half a minute', async () => {
    await added();
    await atTime(Date.now(), async () => {
      const pauses: unknown[] = [];
      for (const tries of [0, 1, 2, 3, 4, 5, 6, 5_000]) {
        await rows('update wake_up set next_try_at = ledger_now(), tries = $1', [tries]);
        expect(await take()).toHaveLength(1);
        expect(await take()).toEqual([]);
        const [row] = await rows<{ due: number; tries: number }>(
          'select extract(epoch from next_try_at - ledger_now())::int as due, tries from wake_up',
        );
        expect(row?.tries).toBe(tries + 1);
        pauses.push(row?.due);
      }
      expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
    });
  });

  test('that is added again has a short pause again', async () => {
    const request = await added();
    await rows('update wake_up set tries = 5000');
    await add(request);
    expect(await rows('select tries from wake_up')).toEqual([{ tries: 0 }]);
  });
});

describe('a step adds a wake-up', () => {
  type Make = (at: number, state: RequestState) => object;
  /** Whether a step of this channel adds a wake-up of the request. */
  async function adds(request: RequestId, via: Via, command: Make, name = 'step'): Promise<boolean> {
    await rows('delete from wake_up');
    const step = stepOf(request, name, (at, state) => ({ at, ...command(at, state) }) as Command);
    await ledger.record({ ...step, via });
    const found = await waiting();
    expect(found).toEqual(found.map(() => request));
    return found.length > 0;
  }
  const approve: Make = () => ({ kind: 'approve', by: bo, digest: 'd1', eligibility: ELIGIBLE });
  const end: Make = () => ({ kind: 'end', by: ana, eligibility: ELIGIBLE });
  const opened = () => openedIn(ledger);
  const ends: Make = (_at, state) => ({ kind: 'expire', at: 'endsAt' in state ? state.endsAt : 0 });

  test.each<[string, () => Promise<RequestId>, Make]>([
    ['an approval that starts the grant', opened, approve],
    [
      'a denial',
      opened,
      () => ({ kind: 'deny', by: bo, digest: 'd1', eligibility: ELIGIBLE, hasReason: true }),
    ],
    ['a withdrawal', opened, () => ({ kind: 'withdraw', by: ana, digest: 'd1' })],
    ['an end during the grant', () => approvedIn(ledger), end],
    ['an end', () => grantedIn(ledger), end],
    ['a lapse', opened, (at) => ({ kind: 'lapse', at: at + 86_400_000 })],
    ['an expiry', () => grantedIn(ledger), ends],
    ['a grant that failed', () => approvedIn(ledger), () => ({ kind: 'fail-grant', fault: 'unknown' })],
    ['a request that became void', opened, () => ({ kind: 'void', why: 'x' })],
  ])(
    'when the state changes, through each channel but the workflow itself: %s',
    async (_what, make, command) => {
      for (const via of ['slack', 'cli', 'sweeper'] as const)
        expect([via, await adds(await make(), via, command)]).toEqual([via, true]);
      expect(await adds(await make(), 'workflow', command)).toBe(false);
    },
  );

  test('when the sweeper records the last receipt, and not before', async () => {
    const two = [target, { ...target, lockKey: 'y' }];
    const request = await grantedIn(ledger, { targets: two });
    await adds(request, 'slack', end, 'end');
    const [first, last] = (await ledger.leasesOf(request)).map(({ id }): Make => {
      return () => ({ kind: 'confirm-revoked', lease: id, seen: 'none' });
    });
    expect(first && (await adds(request, 'sweeper', first, 'revoked/1'))).toBe(false);
    expect(last && (await adds(request, 'sweeper', last, 'revoked/2'))).toBe(true);
  });

  test('but not when an approval is followed by others that are still missing', async () => {
    const { requirements } = opening(newRequest());
    const stages = requirements.stages.map((stage) => ({ ...stage, needs: 2 }));
    const request = await openedIn(ledger, { requirements: { ...requirements, stages } });
    expect(await adds(request, 'slack', approve, 'one')).toBe(false);
    expect(await adds(request, 'slack', () => ({ ...approve(0, {} as never), by: cy }), 'two')).toBe(true);
  });

  test('but not when it is refused, or when it was recorded before', async () => {
    const request = await openedIn(ledger);
    expect(await adds(request, 'slack', () => ({ kind: 'withdraw', by: bo, digest: 'd1' }), 'refused')).toBe(
      false,
    );
    expect(await adds(request, 'slack', approve, 'approved')).toBe(true);
    expect(await adds(request, 'slack', approve, 'approved')).toBe(false);
  });

  test('but not when the request is opened, which its workflow does', async () => {
    for (const via of ['slack', 'cli', 'sweeper', 'workflow'] as const) await openedIn(ledger, { via });
    expect(await waiting()).toEqual([]);
  });

  test('in the same transaction, so neither is there without the other', async () => {
    const request = await openedIn(ledger);
    await rows(
      `create function refuse() returns trigger language plpgsql as $$begin raise exception 'no'; end$$`,
    );
    await rows('create trigger refuse before insert on wake_up for each row execute function refuse()');
    await expect(adds(request, 'slack', approve)).rejects.toThrow('no');
    await rows('drop function refuse cascade');
    expect(await waiting()).toEqual([]);
    expect(await ledger.readTrail(request)).toHaveLength(2);
  });
});
