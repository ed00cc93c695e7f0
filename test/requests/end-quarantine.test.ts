import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import type { Deps } from '../../requests/deps.ts';
import { decideQuarantineAnswer } from '../../requests/end-quarantine.ts';
import { freshMemory } from '../../requests/manifest-access.ts';
import { planDigest } from '../../requests/quarantine-plan.ts';
import { entryOf, memoryStore, never, ours, putEntry } from '../manifest/manifest.fixture.ts';

test.each([
  ['a process gave out a higher serial than the store has', 3, 7],
  ['the store has a higher serial than a process gave out', 9, 7],
])('the serials go on above each that was given out: %s (F37)', async (_what, stored, givenOut) => {
  const store = memoryStore();
  await putEntry(store, entryOf({ serial: stored, state: 'over' }));
  let raisedTo: number | undefined;
  const ledger = {
    manifestSerial: () => Promise.resolve(givenOut + stored),
    knownLeases: () => Promise.resolve([]),
    readQuarantine: () => Promise.resolve({ id: 1, manifestSerial: givenOut, plan: [] }),
    endQuarantine: (_answer: unknown, { serial }: { serial: number }) => {
      raisedTo = serial;
      return Promise.resolve(true);
    },
  };
  const dee = 'dee' as PersonId;
  const policy = {
    ownerOf: () => Promise.resolve(ok(dee)),
    mayEndQuarantine: () => Promise.resolve(ok(undefined)),
  };
  const { privateKey, publicKey } = ours;
  const manifest = { store, privateKey, publicKeys: [publicKey], memory: freshMemory() };
  await decideQuarantineAnswer(
    { ledger, policy, manifest } as unknown as Deps,
    { id: 'answer', quarantine: 1, account: 'x', person: dee, planDigest: planDigest([]) },
    never,
  );
  expect(raisedTo).toBe(Math.max(stored, givenOut));
});

test('an account that nobody has ends no quarantine, whatever the policy says of nobody', async () => {
  const refusals: string[] = [];
  const ledger = {
    refuseQuarantineAnswer: (_id: string, why: string) => Promise.resolve(void refusals.push(why)),
  };
  const policy = {
    ownerOf: () => Promise.resolve(ok(null)),
    mayEndQuarantine: () => Promise.resolve(ok(undefined)),
  };
  await decideQuarantineAnswer(
    { ledger, policy } as unknown as Deps,
    { id: 'answer', quarantine: 1, account: 'x', person: null, planDigest: planDigest([]) },
    never,
  );
  expect(refusals).toEqual([expect.stringContaining('not linked to an active person')]);
});
