import { expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { MassEnding } from '../../core/mass-ending.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { endRequests } from '../../requests/mass-ending/end-requests.ts';
import { endWhatIsLocked } from '../../upkeep/end-what-is-locked.ts';

const massEnding = { id: 'end_1' } as unknown as MassEnding;

/** A ledger in which these requests are to be ended, in this order. Those of `failing` cannot be ended, and those of `over` have ended meanwhile. */
function ledgerOf(
  requests: readonly string[],
  { failing = [], over = [] }: Readonly<{ failing?: readonly string[]; over?: readonly string[] }> = {},
) {
  const left = new Set(requests);
  const ended: string[] = [];
  const ledger = {
    requestsToEnd: (_id: unknown, most: number) => Promise.resolve([...left].slice(0, most)),
    massEnd: (_massEnding: unknown, { request }: { request: string }) => {
      if (failing.includes(request)) return Promise.reject(new Error(`${request} does not answer`));
      left.delete(request);
      if (!over.includes(request)) ended.push(request);
      return Promise.resolve({ outcome: { ok: !over.includes(request) } });
    },
  } as unknown as Pick<Ledger, 'requestsToEnd' | 'massEnd'>;
  return { ledger, ended };
}
const named = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);

test('every request is ended once, also where there are more than one page', async () => {
  const { ledger, ended } = ledgerOf(named('req', 450));
  const done = await endRequests(ledger, massEnding, 'cli');
  expect(done).toEqual(named('req', 450));
  expect([...ended].sort()).toEqual(done);
});

test('a request that had ended meanwhile is not among those that were ended', async () => {
  const { ledger } = ledgerOf(['a', 'b', 'c'], { over: ['b'] });
  expect(await endRequests(ledger, massEnding, 'cli')).toEqual(['a', 'c'] as unknown as RequestId[]);
});

test.each([
  ['one, which comes first', 1],
  ['more than a page, which come first', 250],
])('when %s cannot be ended, all others are, and then it throws (I18)', async (_what, count) => {
  const failing = named('a', count);
  const { ledger, ended } = ledgerOf([...failing, ...named('b', 300)], { failing });
  await expect(endRequests(ledger, massEnding, 'cli')).rejects.toThrow('does not answer');
  expect([...ended].sort()).toEqual(named('b', 300));
});

test('no more requests are ended at the same time than the worker has connections', async () => {
  const { ledger } = ledgerOf(named('a', 30));
  let [now, most] = [0, 0];
  const massEnd: typeof ledger.massEnd = async (...step) => {
    most = Math.max(most, (now += 1));
    await new Promise(setImmediate);
    now -= 1;
    return ledger.massEnd(...step);
  };
  await endRequests({ ...ledger, massEnd }, massEnding, 'cli');
  expect(most).toBe(7);
});

test('the sweeper finishes every other mass ending when a request of the first one cannot be ended, and then it throws (I18)', async () => {
  const ledgers = [ledgerOf(['a'], { failing: ['a'] }), ledgerOf(['b'])];
  const endings = ['end_1', 'end_2'].map((id) => ({ id }) as unknown as MassEnding);
  const of = (id: string) => ledgers[id === 'end_1' ? 0 : 1]?.ledger;
  const ledger = {
    lostLeasesLeft: () => Promise.resolve([]),
    unfinishedMassEndings: () => Promise.resolve(endings),
    requestsToEnd: (id: string, most: number) => of(id)?.requestsToEnd(id as never, most),
    massEnd: (ending: { id: string }, step: never) => of(ending.id)?.massEnd(ending as never, step),
  } as unknown as Ledger;
  await expect(endWhatIsLocked({ ledger, policy: {} as Policy })).rejects.toThrow('a does not answer');
  expect(ledgers[1]?.ended).toEqual(['b']);
});
