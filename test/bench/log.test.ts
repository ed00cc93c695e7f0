import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { measureLog } from '../../bench/log-measures.ts';
import { logTable } from '../../bench/table.ts';
import { freshDatabase } from '../ledger/database.fixture.ts';

test('the log is measured, and the table has a line for each number of writers', async () => {
  const database = await freshDatabase();
  const home = await mkdtemp(join(tmpdir(), 'curfew-bench-log-'));
  try {
    const measured = await measureLog({ entries: 300, rounds: 1, approvals: 2 }, database.url, home);
    expect(measured.waits).toHaveLength(2);
    expect(measured.appends.map(({ writers }) => writers)).toEqual([1, 8, 32]);
    for (const { events, bare } of measured.appends)
      for (const each of [...events, ...bare]) expect(each).toBeGreaterThan(0);
    expect(
      logTable(measured)
        .split('\n')
        .filter((line) => line.includes('at once')),
    ).toHaveLength(3);
  } finally {
    await database.drop();
    await rm(home, { recursive: true, force: true });
  }
});
