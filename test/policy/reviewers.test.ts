import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { PolicySet } from '../../policy/files/policy-set.ts';
import { reviewersFor } from '../../policy/judge/reviewers.ts';

/** A policy without security people, in which the owner of an entitlement decides about findings at its target. */
function policyOf(
  owners: readonly (readonly [owner: string, provider: string, target: string])[],
): PolicySet {
  const people = owners.map(([id]) => [id, { id, name: id, active: true, accounts: {} }] as const);
  const entitlements = owners.map(
    ([person, provider, lockKey], n) =>
      [`e${n}`, { owner: { kind: 'person', person }, targets: [{ provider, lockKey }] }] as const,
  );
  const directory = { people: new Map(people), groups: new Map() };
  return { directory, entitlements: new Map(entitlements), auditors: [] } as unknown as PolicySet;
}

test('standing access is reviewed by the owners at its own target, also among lines of other targets and providers', () => {
  const owners = [
    ['bo', 'fake', 'thing'],
    ['cy', 'fake', 'other'],
    ['eli', 'real', 'thing'],
  ] as const;
  const lines = [...owners, ...owners].map(([, provider, target]) => ({
    ...{ kind: 'standing' as const, provider, target, approvedBy: [] },
  }));
  expect(reviewersFor(policyOf(owners), lines).map(({ reviewers }) => reviewers)).toEqual(
    [...owners, ...owners].map(([person]) => [person as PersonId]),
  );
});
