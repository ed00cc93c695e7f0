import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import type { Submission } from '../../policy/judge/verdict.ts';
import { stagesFor } from '../../policy/judge/approvers.ts';
import { isEligible } from '../../policy/judge/eligibility.ts';
import { enoughApprovers } from '../../policy/rules/approvers.ts';
import { evaluate } from '../../policy/rules/rule.ts';
import { edited, policyOf } from './quickstart.fixture.ts';
import { ana, factsOf } from './submission.fixture.ts';

const person = (id: string) => ({ person: id as PersonId });

describe('a stage of approval', () => {
  const stageOf = (more: Partial<Submission>, files?: PolicyFiles) =>
    evaluate(enoughApprovers, factsOf(more, policyOf(files))).result.stages?.[0];

  test('shows who can approve and how many must', () =>
    expect(stageOf({ entitlement: 'infra-maintain' })).toEqual({
      stage: 1,
      verdict: 'pass',
      wanted: 'At least 2 people can approve.',
      saw: "Can approve: sam (is in security), bo (is the requester's manager).",
      needs: 2,
      approvers: [
        { person: 'sam', because: 'is in security' },
        { person: 'bo', because: "is the requester's manager" },
      ],
      excluded: [],
    }));

  test('says in the singular that one person must', () =>
    expect(stageOf({})?.wanted).toBe('At least 1 person can approve.'));

  test('shows that the requester is excluded (I10)', () =>
    expect(stageOf(person('cy'))).toMatchObject({
      verdict: 'pass',
      saw: "Can approve: bo (is the requester's manager). Cannot approve: cy (is the requester).",
      excluded: [{ person: 'cy', because: 'owns Orders database, read only', excluded: 'requester' }],
    }));

  test('has no manager for a requester who has none', () =>
    expect(stageOf(person('bo'))).toMatchObject({
      saw: 'Can approve: cy (owns Orders database, read only).',
      approvers: [{ person: 'cy', because: 'owns Orders database, read only' }],
      excluded: [],
    }));

  test('shows that an inactive person is excluded', () =>
    expect(
      stageOf({ entitlement: 'aws-admins' }, edited('people.yaml', 'title: Security', 'active: false')),
    ).toMatchObject({
      verdict: 'refuse',
      saw: 'Can approve: nobody. Cannot approve: sam (is not active).',
      approvers: [],
      excluded: [{ person: 'sam', because: 'is in security', excluded: 'inactive' }],
    }));

  test('spells the first ten approvers and the number of the others', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const people = ids.map((id) => `  - { id: ${id}, name: ${id} }`).join('\n');
    const files = edited('people.yaml', 'security: [sam]', `security: [${ids.join(', ')}]`);
    files['people.yaml'] = files['people.yaml'].replace('people:', `people:\n${people}`);
    const stage = stageOf({ entitlement: 'aws-admins' }, files);
    expect(stage?.saw).toMatch(/p9 \(is in security\), 2 more\.$/);
    expect(stage?.approvers.length).toBe(12);
  });
});

describe('who is named by the route', () => {
  const named = (approvers: string) => {
    const policy = policyOf(
      edited('catalogue.yaml', 'approvers: [owner, manager]', `approvers: ${approvers}`),
    );
    const [entitlement, requester] = [policy.entitlements.get('orders-db'), policy.directory.people.get(ana)];
    if (!entitlement || !requester) throw new Error('the quickstart has changed');
    return stagesFor(policy, entitlement, requester)[0]?.approvers.map(
      ({ person: who, because }) => `${who} ${because}`,
    );
  };

  test.each([
    ['[person:sam]', ['sam is named in the catalogue']],
    ['[group:data-owners]', ['cy is in data-owners', 'bo is in data-owners']],
    ['[group:data-owners, owner, manager, person:bo]', ['cy is in data-owners', 'bo is in data-owners']],
    ['[manager, group:data-owners]', ["bo is the requester's manager", 'cy is in data-owners']],
  ])('%s names each person once, with the first reason', (approvers, expected) =>
    expect(named(approvers)).toEqual(expected),
  );
});

describe('who may answer an open request', () => {
  const eligible = (
    details: Partial<{ requester: string; entitlement: string }>,
    by: string,
    files?: PolicyFiles,
  ) =>
    isEligible(
      policyOf(files),
      { requester: ana, entitlement: 'orders-db', ...details } as Parameters<typeof isEligible>[1],
      by as PersonId,
    );

  test.each<[string, boolean, boolean]>([
    ['an approver', eligible({}, 'cy'), true],
    ['another approver', eligible({}, 'bo'), true],
    ['a person whom the route does not name', eligible({}, 'sam'), false],
    ['a person who is not known', eligible({}, 'zed'), false],
    ['the requester', eligible({ requester: 'cy' }, 'cy'), false],
    ['an approver of a requester who left', eligible({ requester: 'zed' }, 'cy'), false],
    ['an approver of an entitlement that is gone', eligible({ entitlement: 'zed' }, 'cy'), false],
    [
      'an approver of a requester who is not active any more',
      eligible({}, 'cy', edited('people.yaml', '    title: Backend engineer', '    active: false')),
      true,
    ],
    [
      'an approver who left',
      eligible(
        {},
        'cy',
        edited('people.yaml', '    title: Owner of the orders service', '    active: false'),
      ),
      false,
    ],
  ])('%s', (_who, is, expected) => expect(is).toBe(expected));
});
