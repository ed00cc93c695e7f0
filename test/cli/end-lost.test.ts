import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { endedLost } from '../../cli/actions/end-lost.ts';

let said: string[] = [];
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => void jest.restoreAllMocks());

/** Ends a request in this state, of which so many lost leases are left. The worker decides the click so. */
async function ended(kind: string, left: number, code?: string) {
  const sent: unknown[] = [];
  const ledger = {
    lostLeasesOf: () => Promise.resolve(Array.from({ length: left }, () => ({}))),
    writeClick: (click: { kind: string; request: string }) => {
      sent.push(`${click.kind} ${click.request}`);
      return Promise.resolve(click);
    },
    clickOutcome: () =>
      Promise.resolve(code === undefined ? { kind: 'answered' } : { kind: 'refused', refusal: { code } }),
  };
  const caller = { via: 'cli', account: 'ana', person: 'ana' };
  const outcome = await endedLost({
    ...{ context: { deps: { ledger } }, caller, request: 'req_1' as RequestId, state: { kind } },
  } as unknown as Parameters<typeof endedLost>[0]).catch(({ name }: Error) => name);
  return [outcome, sent.length, said.join('').startsWith('Ended.')];
}

test.each<[string, Parameters<typeof ended>, readonly unknown[]]>([
  ['that the ledger does not have', ['blank', 1, 'unknown-request'], [true, 1, true]],
  ['that the ledger has as pending', ['pending', 3, 'wrong-state'], [true, 1, true]],
  ['that its own person ends', ['pending', 1], [true, 1, true]],
  ['that is active ends as always', ['active', 1], [false, 0, false]],
  ['that is closed ends as always', ['closed', 1], [false, 0, false]],
  ['without lost access ends as always', ['blank', 0, 'unknown-request'], [false, 0, false]],
  ['of somebody else is refused', ['blank', 1, 'unknown-person'], ['CommandError', 1, false]],
  [
    'that the ledger has as pending, of somebody else, is refused',
    ['pending', 1, 'not-requester'],
    ['CommandError', 1, false],
  ],
])('a lost request %s (I25)', async (_what, given, expected) =>
  expect(await ended(...given)).toEqual(expected),
);
