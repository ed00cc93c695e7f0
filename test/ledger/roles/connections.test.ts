import { expect, test } from '@jest/globals';
import { CONNECTIONS, LEDGER_ROLES } from '../../../ledger/roles.ts';

test('a process that does everything opens at most 40 connections: pools, listeners and probes', () => {
  const parts = LEDGER_ROLES.filter((role) => role !== 'cli'); // The command line is a process of its own.
  const most = parts.reduce((sum, role) => {
    const { pool, listeners, probes } = CONNECTIONS[role];
    return sum + pool + listeners + probes;
  }, 0);
  expect(most).toBeLessThanOrEqual(40);
});
