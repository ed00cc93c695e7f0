import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { HeldRole } from '../../core/curfew-role.ts';
import { permanentRoles, rolesOf, withHeldRoles } from '../../policy/judge/held-roles.ts';
import { sightOf } from '../../policy/judge/sight.ts';
import { mistakesOf, readRolePolicy, type RolePolicy } from './curfew-roles.fixture.ts';

const people = [{ id: 'ana', manager: 'bo' }, { id: 'bo' }, { id: 'cy' }, { id: 'sam' }];
const SECURITY = ['person:sam'];
const role = (
  requesters: readonly string[],
  approvers: readonly string[],
  more: Partial<RolePolicy['entitlements'][number]> = {},
): RolePolicy => ({
  people,
  security: SECURITY,
  groups: { engineers: ['ana', 'bo', 'cy'], leads: ['bo', 'cy'] },
  entitlements: [{ id: 'curfew-auditor', requesters, approvers, ...more }],
});
const EACH_OTHER =
  'So they could give it to each other. Name approvers who cannot request it, or raise "needs"';

describe('a policy by which people could give roles of Curfew to themselves is refused (T40)', () => {
  test.each<[what: string, RolePolicy, expected: readonly string[]]>([
    ['others approve', role(['group:engineers'], ['person:sam']), []],
    [
      'everyone can request it',
      role(['everyone'], ['person:sam']),
      [
        `catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and sam can approve it for ana and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'one of the approvers can request it too',
      role(['group:engineers'], ['person:sam', 'person:bo']),
      [
        `catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and bo can approve it for ana and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'one of the approvers can request it too, and two must approve',
      role(['group:engineers'], ['person:sam', 'person:bo'], { needs: 2 }),
      [],
    ],
    [
      'two of the approvers can request it too, and two must approve',
      role(['group:engineers'], ['person:sam', 'group:leads'], { needs: 2 }),
      [
        `catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and bo, cy can approve it for ana and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'only the requester could approve it',
      role(['person:ana'], ['person:ana']),
      [
        'catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and only ana could approve it for ana. Name other approvers',
      ],
    ],
    [
      'the manager approves, who can request it too',
      role(['person:ana', 'person:bo'], ['manager', 'person:sam']),
      [
        `catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and bo can approve it for ana and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'the owner approves, who can request it too',
      role(['group:engineers'], ['owner'], { owner: 'person:cy' }),
      [
        `catalogue.yaml:6:16: "curfew-auditor" gives the role auditor of Curfew, and cy can approve it for ana and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'two entitlements, whose requesters approve for each other',
      {
        ...role(['person:ana'], ['person:bo']),
        entitlements: [
          { id: 'one', requesters: ['person:ana'], approvers: ['person:bo'] },
          { id: 'two', role: 'security', requesters: ['person:bo'], approvers: ['person:ana'] },
        ],
      },
      [
        `catalogue.yaml:6:16: "one" gives the role auditor of Curfew, and bo can approve it for ana and can request such a role too. ${EACH_OTHER}`,
        `catalogue.yaml:10:16: "two" gives the role security of Curfew, and ana can approve it for bo and can request such a role too. ${EACH_OTHER}`,
      ],
    ],
    [
      'who left could approve it',
      {
        ...role(['group:engineers'], ['person:sam', 'person:dan']),
        people: [...people, { id: 'dan', active: false }],
      },
      [],
    ],
    [
      'the role security, without people who have it permanently',
      {
        people,
        entitlements: [
          { id: 'curfew-security', role: 'security', requesters: ['person:ana'], approvers: ['person:sam'] },
        ],
      },
      [
        'catalogue.yaml:4:7: "curfew-security" gives the role security of Curfew, and the catalogue has no "security". Add it, with the people who have this role permanently',
      ],
    ],
    [
      'no approval is needed',
      role(['person:ana'], ['person:sam'], { needs: 0 }),
      ['catalogue.yaml:6:43: "entitlements.0.route.needs": Too small: expected number to be >=1'],
    ],
    [
      'nobody is named as an approver',
      role(['person:ana'], []),
      ['catalogue.yaml:6:16: "entitlements.0.route.approvers": Too small: expected array to have >=1 items'],
    ],
    [
      'an unknown role',
      role(['person:ana'], ['person:sam'], { role: 'owner' }),
      ['catalogue.yaml:5:17: curfew target: "role" must be one of auditor, security'],
    ],
  ])('%s', (_what, policy, expected) => expect(mistakesOf(policy)).toEqual(expected));
});

describe('who has a role of Curfew', () => {
  const read = readRolePolicy({
    ...role(['group:engineers'], ['person:sam']),
    auditors: ['person:sam', 'group:leads'],
  });
  if (!read.ok) throw new Error('the policy has a mistake');
  const policy = read.value;
  const held = (person: string, given: HeldRole['role']): HeldRole =>
    ({ person, role: given, lease: 'lease_1', request: 'req_1', until: 1 }) as unknown as HeldRole;
  const ana = 'ana' as PersonId;

  test('by the catalogue', () =>
    expect(people.map(({ id }) => permanentRoles(policy, id as PersonId))).toEqual([
      [],
      ['auditor'],
      ['auditor'],
      ['auditor', 'security'],
    ]));

  test('by a lease, beside those of the catalogue', () => {
    const roles = [held('ana', 'security'), held('cy', 'security')];
    expect(rolesOf(policy, roles, ana)).toEqual([{ role: 'security', by: roles[0] }]);
    expect(rolesOf(policy, roles, 'cy' as PersonId)).toEqual([
      { role: 'auditor', by: 'catalogue' },
      { role: 'security', by: roles[1] },
    ]);
    expect(sightOf(withHeldRoles(policy, roles), ana)).toMatchObject({ isAuditor: false, isSecurity: true });
  });

  test('and the digest of the policy is that of its files', () =>
    expect(withHeldRoles(policy, [held('ana', 'auditor')]).digest).toBe(policy.digest));
});
