import { describe, expect, test } from '@jest/globals';
import { conclusionOf, explanationRows } from '../../cli/actions/explain.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import type { Submission, Verdict } from '../../policy/judge/verdict.ts';
import { RULES } from '../../policy/rules/index.ts';
import { policyOf } from './quickstart.fixture.ts';
import { submission } from './submission.fixture.ts';

const judge = (more: Partial<Submission> = {}): Verdict => judgeSubmission(policyOf(), submission(more));

describe('curfew explain', () => {
  test('prints a row for each rule and for each stage', () => {
    const rows = explanationRows(judge({ length: '9h' }), { reason: 'incident 4312' });
    expect(rows.map(({ rule, stage }) => (stage === null ? rule : `${rule} ${stage}`))).toEqual(
      RULES.flatMap(({ id }) => (id === 'approvers' ? [id, `${id} 1`] : [id])),
    );
    expect(rows.find(({ rule }) => rule === 'length')).toEqual({
      rule: 'length',
      stage: null,
      verdict: 'refuse',
      wanted: 'The length is at most 8 h.',
      saw: 'The length is 9 h.',
      refusal: 'too-long',
    });
  });

  test.each([
    [undefined, 'No reason was typed. A valid one is assumed.'],
    ['why', 'The reason has 13 characters.'],
  ])('with the reason %j says what it saw', (reason, saw) =>
    expect(explanationRows(judge(), { reason }).find(({ rule }) => rule === 'reason')?.saw).toBe(saw),
  );

  test.each([
    [{}, /^Allowed\. /],
    [{ length: '9h' }, /^Refused \(too-long\)\. .*The longest is 8 h\.$/],
  ])('ends with the conclusion for %j', (more, conclusion) =>
    expect(conclusionOf(judge(more))).toMatch(conclusion),
  );
});
