import { afterEach, describe, expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { approvedIn, confirmRevoked, end, grantedIn, newRequest, target } from './ledger.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const at = (lockKey: string) => ({ targets: [{ ...target, lockKey }] });
const change = (request: RequestId, what: string) =>
  rows(`update lease set ${what} where request_id = $1`, [request]);
const wrongLeases = async (request: RequestId) =>
  (await ledger.correctLeases(request)).map(({ lease }) => lease);
/** Sets the sweeper's next look to this time after the end of the lease. */
const lookAfterEnd = (request: RequestId, ms: number) =>
  change(request, `next_try_at = ends_at + ${ms} * interval '1 ms'`);

describe('the requests that have a wrong row (I20, T24)', () => {
  // Each of these tests looks at all requests.
  const opened: RequestId[] = [];
  afterEach(async () => {
    for (const request of opened.splice(0)) await ledger.correctLeases(request);
  });
  const granted = async (name: string): Promise<RequestId> => {
    const request = await grantedIn(ledger, at(name));
    opened.push(request);
    return request;
  };

  test('are found, and no others', async () => {
    const [, wrong] = [await granted('right'), await granted('wrong')];
    expect(await ledger.requestsWithWrongLeases()).toEqual([]);
    await change(wrong, `next_try_at = 'infinity'`);
    expect(await ledger.requestsWithWrongLeases()).toEqual([wrong]);
  });

  test('are found when events cannot be read, and the others are looked at all the same', async () => {
    const [unreadable, wrong] = [newRequest(), await granted('also wrong')];
    const forge = (kind: string, seq: number) =>
      rows(
        `insert into event (request_id, seq, step, kind, body, via, at)
         values ($1, $2, $3, $3, $4, 'workflow', ledger_now())`,
        [unreadable, seq, kind, { kind, leases: 7 }],
      );
    await forge('requested', 0);
    await forge('grant-started', 1);
    await change(wrong, `next_try_at = 'infinity'`);
    expect([...(await ledger.requestsWithWrongLeases())].sort()).toEqual([unreadable, wrong].sort());
    await forge('closed', 2);
    expect(await ledger.requestsWithWrongLeases()).toEqual([wrong]);
  });
});

describe('a row of a lease', () => {
  test('is wrong when only its end is, and is reported with the end that it has', async () => {
    const request = await grantedIn(ledger, at('end'));
    const [lease] = await ledger.leasesOf(request);
    await change(request, `ends_at = ends_at - interval '1 minute'`);
    expect(await ledger.correctLeases(request)).toMatchObject([
      {
        expected: { state: 'granted', endsAt: lease?.endsAt },
        found: { state: 'granted', endsAt: (lease?.endsAt ?? 0) - 60_000 },
      },
    ]);
    await change(request, `ends_at = ends_at + interval '1 minute'`);
    expect(await wrongLeases(request)).toEqual([]);
  });

  test.each([
    ['70 seconds after the end is right', 70_000, false],
    ['a millisecond later is wrong', 70_001, true],
  ])('with the next look of the sweeper %s', async (_what, ms, isWrong) => {
    const request = await grantedIn(ledger, at(`look ${ms}`));
    await lookAfterEnd(request, ms);
    expect(await wrongLeases(request)).toEqual(isWrong ? [leaseIdOf(request, 0)] : []);
    expect(await wrongLeases(request)).toEqual([]);
  });

  test.each([
    ['70 seconds from now is right', 70_000, false],
    ['a millisecond later is wrong', 70_001, true],
  ])('whose end passed two hours ago, with the next look of the sweeper %s', async (_what, ms, isWrong) => {
    const request = await approvedIn(ledger, at(`late ${ms}`));
    const now = Date.now() + 3 * 3_600_000;
    await atTime(now, async () => {
      await change(request, `next_try_at = to_timestamp(${now + ms} / 1000.0)`);
      expect(await wrongLeases(request)).toEqual(isWrong ? [leaseIdOf(request, 0)] : []);
      expect(await wrongLeases(request)).toEqual([]);
    });
  });

  test('of a revoked lease is right without a next look, beside one that is not revoked', async () => {
    const request = await grantedIn(ledger, {
      targets: [
        { ...target, lockKey: 'first' },
        { ...target, lockKey: 'second' },
      ],
    });
    await ledger.record(end(request));
    const [first] = await ledger.leasesOf(request);
    if (!first) throw new Error('there is no lease');
    await ledger.record(confirmRevoked(first));
    expect(await wrongLeases(request)).toEqual([]);
    await change(request, 'next_try_at = null');
    expect(await wrongLeases(request)).toEqual([leaseIdOf(request, 1)]);
  });
});
