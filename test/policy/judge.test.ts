import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { personOf } from '../../policy/files/people.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import type { Submission } from '../../policy/judge/verdict.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, submission } from './submission.fixture.ts';

describe('a submission is refused with the reason for it', () => {
  const rows: [why: string, more: Partial<Submission>, refusal: object, files?: PolicyFiles][] = [
    ['the account belongs to nobody (T07)', { person: null }, { code: 'unknown-person' }],
    ['the person is not active', { person: 'dan' as PersonId }, { code: 'unknown-person' }],
    ['the person is not in the file', { person: 'constructor' as PersonId }, { code: 'unknown-person' }],
    [
      'the entitlement is misspelled',
      { entitlement: 'ordres-db' },
      { code: 'unknown-entitlement', nearest: 'orders-db' },
    ],
    ['the entitlement resembles none', { entitlement: '__proto__' }, { code: 'unknown-entitlement' }],
    ['the person is not in the group', { person: 'sam' as PersonId }, { code: 'not-allowed' }],
    ['the length is unreadable (B57)', { length: 'soon' }, { code: 'length-unreadable' }],
    ['the length is empty (B12)', { length: '' }, { code: 'length-unreadable' }],
    ['the length is too long', { length: '9h' }, { code: 'too-long', longest: 480 }],
    ['the reason is empty', { reason: '' }, { code: 'reason-missing' }],
    ['the reason is white space', { reason: ' \n\t ' }, { code: 'reason-missing' }],
    ['the reason is not valid text (T19)', { reason: 'a\ud800b' }, { code: 'reason-missing' }],
    ['the reason is too long', { reason: 'x'.repeat(1001) }, { code: 'reason-too-long', most: 1000 }],
    ['the person has too many open requests (T30)', { openRequests: 25 }, { code: 'too-many-open' }],
    [
      'nobody can approve (B37)',
      { entitlement: 'aws-admins', length: '30m' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', 'security: [sam]', 'security: []'),
    ],
    [
      'the requester is the only approver (I10)',
      { person: 'cy' as PersonId, entitlement: 'orders-db' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', '    title: Owner of the orders service\n    manager: bo', '    title: Owner'),
    ],
    [
      'the route needs more approvers than there are',
      { entitlement: 'infra-maintain' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', 'security: [sam]', 'security: [bo]'),
    ],
    [
      'the person has no account at the provider',
      { entitlement: 'orders-oncall' },
      { code: 'no-account', provider: 'github' },
      edited('people.yaml', 'github: ana-ferreira, ', ''),
    ],
  ];
  test.each(rows.map(([why, more, refusal, files = QUICKSTART]) => [why, more, refusal, files] as const))(
    '%s',
    (_why, more, refusal, files) => {
      const verdict = judgeSubmission(policyOf(files), submission(more));
      expect(verdict.allowed ? 'was allowed' : verdict.refusal).toMatchObject(refusal);
    },
  );
});

test('what was judged has every value of the request', () => {
  const policy = policyOf();
  const judged = allowed(policy, { entitlement: 'orders-oncall' });
  expect(judged).toEqual({
    person: policy.directory.people.get('ana' as PersonId),
    entitlement: policy.entitlements.get('orders-oncall'),
    minutes: 120,
    targets: [expect.objectContaining({ provider: 'github', account: 'ana-ferreira', level: 'present' })],
    stages: [{ needs: 1, approvers: [expect.anything(), expect.anything()] }],
    waitMinutes: 480,
    shown: {
      title: 'On call for orders, on GitHub',
      about: 'Merge and deploy fixes to the orders service while on call.',
      class: 'internal',
      requester: { name: 'Ana Ferreira', slack: 'U0ANAFERR1' },
      targets: policy.entitlements.get('orders-oncall')?.targets.map(({ described }) => described),
    },
    policy: policy.digest,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(allowed(policy, { entitlement: 'infra-maintain' })).toMatchObject({ waitMinutes: 240 });
});

describe('the approvers', () => {
  const stagesOf = (more: Partial<Submission>) => allowed(policyOf(), more).stages;

  test('are the owner and the manager, each with the reason', () =>
    expect(stagesOf({})).toEqual([
      {
        needs: 1,
        approvers: [
          { person: 'cy', because: 'owns Orders database, read only' },
          { person: 'bo', because: "is the requester's manager" },
        ],
      },
    ]));

  test('never include the requester, even as the owner (I10)', () =>
    expect(stagesOf({ person: 'cy' as PersonId })).toEqual([
      { needs: 1, approvers: [{ person: 'bo', because: "is the requester's manager" }] },
    ]));

  test('are two where the catalogue requires two', () =>
    expect(stagesOf({ entitlement: 'infra-maintain', length: '1h' })).toMatchObject([
      { needs: 2, approvers: [{ person: 'sam' }, { person: 'bo' }] },
    ]));
});

test.each([
  ['in any case', policyOf()],
  [
    'that the file writes with spaces around it',
    policyOf(edited('catalogue.yaml', '[orders, p', '[" orders ", p')),
  ],
])('a synonym %s finds the entitlement', (_how, policy) =>
  expect(allowed(policy, { entitlement: ' Orders ' }).entitlement.id).toBe('orders-db'),
);

test('the same input has the same verdict, byte for byte (B50)', () => {
  const [one, two] = [policyOf(), policyOf()].map((policy) =>
    JSON.stringify(judgeSubmission(policy, submission())),
  );
  expect(one).toBe(two);
});

describe('a person with several accounts in one system', () => {
  const files = edited('people.yaml', 'github: ana-ferreira', 'github: [ana-ferreira, ana-2]');

  test('is found by each of them', () => {
    const { directory } = policyOf(files);
    for (const account of ['ana-ferreira', 'ana-2'])
      expect(personOf(directory, 'github', account)?.id).toBe('ana');
  });

  test('gets access with the first one', () =>
    expect(allowed(policyOf(files), { entitlement: 'orders-oncall' }).targets).toMatchObject([
      { provider: 'github', account: 'ana-ferreira' },
    ]));

  test('is shown on the card with the first one in Slack', () => {
    const several = edited('people.yaml', 'slack: U0ANAFERR1', 'slack: [U0ANAFERR1, U0ANA2]');
    expect(allowed(policyOf(several)).shown.requester).toEqual({ name: 'Ana Ferreira', slack: 'U0ANAFERR1' });
  });
});

test('each target gets the account that the requester has at its own provider', () => {
  const files = edited(
    'catalogue.yaml',
    '    targets:\n      - provider: postgres\n',
    '    targets:\n      - { provider: aws-iam, x: y }\n      - { provider: github, x: y }\n      - provider: postgres\n',
  );
  expect(allowed(policyOf(files)).targets.map(({ provider, account }) => [provider, account])).toEqual([
    ['aws-iam', 'ana'],
    ['github', 'ana-ferreira'],
    ['postgres', 'ana'],
  ]);
});

test('every member of a group that owns an entitlement can approve as its owner', () => {
  const files = edited('catalogue.yaml', 'owner: person:cy', 'owner: group:data-owners');
  const because = 'owns Orders database, read only';
  expect(allowed(policyOf(files)).stages).toEqual([
    {
      needs: 1,
      approvers: [
        { person: 'cy', because },
        { person: 'bo', because },
      ],
    },
  ]);
});

test('a person outside of the group reads the title of what they cannot request', () =>
  expect(judgeSubmission(policyOf(), submission({ person: 'sam' as PersonId }))).toMatchObject({
    refusal: { code: 'not-allowed', why: 'Orders database, read only is not for your group' },
  }));
