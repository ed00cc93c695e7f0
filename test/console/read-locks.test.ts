import { expect, test } from '@jest/globals';
import { readLocksOn } from '../../console/pages/read-locks.ts';
import type { ConsoleDeps } from '../../console/deps.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { ana, bo, cy, dee } from '../core/request/request.fixture.ts';

/** Which of these scopes are locked on the page of Ana. */
async function heldBy(scopes: readonly EndScope[]) {
  const ledger = {
    readLocks: () => Promise.resolve(scopes.map((scope) => ({ scope }))),
    cutOffsInForce: (person: string) => Promise.resolve(person === ana ? [{ provider: 'aws-iam' }] : []),
  };
  const mayLift = (by: string) => Promise.resolve({ ok: by === dee });
  const deps = { ledger, policy: { mayLift } } as unknown as ConsoleDeps;
  const { held, denied } = await readLocksOn(deps, { person: dee }, ana);
  expect(denied).toEqual([{ kind: 'denied', provider: 'aws-iam' }]);
  return held.map(({ massEnding, mayLift: may }) => [massEnding.scope, may]);
}

test.each<[string, EndScope, boolean]>([
  ['everything of them', { kind: 'person', person: ana }, true],
  ['everything', { kind: 'everything' }, true],
  ['people who left, and they are one of these', { kind: 'leavers', people: [bo, ana] }, true],
  ['people who left, and they are none of these', { kind: 'leavers', people: [bo, cy] }, false],
  ['everything of somebody else', { kind: 'person', person: bo }, false],
  ['one entitlement', { kind: 'entitlement', entitlement: 'orders-db' }, false],
  ['one provider', { kind: 'provider', provider: 'github' }, false],
])('the page of a person shows the locks on all that they can have: one of %s', async (_of, scope, shown) =>
  expect(await heldBy([scope])).toEqual(shown ? [[scope, true]] : []),
);
