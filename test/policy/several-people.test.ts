import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { readPolicy } from '../../policy/files/policy-set.ts';
import { formatProblem } from '../../policy/files/yaml.ts';
import { mayEndAll, mayLift } from '../../policy/judge/end-all.ts';
import { findingDeciders } from '../../policy/judge/finding-deciders.ts';
import { rolesOf } from '../../policy/judge/held-roles.ts';
import { mayEndQuarantine } from '../../policy/judge/quarantine.ts';
import { mayOpenReview, type ReviewedAccess, reviewersFor, reviewing } from '../../policy/judge/reviewers.ts';
import { isSecurity, securityPeople } from '../../policy/judge/security.ts';
import { sightOf } from '../../policy/judge/sight.ts';
import { anyTarget } from './quickstart.fixture.ts';

// Three people where a rule is about several, and the target, the group or the person that counts is the last one.
const PEOPLE = `
people:
  - { id: ana, name: Ana, manager: mia, accounts: { github: ana, aws-iam: ana } }
  - { id: bo, name: Bo }
  - { id: cy, name: Cy }
  - { id: eli, name: Eli }
  - { id: mia, name: Mia }
  - { id: gus, name: Gus, active: false, accounts: { github: gus } }
groups: { first: [bo], second: [cy, gus], third: [eli] }
`;
const catalogue = (more = '') => `${more}
entitlements:
  - id: both
    title: Both
    owner: group:second
    usual: 1h
    longest: 8h
    requesters: [person:bo, person:ana]
    targets: [{ provider: github, team: a }, { provider: aws-iam, team: b }, { provider: github, team: c }]
    route: { approvers: [group:first, group:second, person:eli, manager], needs: 2 }
  - id: third
    title: Third
    owner: person:eli
    usual: 1h
    longest: 8h
    requesters: [person:ana]
    targets: [{ provider: github, team: c }]
    route: { approvers: [owner] }
`;
const NAMED_THERE = '[group:first, group:second, person:eli]';
const SECURITY = `security: { people: ${NAMED_THERE}, needs: 3 }\n`;
const AUDITORS = `auditors: ${NAMED_THERE}\n`;

function policyWith(more = '') {
  const read = readPolicy({ 'people.yaml': PEOPLE, 'catalogue.yaml': catalogue(more) }, anyTarget);
  if (!read.ok) throw new Error(read.error.map(formatProblem).join('\n'));
  return read.value;
}
const policy = policyWith(AUDITORS + SECURITY);
const without = policyWith();
const securityOf = (person: string) => policyWith(`security: { people: [person:${person}] }\n`);
const ALL = ['ana', 'bo', 'cy', 'eli', 'mia', 'gus', 'zed'];
const those = (may: (person: PersonId) => boolean) => ALL.filter((each) => may(each as PersonId));
const target = (provider: string, team: string) => ({ provider, targetName: JSON.stringify({ team }) });

describe('each of three selectors names its active people', () => {
  const NAMED = ['bo', 'cy', 'eli'];
  test.each<[string, (person: PersonId) => boolean, readonly string[]]>([
    ['security people', (person) => isSecurity(policy, person), NAMED],
    ['auditors who see everything', (person) => sightOf(policy, person).isAuditor, NAMED],
    ['auditors who may open a review', (person) => mayOpenReview(policy, person).ok, NAMED],
    ['those who may end a quarantine', (person) => mayEndQuarantine(policy, person).ok, NAMED],
    ['those who may end everything', (person) => mayEndAll(policy, person, { kind: 'everything' }).ok, NAMED],
    [
      'those who may lift a lock of everything',
      (person) => mayLift(policy, person, { scope: { kind: 'everything' } }).ok,
      NAMED,
    ],
    [
      'those who may end everything of an entitlement: also its active owner',
      (person) => mayEndAll(securityOf('bo'), person, { kind: 'entitlement', entitlement: 'both' }).ok,
      ['bo', 'cy'],
    ],
    [
      'those who may lift a lock of one of them',
      (person) => mayLift(policy, person, { scope: { kind: 'person', person: 'cy' as PersonId } }).ok,
      ['bo', 'eli'],
    ],
    [
      'those who may end everything of one of them without security people',
      (person) => mayEndAll(without, person, { kind: 'person', person: 'cy' as PersonId }).ok,
      ['cy'],
    ],
    ['owners of the first entitlement', (person) => sightOf(policy, person).owns.has('both'), ['cy']],
    [
      'who can approve it for somebody',
      (person) => sightOf(policy, person).approves.has('both'),
      ['bo', 'cy', 'eli', 'mia'],
    ],
    [
      'who can approve what its owner approves',
      (person) => sightOf(policy, person).approves.has('third'),
      ['eli'],
    ],
  ])('%s', (_what, may, expected) => expect(those(may)).toEqual(expected));

  test('also as a list, each once', () => expect(securityPeople(policy)).toEqual(NAMED));

  test('a role that a live lease gives is that of its person alone, while they are active', () => {
    const held = ['ana', 'gus'].map((person) => ({
      person,
      role: 'auditor',
      lease: 'l',
      request: 'r',
      until: 1,
    }));
    const roles = (person: string) =>
      rolesOf(without, held as unknown as Parameters<typeof rolesOf>[1], person as PersonId);
    expect(['ana', 'bo', 'gus'].map((person) => roles(person).length)).toEqual([1, 0, 0]);
  });

  test('and none of them without the key', () => {
    expect(those((person) => isSecurity(without, person))).toEqual([]);
    expect(those((person) => mayOpenReview(without, person).ok)).toEqual([]);
    expect(those((person) => mayEndQuarantine(without, person).ok)).toEqual([]);
  });
});

