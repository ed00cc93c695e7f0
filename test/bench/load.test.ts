import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Load, measureLoad } from '../../bench/load.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

describe('30 requests and 30 approvals at once, at 10 times the speed of Slack', () => {
  let load: Load;
  beforeAll(async () => {
    const database = await freshDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'curfew-load-'));
    try {
      load = await measureLoad({ requests: 30, approvers: 5, speed: 10 }, database.url, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
      await database.drop();
    }
  }, 120_000);

  test('no message is lost, and none comes twice', () =>
    expect(load).toMatchObject({ lost: 0, duplicates: 0 }));
  test('Slack refuses no call', () => expect(load.refused).toBe(0));
  // A slow machine may have no connection free for five seconds. The bot tries again, and the place of a message stays claimed until then.
  // The counts above say whether anything was lost.
  const OF_SLOW_MACHINES = /^Fault: ledger-unavailable|: another gateway posts the message in /;
  test('the operator reads of no mistake', () =>
    expect(load.warnings.filter((warning) => !OF_SLOW_MACHINES.test(warning))).toEqual([]));
});
