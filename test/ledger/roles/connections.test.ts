import { expect, test } from '@jest/globals';
import { startAccountChecks } from '../../../inbox/account-checks.ts';
import { startDispatcher } from '../../../inbox/dispatcher.ts';
import { startWaker } from '../../../inbox/waker.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { CONNECTIONS, HINT_CONNECTIONS, LEDGER_ROLES } from '../../../ledger/roles.ts';

test('a process that does everything opens at most 48 connections: pools, listeners, probes and hints', () => {
  // The command line is a process of its own, and so is what reads as the reader.
  const parts = LEDGER_ROLES.filter((role) => role !== 'cli' && role !== 'reader');
  const most = parts.reduce((sum, role) => {
    const { pool, listeners, probes } = CONNECTIONS[role];
    return sum + pool + listeners + probes;
  }, HINT_CONNECTIONS);
  expect(most).toBeLessThanOrEqual(48);
});

/** How many connections the parts of a duty hold that wait for notifications. */
function listenersOf(start: (deps: never) => void): number {
  let count = 0;
  const watch = () => ((count += 1), { stop: () => Promise.resolve() });
  start({ ledger: { watch } as unknown as Ledger } as never);
  return count;
}

test.each([
  ['gateway', [startAccountChecks]],
  ['worker', [startDispatcher, startWaker]],
] as const)('the listeners of the %s are counted as they are', (role, parts) => {
  const count = parts.reduce((sum, start) => sum + listenersOf(start), 0);
  expect(count).toBe(CONNECTIONS[role].listeners);
});
