import { describe, expect } from '@jest/globals';
import fc from 'fast-check';
import type { PersonId } from '../../core/ids.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import { explain, refusalOf } from '../../policy/judge/readings.ts';
import type { Submission, Verdict } from '../../policy/judge/verdict.ts';
import { holds } from '../laws.fixture.ts';
import { policyOf } from './quickstart.fixture.ts';

const policy = policyOf();

/** Any text. The unit "binary" of fast-check is the same without halves of a pair, and takes a second to prepare. */
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code)),
});

describe('for any submission', () => {
  const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
  const anySubmission = fc.record({
    person: oneOf<string | null>(
      null,
      'ana',
      'bo',
      'cy',
      'sam',
      'dan',
      'zed',
    ) as fc.Arbitrary<PersonId | null>,
    entitlement: fc.oneof(oneOf(...policy.entitlements.keys(), 'db', ''), anyText),
    length: fc.oneof(oneOf('30m', '2h', '9h', '40d', '0m', ''), fc.string()),
    reason: fc.oneof(oneOf('incident', '', 'x'.repeat(1001)), anyText),
    reasonHash: fc.string(),
    openRequests: oneOf(0, 24, 25, Number.NaN),
  });
  const always = (law: string, check: (submitted: Submission, verdict: Verdict) => void) =>
    holds(law, anySubmission, (each) => check(each, judgeSubmission(policy, each)));

  always('the refusal is the one of the first rule that refuses', (_submitted, verdict) => {
    const first = verdict.rules.find((result) => result.verdict === 'refuse');
    const refusal = first?.verdict === 'refuse' ? first.refusal : undefined;
    expect(verdict.allowed ? undefined : verdict.refusal).toEqual(refusal);
    expect(refusalOf(verdict.rules)).toEqual(refusal);
  });

  always('a verdict without a refusal has only passes and the judged request', (submitted, verdict) => {
    if (!verdict.allowed) return expect('judged' in verdict).toBe(false);
    expect(verdict.rules.every((result) => result.verdict === 'pass')).toBe(true);
    const { person, minutes, stages, policy: digest } = verdict.judged;
    expect([person.id, digest]).toEqual([submitted.person, policy.digest]);
    expect(minutes).toBeGreaterThan(0);
    for (const { approvers, needs } of stages) {
      expect(approvers.length).toBeGreaterThanOrEqual(needs);
      expect(approvers.map((each) => each.person)).not.toContain(person.id);
    }
  });

  always('every node has two sentences, and the explanation lists every node', (_submitted, verdict) => {
    const nodes = verdict.rules.flatMap((result) => [result, ...(result.stages ?? [])]);
    expect(explain(verdict).map(({ wanted, saw }) => [wanted, saw])).toEqual(
      nodes.map(({ wanted, saw }) => [wanted, saw]),
    );
    for (const { wanted, saw } of nodes) expect([wanted, saw]).not.toContain('');
  });

  holds(
    'the tree does not contain the text of the reason',
    fc.tuple(anySubmission, fc.uuid()),
    ([each, uuid]) => {
      const verdict = judgeSubmission(policy, { ...each, reason: `${each.reason} ${uuid}` });
      expect(JSON.stringify(verdict)).not.toContain(uuid);
    },
  );
});
