import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { judgeSubmission, unreadableVerdict } from '../../policy/judge/judge.ts';
import type { Submission, Verdict } from '../../policy/judge/verdict.ts';
import { RULES } from '../../policy/rules/index.ts';
import type { Rule } from '../../policy/rules/rule.ts';
import { policyOf } from './quickstart.fixture.ts';
import { submission } from './submission.fixture.ts';

const policy = policyOf();
const judge = (more: Partial<Submission> = {}): Verdict => judgeSubmission(policy, submission(more));
const verdicts = ({ rules }: Verdict) =>
  Object.fromEntries(rules.map(({ rule, verdict }) => [rule, verdict]));
const refusalCode = (verdict: Verdict) => (verdict.allowed ? 'allowed' : verdict.refusal.code);

describe('the tree', () => {
  test('has every rule once, in the order that decides which refusal a person reads', () => {
    const order = [
      'policy-files',
      'known-person',
      'entitlement',
      'requester',
      'length',
      'reason',
      'open-requests',
      'accounts',
      'approvers',
      'digest',
    ];
    expect(RULES.map(({ id }) => id)).toEqual(order);
    expect(judge().rules.map(({ rule }) => rule)).toEqual(order);
  });

  test('has only passes when the request is allowed', () =>
    expect(new Set(Object.values(verdicts(judge())))).toEqual(new Set(['pass'])));

  test('shows the rules after the first refusal too', () => {
    const verdict = judge({ person: 'sam' as PersonId, length: '9h', reason: '', openRequests: 30 });
    expect(verdicts(verdict)).toEqual({
      'policy-files': 'pass',
      'known-person': 'pass',
      entitlement: 'pass',
      requester: 'refuse',
      length: 'refuse',
      reason: 'refuse',
      'open-requests': 'refuse',
      accounts: 'pass',
      approvers: 'pass',
      digest: 'not-reached',
    });
    expect(refusalCode(verdict)).toBe('not-allowed');
  });

  test('marks the rules that need an unknown entitlement as not reached', () =>
    expect(verdicts(judge({ entitlement: 'nothing', reason: '' }))).toEqual({
      'policy-files': 'pass',
      'known-person': 'pass',
      entitlement: 'refuse',
      requester: 'not-reached',
      length: 'not-reached',
      reason: 'refuse',
      'open-requests': 'pass',
      accounts: 'not-reached',
      approvers: 'not-reached',
      digest: 'not-reached',
    }));

  test('has one refusal while the policy cannot be read (B54)', () => {
    const verdict = unreadableVerdict('the policy cannot be read (catalogue.yaml:3:1: a tab)');
    expect(verdict.rules.map(({ verdict: each }) => each)).toEqual(
      RULES.map((_, index) => (index === 0 ? 'refuse' : 'not-reached')),
    );
    expect(verdict).toMatchObject({
      allowed: false,
      refusal: { code: 'not-allowed', why: 'the policy cannot be read (catalogue.yaml:3:1: a tab)' },
    });
    expect(verdict.rules[0]?.saw).toBe('The policy cannot be read (catalogue.yaml:3:1: a tab).');
    expect(verdict.rules[1]?.saw).toBe('Not evaluated: the policy cannot be read.');
  });
});

describe('the judgement fails closed', () => {
  const secret = 'the text of the reason';
  const failing = (id: Rule['id']): readonly Rule[] =>
    RULES.map((rule) =>
      rule.id === id
        ? {
            ...rule,
            judge: () => {
              throw new Error(secret);
            },
          }
        : rule,
    );

  test.each(RULES.map(({ id }) => id))('an exception in the rule %s is a refusal', (id) => {
    const verdict = judgeSubmission(policy, submission(), failing(id));
    expect(verdict).toMatchObject({
      allowed: false,
      refusal: { code: 'not-allowed', why: `the rule "${id}" failed with an error` },
    });
    expect(verdicts(verdict)[id]).toBe('refuse');
    expect(JSON.stringify(verdict)).not.toContain(secret);
  });

  test.each<[string, readonly Rule[], string]>([
    ['no rule at all', [], 'the policy has no rules'],
    [
      'a rule that is not reached',
      [...RULES, { id: 'digest', wanted: '', judge: () => ({ verdict: 'not-reached', saw: '' }) }],
      'the rule "digest" was not evaluated',
    ],
    [
      'rules that pass without a value',
      RULES.map((rule) => ({ ...rule, judge: () => ({ verdict: 'pass', saw: '' }) })),
      'the rules found too little',
    ],
  ])('with %s the request is refused', (_why, rules, why) =>
    expect(judgeSubmission(policy, submission(), rules)).toMatchObject({
      allowed: false,
      refusal: { code: 'not-allowed', why },
    }),
  );

  // These rules find nothing that the request needs.
  const findNothing: readonly Rule['id'][] = ['policy-files', 'requester', 'reason', 'open-requests'];
  test.each(RULES.map(({ id }) => id).filter((id) => !findNothing.includes(id)))(
    'without the rule %s the request is refused',
    (id) =>
      expect(
        judgeSubmission(
          policy,
          submission(),
          RULES.filter((rule) => rule.id !== id),
        ).allowed,
      ).toBe(false),
  );

  test.each(['person', 'entitlement', 'minutes', 'targets', 'stages', 'digest'] as const)(
    'with rules that find everything but the %s the request is refused',
    (value) => {
      const rules = RULES.map((rule): Rule => ({
        ...rule,
        judge: (facts) => {
          const finding = rule.judge(facts);
          if (finding.verdict !== 'pass') return { verdict: 'pass', saw: '' };
          return { ...finding, found: without(value, finding.found ?? {}) };
        },
      }));
      const verdict = judgeSubmission(policy, submission(), rules);
      expect(verdict.allowed).toBe(false);
    },
  );
});

function without(value: string, found: object): object {
  return Object.fromEntries(Object.entries(found).filter(([name]) => name !== value));
}
