import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { PolicySet } from '../../policy/files/policy-set.ts';
import { reviewersFor, reviewing } from '../../policy/judge/reviewers.ts';

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
    ...{ kind: 'standing' as const, provider, target, approvals: [] },
  }));
  expect(reviewersFor(policyOf(owners), lines).map(({ reviewers }) => reviewers)).toEqual(
    [...owners, ...owners].map(([person]) => [person as PersonId]),
  );
});

test('access of an account is of the person who has it now, and else of the person whose lease left it', () => {
  const owners = ['bo', 'cy', 'eli'].map((owner) => [owner, 'fake', 'thing'] as const);
  const policy = policyOf(owners);
  const cy = policy.directory.people.get('cy' as PersonId);
  Object.assign(cy?.accounts ?? {}, { fake: ['cy-account'] });
  const access = { kind: 'standing', provider: 'fake', target: 'thing', approvals: [] } as const;
  const leaseOf = 'bo' as PersonId;
  const accounts = [{ account: 'cy-account', leaseOf }, { account: 'unknown', leaseOf }, { leaseOf }];
  expect(
    reviewersFor(
      policy,
      accounts.map((each) => ({ ...access, ...each })),
    ),
  ).toEqual([
    { owner: 'cy', reviewers: ['bo', 'eli'] },
    { owner: 'bo', reviewers: ['cy', 'eli'] },
    { owner: 'bo', reviewers: ['cy', 'eli'] },
  ]);
});

test('who reviews a line has it among what they may have to review, also when its person has left', () => {
  const person = (id: string, more: object = {}) =>
    [id, { id, name: id, active: true, accounts: {}, ...more }] as const;
  const approvers = {
    named: { kind: 'person', person: 'bo' },
    managed: { kind: 'manager' },
    owned: { kind: 'owner' },
  };
  const entitlements = Object.entries(approvers).map(
    ([id, approver]) =>
      [
        id,
        {
          id,
          owner: { kind: 'person', person: 'cy' },
          targets: [],
          route: { approvers: [approver], needs: 1 },
        },
      ] as const,
  );
  const policy = {
    directory: {
      people: new Map([
        person('ana', { manager: 'dee', active: false }),
        person('bo'),
        person('cy'),
        person('dee'),
      ]),
      groups: new Map(),
    },
    ...{ entitlements: new Map(entitlements), auditors: [] },
  } as unknown as PolicySet;
  const access = (entitlement: string, who = 'ana') =>
    ({ kind: 'grant', person: who as PersonId, entitlement, approvals: [] }) as const;
  const ids = Object.keys(approvers);
  const reviewers = reviewersFor(
    policy,
    ids.map((id) => access(id)),
  ).map((each) => each.reviewers);
  expect(reviewers).toEqual([['bo'], ['dee'], ['cy']]);
  for (const [at, id] of ids.entries()) {
    const { people, entitlements: concerned } = reviewing(policy, reviewers[at]?.[0] as PersonId);
    expect([id, people.includes('ana' as PersonId) || concerned.includes(id)]).toEqual([id, true]);
  }
  const [removed] = reviewersFor(policy, [access('managed', 'zoe')]);
  expect(removed?.reviewers).toEqual([]); // Nobody knows the manager of a person who is not in people.yaml any more.
  expect(reviewing(policy, 'ana' as PersonId)).toEqual({ people: [], entitlements: [] });
});
