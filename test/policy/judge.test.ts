import { describe, expect, test } from '@jest/globals';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { RequestDetails } from '../../core/request/state.ts';
import { type Submission, eligibleNow, judgeSubmission, stillAllowed } from '../../policy/judge/judge.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';

const ana = 'ana' as PersonId;
const asking = (more: Partial<Submission> = {}): Submission => ({
  person: ana,
  entitlement: 'orders-db',
  length: '2h',
  reason: 'incident 4312',
  reasonHash: 'aa',
  openRequests: 0,
  ...more,
});

describe('an ask is refused, and told why', () => {
  const rows: [why: string, more: Partial<Submission>, refusal: object, files?: PolicyFiles][] = [
    ['somebody nobody knows (T07)', { person: null }, { code: 'unknown-person' }],
    ['a person who left', { person: 'dan' as PersonId }, { code: 'unknown-person' }],
    ['a person who is not in the file', { person: 'constructor' as PersonId }, { code: 'unknown-person' }],
    [
      'an unknown entitlement',
      { entitlement: 'ordres-db' },
      { code: 'unknown-entitlement', entitlement: 'ordres-db', nearest: 'orders-db' },
    ],
    [
      'a word that is near nothing',
      { entitlement: '__proto__' },
      { code: 'unknown-entitlement', entitlement: '__proto__' },
    ],
    ['a person of the wrong group', { person: 'sam' as PersonId }, { code: 'not-allowed' }],
    ['a length nobody can read (B57)', { length: 'soon' }, { code: 'length-unreadable' }],
    ['no length at all (B12)', { length: '' }, { code: 'length-unreadable' }],
    ['too long', { length: '9h' }, { code: 'too-long', longest: 480 }],
    ['an empty reason', { reason: '' }, { code: 'reason-missing' }],
    ['a reason of spaces', { reason: ' \n\t ' }, { code: 'reason-missing' }],
    ['a reason that is no text (T19)', { reason: 'a\ud800b' }, { code: 'reason-missing' }],
    ['a reason longer than any card', { reason: 'x'.repeat(1001) }, { code: 'reason-too-long', most: 1000 }],
    ['more open requests than a person has (T30)', { openRequests: 25 }, { code: 'too-many-open' }],
    [
      'nobody who could say yes (B37)',
      { entitlement: 'aws-admins', length: '30m' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', 'security: [sam]', 'security: []'),
    ],
    [
      'only the requester could say yes (I10)',
      { person: 'cy' as PersonId, entitlement: 'orders-db' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', '    title: Owner of the orders service\n    manager: bo', '    title: Owner'),
    ],
    [
      'fewer approvers than are needed',
      { entitlement: 'infra-maintain' },
      { code: 'nobody-can-approve' },
      edited('people.yaml', 'security: [sam]', 'security: [bo]'),
    ],
    [
      'no account at the provider',
      { entitlement: 'orders-oncall' },
      { code: 'no-account', provider: 'github' },
      edited('people.yaml', 'github: ana-ferreira, ', ''),
    ],
  ];
  test.each(rows.map(([why, more, refusal, files = QUICKSTART]) => [why, more, refusal, files] as const))(
    '%s',
    (_why, more, refusal, files) => {
      const judged = judgeSubmission(policyOf(files), asking(more));
      expect(judged.ok ? 'was allowed' : judged.error).toMatchObject(refusal);
    },
  );
});

describe('who is asked', () => {
  const approvers = (more: Partial<Submission>) => {
    const judged = judgeSubmission(policyOf(), asking(more));
    return judged.ok ? judged.value.stages : judged.error;
  };

  test('the owner and the manager, each told why it is them', () =>
    expect(approvers({})).toEqual([
      {
        needs: 1,
        approvers: [
          { person: 'cy', because: 'owns Orders database, read only' },
          { person: 'bo', because: 'is their manager' },
        ],
      },
    ]));

  test('never the requester, though they own it (I10)', () =>
    expect(approvers({ person: 'cy' as PersonId })).toEqual([
      { needs: 1, approvers: [{ person: 'bo', because: 'is their manager' }] },
    ]));

  test('two where the catalogue wants two', () =>
    expect(approvers({ entitlement: 'infra-maintain', length: '1h' })).toMatchObject([
      { needs: 2, approvers: [{ person: 'sam' }, { person: 'bo' }] },
    ]));

  test('an entitlement is found by a synonym in any case', () =>
    expect(judgeSubmission(policyOf(), asking({ entitlement: ' Orders ' })).ok).toBe(true));
});

const approvedOf = (files?: PolicyFiles) => {
  const judged = judgeSubmission(policyOf(files), asking());
  if (!judged.ok) throw new Error(judged.error.code);
  const ask = { requester: ana, entitlement: 'orders-db', minutes: judged.value.minutes } as RequestDetails;
  return { ask, targets: judged.value.targets };
};
const approval = (by: string) => ({ by: by as PersonId, stage: 0, at: 0 as Instant });

describe('judged again before granting: narrower or not at all (I12, B46)', () => {
  const { ask, targets } = approvedOf();
  test.each<[string, PolicyFiles, string | true]>([
    ['nothing changed', QUICKSTART, true],
    [
      'the requester left (F29)',
      edited('people.yaml', 'title: Backend engineer', 'active: false'),
      'the requester is no longer active',
    ],
    [
      'the approver left (B41)',
      edited('people.yaml', 'title: Owner of the orders service', 'active: false'),
      'an approver may no longer approve this',
    ],
    [
      'the entitlement is gone',
      edited('catalogue.yaml', 'id: orders-db', 'id: orders-database'),
      'the entitlement is no longer in the catalogue',
    ],
    [
      'the requester lost the group',
      edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [bo, cy]'),
      'the requester may no longer ask for this',
    ],
    [
      'the longest length was lowered',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 1h'),
      'the longest length was lowered',
    ],
    [
      'the target became another (I13)',
      edited('catalogue.yaml', 'role: orders_reader', 'role: orders_admin'),
      'what it grants was changed',
    ],
  ])('%s', (_why, files, expected) => {
    const still = stillAllowed(policyOf(files), ask, [approval('cy')], targets);
    expect(still.ok || still.error).toBe(expected);
  });

  test('no approval at all is no approval', () =>
    expect(stillAllowed(policyOf(), ask, [], targets)).toEqual({ ok: false, error: 'nobody approved it' }));

  test('an account that moved to another name is not followed (B36)', () => {
    const moved = policyOf(edited('people.yaml', 'aws-iam: ana }', 'aws-iam: anne }'));
    const judged = judgeSubmission(policyOf(), asking({ entitlement: 'orders-logs' }));
    if (!judged.ok) throw new Error(judged.error.code);
    const logs = { ...ask, entitlement: 'orders-logs' };
    expect(stillAllowed(moved, logs, [approval('cy')], judged.value.targets).ok).toBe(false);
  });
});

test('a former approver is not eligible at the click', () => {
  const { ask } = approvedOf();
  const files = edited('people.yaml', 'title: Owner of the orders service', 'active: false');
  expect(eligibleNow(policyOf(), ask, 'cy' as PersonId)).toBe(true);
  expect(eligibleNow(policyOf(files), ask, 'cy' as PersonId)).toBe(false);
  expect(eligibleNow(policyOf(), ask, 'sam' as PersonId)).toBe(false);
});

test('the same input is judged to the same bytes (B50)', () => {
  const [one, two] = [policyOf(), policyOf()].map((policy) =>
    JSON.stringify(judgeSubmission(policy, asking())),
  );
  expect(one).toBe(two);
});