describe('how many must lift the lock of who ends everything', () => {
  const scopes: readonly EndScope[] = [
    { kind: 'entitlement', entitlement: 'both' },
    { kind: 'entitlement', entitlement: 'third' },
    { kind: 'provider', provider: 'aws-iam' },
    { kind: 'person', person: 'mia' as PersonId },
  ];
  test.each(scopes)('%j', (scope) =>
    expect(mayEndAll(policy, 'eli' as PersonId, scope)).toEqual({ ok: true, value: { needs: 3 } }),
  );
});

describe('who decides about a finding', () => {
  test.each<[string, typeof policy, ReturnType<typeof target>, readonly string[]]>([
    ['at the first target of an entitlement: its active owner', without, target('github', 'a'), ['cy']],
    ['at the second one', without, target('aws-iam', 'b'), ['cy']],
    ['at a target of two entitlements: both owners', without, target('github', 'c'), ['cy', 'eli']],
    ['at a target of the same name elsewhere: nobody', without, target('aws-iam', 'a'), []],
    ['at a target of no entitlement: nobody', without, target('github', 'z'), []],
    ['with security people: they alone', policy, target('aws-iam', 'b'), ['bo', 'cy', 'eli']],
  ])('%s', (_where, of, at, expected) => expect(findingDeciders(of, at)).toEqual(expected));
});

test('a manager may have to review what the people have whose manager they are, whoever else approves it', () =>
  expect(reviewing(policy, 'mia' as PersonId)).toEqual({ people: ['ana'], entitlements: [] }));

describe('who reviews access', () => {
  const grant = (...approvedBy: readonly string[]): ReviewedAccess => ({
    ...{ kind: 'grant', person: 'ana' as PersonId, entitlement: 'both' },
    approvals: [approvedBy as readonly PersonId[]],
  });
  const standing = (more: object): ReviewedAccess => ({
    ...{ kind: 'standing', provider: 'github', target: target('github', 'c').targetName, approvals: [] },
    ...more,
  });
  const OTHERS = ['bo', 'cy', 'eli', 'mia'];
  test.each<[string, ReviewedAccess, Readonly<{ owner?: string; reviewers: readonly string[] }>]>([
    ['nobody approved it', grant(), { owner: 'ana', reviewers: OTHERS }],
    ['one person approved it alone', grant('cy'), { owner: 'ana', reviewers: ['bo', 'eli', 'mia'] }],
    ['one person approved it twice', grant('cy', 'cy'), { owner: 'ana', reviewers: ['bo', 'eli', 'mia'] }],
    ['three people approved it', grant('bo', 'cy', 'eli'), { owner: 'ana', reviewers: OTHERS }],
    ['who approved it alone left the route', grant('gus'), { owner: 'ana', reviewers: OTHERS }],
    ['standing access of nobody known', standing({}), { reviewers: ['bo', 'cy', 'eli'] }],
    [
      'standing access of the account of somebody, which a lease of somebody else left',
      standing({ account: 'ana', leaseOf: 'bo' }),
      { owner: 'ana', reviewers: ['bo', 'cy', 'eli'] },
    ],
    [
      'standing access that a lease of somebody left, of an account that nobody has now',
      standing({ account: 'old', leaseOf: 'bo' }),
      { owner: 'bo', reviewers: ['cy', 'eli'] },
    ],
    [
      'standing access that one of three deciders adopted alone',
      standing({ approvals: [['eli']] }),
      { reviewers: ['bo', 'cy'] },
    ],
  ])('%s', (_what, access, { owner, reviewers }) =>
    expect(reviewersFor(policy, [access])).toEqual([{ owner, reviewers }]),
  );
});
