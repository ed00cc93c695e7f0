import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Ends, measureEnds } from '../../bench/ends.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

describe('20 leases that end at the same moment, and 20 that people end, at a vendor that handles 4 calls at once', () => {
  let ends: Ends;
  beforeAll(async () => {
    const database = await freshDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'curfew-ends-'));
    try {
      ends = await measureEnds({ leases: 20, latencyMs: 5, cap: 4 }, database.url, folder);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 10 }); // The last write of the log may be under way.
      await database.drop();
    }
  }, 120_000);

  test('each access is removed', () => expect([ends.due.removed, ends.ended.removed]).toEqual([20, 20]));
  test('a lease costs the vendor two calls at least: a removal, and a look after it', () => {
    for (const { calls } of [ends.due, ends.ended]) expect(calls).toBeGreaterThanOrEqual(40);
  });
  test('nothing takes less than the limit of the vendor allows', () => {
    // 20 removals, of which 4 take 5 ms together.
    for (const { tookS } of [ends.due, ends.ended]) expect(tookS).toBeGreaterThanOrEqual(0.02);
  });
  test('the operator reads of no failure', () => expect(ends.failures).toEqual([]));
});
