import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { logAccess } from '../../audit/published-approval.ts';
import type { RequestId } from '../../core/ids.ts';
import type { LogLedger } from '../../ledger/index.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';

const MOST = 20;
const passed = () => new Promise(setImmediate);
let now: number;
let given: AbortController;
let looks: number;
let read: () => Promise<undefined>;
/** Nothing of its log is published yet. */
const ledger = {
  entriesOfRequest: () => Promise.resolve([]),
  newestCheckpoint: () => ((looks += 1), read()),
} as unknown as LogLedger;
beforeEach(() => {
  [now, looks, given] = [0, 0, new AbortController()];
  read = () => Promise.resolve(undefined);
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  given.abort(); // also after a failure, else the attempts wait on
  jest.restoreAllMocks();
});

const attempt = (log: ReturnType<typeof logAccess>, waitMs: number, signal: AbortSignal = neverAborts) =>
  log
    .publishedEvents(ledger, { request: 'req_1' as RequestId, until: 'grant-started' }, { waitMs, signal })
    .catch((error: Error & { code?: string }) => error.code ?? error.message);

test('so many attempts wait for the log, and each other one fails at once until some of them end (F31)', async () => {
  const log = logAccess([]);
  const waiting = Array.from({ length: MOST - 1 }, () => attempt(log, 60_000, given.signal));
  /** Whether one more attempt waits. It is given up then. */
  async function waits(): Promise<boolean> {
    const over = new AbortController();
    let ended: unknown;
    const one = attempt(log, 60_000, over.signal).then((why) => (ended = why));
    await passed();
    await passed();
    const isWaiting = ended === undefined;
    over.abort();
    expect(await one).toBe(isWaiting ? 'ABORT_ERR' : 'log-behind');
    return isWaiting;
  }
  await passed();
  expect(await waits()).toBe(true);
  expect(await waits()).toBe(true);
  const last = attempt(log, 60_000, given.signal);
  await passed();
  await passed();
  expect(await waits()).toBe(false);
  given.abort();
  expect(await Promise.all([...waiting, last])).toEqual(Array.from({ length: MOST }, () => 'ABORT_ERR'));
  expect(await waits()).toBe(true);
});

test('one look serves all attempts of a quarter of a second, and a look that fails serves no other', async () => {
  const log = logAccess([]);
  for (const at of [0, 0, 249]) {
    now = at;
    expect(await attempt(log, 0)).toBe('log-behind');
  }
  expect(looks).toBe(1);
  now = 250;
  read = () => Promise.reject(new Error('away'));
  expect(await attempt(log, 0)).toBe('away');
  read = () => Promise.resolve(undefined);
  expect(await attempt(log, 0)).toBe('log-behind');
  expect(looks).toBe(3);
});
