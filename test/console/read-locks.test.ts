import { expect, test } from '@jest/globals';
import { readLocksOn } from '../../console/pages/person/locks.tsx';
import { readEndAll } from '../../console/pages/person/read-end-all.ts';
import type { ConsoleDeps } from '../../console/deps.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { ok } from '../../core/result.ts';
import { ana, bo, cy, dee, noon } from '../core/request/request.fixture.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';

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

test('what would end of a person has the access of theirs that a restored ledger has lost, and none of others', async () => {
  const lost = ['ana', 'bo'].map((name, nth) => ({
    ...{ request: `req_${String(nth).padStart(26, '0')}`, endsAt: noon },
    entry: entryOf({ subject: { id: name, name } }),
  }));
  const ledger = {
    lostLeasesLeft: () => Promise.resolve(lost),
    readScope: () => Promise.resolve({ total: 1, withAccess: 0, granting: 0, people: 1, first: [] }),
    ...{ readLocks: () => Promise.resolve([]), cutOffsInForce: () => Promise.resolve([]) },
    ...{ now: () => Promise.resolve(noon), auditPage: () => Promise.resolve({ rows: [] }) },
  };
  const policy = {
    mayEndAll: () => Promise.resolve(ok({})),
    ownerOf: (_provider: string, name: string) => Promise.resolve(ok(name)),
    lastKnownPersonOf: (_provider: string, id: string) => Promise.resolve({ id }),
    ...{ givenBy: () => Promise.resolve([]), lastKnown: () => Promise.resolve(undefined) },
  };
  const answer = await readEndAll({ ledger, policy } as unknown as ConsoleDeps, { person: dee }, ana);
  expect(answer?.content).toMatchObject({ total: 2, withAccess: 1, first: [{ id: lost[0]?.request }] });
});
