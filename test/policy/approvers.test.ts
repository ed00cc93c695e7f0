import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import type { Submission } from '../../policy/judge/verdict.ts';
import { enoughApprovers } from '../../policy/rules/approvers.ts';
import { evaluate } from '../../policy/rules/rule.ts';
import { edited, policyOf } from './quickstart.fixture.ts';
import { factsOf } from './submission.fixture.ts';

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

  test('shows that the requester is excluded (I10)', () =>
    expect(stageOf(person('cy'))).toMatchObject({
      verdict: 'pass',
      saw: "Can approve: bo (is the requester's manager). Cannot approve: cy (is the requester).",
      excluded: [{ person: 'cy', because: 'owns Orders database, read only', excluded: 'requester' }],
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
