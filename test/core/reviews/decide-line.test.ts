import { describe, expect, test } from '@jest/globals';
import type { Instant, PersonId } from '../../../core/ids.ts';
import { type LineCommand, lineRefusal } from '../../../core/reviews/decide-line.ts';
import { reminderReason } from '../../../core/reviews/reminders.ts';
import type { ReviewLine } from '../../../core/reviews/review.ts';

const people = (...ids: readonly string[]) => ids as readonly PersonId[];
const DECIDED = { kind: 'certify', by: 'eli', at: 0, click: 'click_1' };

describe('who may decide a line', () => {
  const usual = {
    kind: 'certify',
    by: 'dee',
    owner: 'ana',
    reviewers: people('cy', 'dee', 'eli'),
    hasReason: false,
  };
  test.each<[string, object, object, string | undefined]>([
    ['the second of three reviewers', {}, {}, undefined],
    ['somebody who is none of three reviewers', { by: 'zed' }, {}, 'not-a-reviewer'],
    ['the owner of the access, who is a reviewer', { by: 'dee', owner: 'dee' }, {}, 'own-access'],
    ['a reviewer of access of nobody known', { owner: undefined }, {}, undefined],
    ['who approved it alone', { by: 'bo' }, { approvals: [people('bo')] }, 'own-approval'],
    ['who approved it alone twice', { by: 'bo' }, { approvals: [people('bo', 'bo')] }, 'own-approval'],
    [
      'the last of three who approved it',
      { by: 'bo' },
      { approvals: [people('x', 'y', 'bo')] },
      'not-a-reviewer',
    ],
    [
      'who approved nothing, where one person did',
      { by: 'zed' },
      { approvals: [people('bo')] },
      'not-a-reviewer',
    ],
    ['a reviewer after another one', {}, { decision: DECIDED }, 'already-reviewed'],
    ['a reviewer who objects without a reason', { kind: 'object' }, {}, 'objection-reason-missing'],
    ['a reviewer who objects with a reason', { kind: 'object', hasReason: true }, {}, undefined],
  ])('%s', (_who, command, line, code) => {
    const refusal = lineRefusal(
      { approvals: [], ...line } as unknown as ReviewLine,
      { ...usual, ...command } as unknown as LineCommand,
    );
    expect(refusal?.code).toBe(code);
  });

  test('nobody decides a line that there is not', () =>
    expect(lineRefusal(undefined, usual as unknown as LineCommand)).toEqual({ code: 'unknown-line' }));
});

describe('why a reviewer gets a message', () => {
  const HOUR = 3_600_000;
  test.each([
    ['an hour after it was opened', 72, 1, 'opened'],
    ['a day and a moment before it is due', 72, 47.99, 'opened'],
    ['a day before it is due', 72, 48, 'soon'],
    ['a moment before it is due', 72, 71.99, 'soon'],
    ['when it is due', 72, 72, 'overdue'],
    ['a day before it is due, when it is open for two days', 48, 24, 'soon'],
    ['an hour before it is due, when it is open for less', 47.99, 47, 'opened'],
  ])('%s', (_when, open, after, reason) => {
    const review = { openedAt: 0 as Instant, due: (open * HOUR) as Instant };
    expect(reminderReason(review, (after * HOUR) as Instant)).toBe(reason);
  });
});
