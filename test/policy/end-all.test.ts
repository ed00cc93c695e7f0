import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { readPolicy } from '../../policy/files/policy-set.ts';
import { mayEndAll, mayLift } from '../../policy/judge/end-all.ts';
import { securityPeople } from '../../policy/judge/security.ts';
import { anyTarget } from './quickstart.fixture.ts';

const PEOPLE = `
people:
  - { id: ana, name: Ana, manager: bo }
  - { id: bo, name: Bo }
  - { id: cy, name: Cy }
  - { id: sam, name: Sam }
  - { id: gus, name: Gus, active: false }
groups: { owners: [cy], security: [sam, gus] }
`;
const CATALOGUE = `
entitlements:
  - id: orders-db
    title: Orders
    owner: group:owners
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: github, kind: team, org: o, team: t }]
    route: { approvers: [owner, manager] }
`;

function policyOf(security: string) {
  const read = readPolicy({ 'people.yaml': PEOPLE, 'catalogue.yaml': CATALOGUE + security }, anyTarget);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
const policy = policyOf('security: { people: [group:security] }');
const person = (id: string): EndScope => ({ kind: 'person', person: id as PersonId });
const [orders, github, everything, leavers]: readonly EndScope[] = [
  { kind: 'entitlement', entitlement: 'orders-db' },
  { kind: 'provider', provider: 'github' },
  { kind: 'everything' },
  { kind: 'leavers', people: ['gus' as PersonId] },
];
const answer = (by: string, scope: EndScope, of = policy): string => {
  const may = mayEndAll(of, by as PersonId, scope);
  return may.ok ? `yes, ${may.value.needs ?? 'no'} lock` : 'no';
};

describe('who may end everything of a scope, and how many must lift the lock', () => {
  test.each<[who: string, by: string, scope: EndScope | undefined, expected: string]>([
    ['a person, of themselves', 'ana', person('ana'), 'yes, no lock'],
    ['a person who is no longer active, of themselves', 'gus', person('gus'), 'yes, no lock'],
    ['a person, of somebody else', 'ana', person('bo'), 'no'],
    ['a manager, of their report', 'bo', person('ana'), 'no'],
    ['security, of a person', 'sam', person('ana'), 'yes, 2 lock'],
    ['security, of themselves', 'sam', person('sam'), 'yes, no lock'],
    ['security who is no longer active', 'gus', person('ana'), 'no'],
    ['an owner, of the entitlement', 'cy', orders, 'yes, 2 lock'],
    ['an owner, of another entitlement', 'cy', { kind: 'entitlement', entitlement: 'other' }, 'no'],
    ['an approver who is no owner, of the entitlement', 'bo', orders, 'no'],
    ['security, of an entitlement', 'sam', orders, 'yes, 2 lock'],
    ['an owner, at a provider', 'cy', github, 'no'],
    ['security, at a provider', 'sam', github, 'yes, 2 lock'],
    ['an owner, of everything', 'cy', everything, 'no'],
    ['security, of everything', 'sam', everything, 'yes, 2 lock'],
    ['security, of people who left', 'sam', leavers, 'yes, no lock'],
    ['an owner, of people who left', 'cy', leavers, 'no'],
  ])('%s', (_who, by, scope, expected) => expect(scope && answer(by, scope)).toBe(expected));

  test('without security people nobody ends everything of others, because nobody could lift the lock', () => {
    const without = policyOf('');
    expect(answer('cy', orders as EndScope, without)).toBe('no');
    expect(answer('ana', person('ana'), without)).toBe('yes, no lock');
    expect(mayEndAll(without, 'cy' as PersonId, orders as EndScope)).toMatchObject({
      error: expect.stringContaining('has no "security"'),
    });
  });

  test('the catalogue says how many must lift it', () =>
    expect(answer('sam', person('ana'), policyOf('security: { people: [person:sam], needs: 1 }'))).toBe(
      'yes, 1 lock',
    ));

  test('a refusal names who may', () =>
    expect(mayEndAll(policy, 'ana' as PersonId, orders as EndScope)).toMatchObject({
      error: 'only its owner and the security people may: group:security',
    }));
});

describe('who may lift a lock', () => {
  test.each<[who: string, by: string, scope: EndScope | undefined, expected: boolean]>([
    ['security, of another person', 'sam', person('ana'), true],
    ['security, of everything', 'sam', everything, true],
    ['security, of their own access', 'sam', person('sam'), false],
    ['security who is no longer active', 'gus', person('ana'), false],
    ['the owner of the entitlement', 'cy', orders, false],
  ])('%s', (_who, by, scope, expected) =>
    expect(scope && mayLift(policy, by as PersonId, { scope }).ok).toBe(expected),
  );
});

test('the security people are the active ones whom the catalogue names', () =>
  expect(securityPeople(policy)).toEqual(['sam']));

test.each([
  ['a group that does not exist', 'security: { people: [group:secrity] }', 'did you mean "group:security"?'],
  ['nobody', 'security: { people: [] }', 'Too small'],
  ['everyone', 'security: { people: [everyone] }', 'names no known person or group'],
])('a mistake in security is reported: %s', (_what, security, expected) => {
  const read = readPolicy({ 'people.yaml': PEOPLE, 'catalogue.yaml': CATALOGUE + security }, anyTarget);
  expect(JSON.stringify(read.ok ? [] : read.error)).toContain(JSON.stringify(expected).slice(1, -1));
});
