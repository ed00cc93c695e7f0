import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { RequestState, Stage } from '../../core/request/state.ts';
import { stagesPhrase } from '../../wording/stages.ts';
import { statusPhrase } from '../../wording/status.ts';
import { approve, bo, cy, dee, demand, later, open, run, sam } from '../core/request/request.fixture.ts';

describe('who approves', () => {
  test.each<[string, readonly Stage[]]>([
    ['bo', demand([1, bo]).stages],
    ['bo or cy', demand([1, bo, cy]).stages],
    ['2 of these people: bo, cy and dee', demand([2, bo, cy, dee]).stages],
    ['bo, then 2 of these people: cy, dee and sam', demand([1, bo], [2, cy, dee, sam]).stages],
  ])('"%s"', (text, stages) => expect(terminalText(stagesPhrase(stages))).toBe(text));
});

describe('the status of a pending request', () => {
  const twoStages = open(demand([1, bo, dee], [2, cy, dee, sam]));
  const status = (state: RequestState) => state.kind !== 'blank' && terminalText(statusPhrase(state, 'x'));

  test('names the approvers of the open stage', () =>
    expect(status(run([twoStages]).state)).toBe('Waiting for approval by bo or dee.'));

  test('counts the approvals of the open stage only, and leaves out who has approved', () => {
    expect(status(run([twoStages, approve(dee)]).state)).toBe(
      'Waiting for approval by cy or sam. 0 of 2 approvals so far.',
    );
    expect(status(run([twoStages, approve(bo), approve(cy, later(2))]).state)).toBe(
      'Waiting for approval by dee or sam. 1 of 2 approvals so far.',
    );
  });
});
