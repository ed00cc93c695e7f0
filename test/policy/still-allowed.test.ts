import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { RequestDetails } from '../../core/request/state.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import { isEligible } from '../../policy/judge/eligibility.ts';
import { stillAllowed } from '../../policy/judge/still-allowed.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, ana, approval } from './submission.fixture.ts';

const { minutes, targets } = allowed(policyOf());
const CHANGED = 'what it grants was changed';
const details = { requester: ana, entitlement: 'orders-db', minutes } as RequestDetails;

describe('the judgement before the grant only narrows (I12, B46)', () => {
  test.each<[string, PolicyFiles, string | true]>([
    ['nothing changed', QUICKSTART, true],
    [
      'the requester left (F29)',
      edited('people.yaml', 'title: Backend engineer', 'active: false'),
      'the requester is no longer active',
    ],
    [
      'the requester is not in people.yaml any more (F29)',
      {
        ...QUICKSTART,
        'people.yaml': QUICKSTART['people.yaml']
          .replace('id: ana', 'id: anne')
          .replace('engineers: [ana, bo, cy]', 'engineers: [bo, cy]'),
      },
      'the requester is no longer active',
    ],
    [
      'the approver left (B41)',
      edited('people.yaml', 'title: Owner of the orders service', 'active: false'),
      'an approver may no longer approve this',
    ],
    [
      'the entitlement was removed',
      edited('catalogue.yaml', 'id: orders-db', 'id: orders-database'),
      'the entitlement is no longer in the catalogue',
    ],
    [
      'the requester left the group',
      edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [bo, cy]'),
      'the requester may no longer request this',
    ],
    [
      'the longest length was lowered',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 1h'),
      'the longest length was lowered',
    ],
    [
      'the target is another one (I13)',
      edited('catalogue.yaml', 'role: orders_reader', 'role: orders_admin'),
      'what it grants was changed',
    ],
    [
      'the route needs more approvals',
      edited('catalogue.yaml', 'waits: 8h', 'needs: 2\n      waits: 8h'),
      'it now needs more approvals',
    ],
  ])('%s', (_why, files, expected) => {
    const still = stillAllowed(policyOf(files), details, [approval('cy')], targets);
    expect(still.ok || still.error).toBe(expected);
  });

  test.each([
    ['the first of two approvers left', ['cy', 'bo']],
    ['the second of two approvers left', ['bo', 'cy']],
  ])('one approver who may no longer approve is enough to refuse: %s (B41)', (_which, approvers) => {
    const files = edited('people.yaml', 'title: Owner of the orders service', 'active: false');
    expect(stillAllowed(policyOf(files), details, approvers.map(approval), targets)).toEqual({
      ok: false,
      error: 'an approver may no longer approve this',
    });
  });

  test.each<[string, PolicyFiles]>([
    ['as many approvals as it needs now', edited('catalogue.yaml', 'waits: 8h', 'needs: 2\n      waits: 8h')],
    [
      'a length that is the longest length now',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 2h'),
    ],
  ])('a request is granted with %s', (_what, files) =>
    expect(stillAllowed(policyOf(files), details, ['cy', 'bo'].map(approval), targets).ok).toBe(true),
  );

  test('a request without an approval is not granted', () =>
    expect(stillAllowed(policyOf(), details, [], targets)).toEqual({
      ok: false,
      error: 'nobody approved it',
    }));

  test.each<[string, string, string | true]>([
    ['both are the same', '- { provider: github, team: a }\n      - { provider: github, team: b }', true],
    [
      'the second is another one',
      '- { provider: github, team: a }\n      - { provider: github, team: c }',
      CHANGED,
    ],
    [
      'their order is another one',
      '- { provider: github, team: b }\n      - { provider: github, team: a }',
      CHANGED,
    ],
    ['the second is gone', '- { provider: github, team: a }', CHANGED],
    [
      'there is a third one',
      '- { provider: github, team: a }\n      - { provider: github, team: b }\n      - { provider: github, team: c }',
      CHANGED,
    ],
  ])('a request with two targets is granted only as it was approved: %s (I13)', (_what, now, expected) => {
    const policyWith = (list: string) =>
      policyOf(edited('catalogue.yaml', /targets:\n(?: {6}.*\n)+/, `targets:\n      ${list}\n`));
    const approved = allowed(
      policyWith('- { provider: github, team: a }\n      - { provider: github, team: b }'),
    ).targets;
    const still = stillAllowed(policyWith(now), details, [approval('cy')], approved);
    expect(still.ok || still.error).toBe(expected);
  });

  test('an account that got another name is refused (B36)', () => {
    const renamed = policyOf(edited('people.yaml', 'aws-iam: ana }', 'aws-iam: anne }'));
    const approved = allowed(policyOf(), { entitlement: 'orders-logs' }).targets;
    const logs = { ...details, entitlement: 'orders-logs' };
    expect(stillAllowed(renamed, logs, [approval('cy')], approved)).toEqual({
      ok: false,
      error: 'what it grants was changed',
    });
  });
});

test('a former approver is not eligible at the click', () => {
  const files = edited('people.yaml', 'title: Owner of the orders service', 'active: false');
  expect(isEligible(policyOf(), details, 'cy' as PersonId)).toBe(true);
  expect(isEligible(policyOf(files), details, 'cy' as PersonId)).toBe(false);
  expect(isEligible(policyOf(), details, 'sam' as PersonId)).toBe(false);
});
