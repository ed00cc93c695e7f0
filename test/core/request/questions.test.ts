import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import { type Command, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { dueCommand } from '../../../core/request/due.ts';
import { offers } from '../../../core/request/offers.ts';
import { isNewsForWorkflow } from '../../../core/request/progress.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { holds } from '../../laws.fixture.ts';
import { history } from './history.fixture.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, dee, later, outcome, pending } = the;
const before = (at: Instant): Instant => (at - 1) as Instant;
const lapseOf = (state: RequestState): Instant | undefined =>
  state.kind === 'pending' ? state.requirements.lapsesAt : undefined;
/** A pending request waits for eight hours. */
const LAPSE = later(480);
const asked = the.run([the.open(), the.ask(bo)]).state;
const answered = the.run([the.open(), the.ask(bo), the.answer()]).state;

describe('a question', () => {
  test.each<[string, RequestState, Command, string]>([
    ['is asked by an approver', pending, the.ask(cy), 'asked'],
    ['and not by the requester', pending, the.ask(ana), 'own-request'],
    ['or by somebody else', pending, the.ask(dee), 'not-an-approver'],
    [
      'or by who is no approver any more',
      pending,
      the.ask(bo, later(10), { eligibility: NOT_ELIGIBLE }),
      'no-longer-an-approver',
    ],
    [
      'or about another request than the one that was shown',
      pending,
      the.ask(bo, later(10), { digest: 'd0' }),
      'changed',
    ],
    ['or after the lapse', pending, the.ask(bo, LAPSE), 'lapsed'],
    ['or without a text', pending, the.ask(bo, later(10), { hasText: false }), 'text-missing'],
    ['one at a time', asked, the.ask(cy), 'question-open'],
    ['and again after the answer', answered, the.ask(cy, later(40)), 'asked'],
    ['not while the access is there', the.active, the.ask(bo), 'wrong-state'],
    ['is answered by the requester', asked, the.answer(), 'answered'],
    ['and by nobody else', asked, the.answer(bo), 'not-requester'],
    ['with a text', asked, the.answer(ana, later(30), false), 'text-missing'],
    ['once', answered, the.answer(), 'no-question'],
    ['keeps nobody from approving', asked, the.approve(cy, later(20)), 'approved grant-started'],
    ['or from denying', asked, the.deny(cy, later(20)), 'closed'],
    ['or from withdrawing', asked, the.withdraw(ana, later(20)), 'closed'],
  ])('%s', (_what, state, command, expected) => expect(outcome(state, command)).toBe(expected));

  test('only an approver of the current stage asks', () => {
    const { state } = the.run([the.open(the.demand([1, bo], [1, cy]))]);
    expect([outcome(state, the.ask(cy)), outcome(state, the.ask(bo))]).toEqual(['not-an-approver', 'asked']);
  });

  test('is offered to approvers, and its answer to the requester', () => {
    const offered = (state: RequestState) => [ana, bo].map((by) => offers(state, by, later(20)).join(' '));
    expect(offered(pending)).toEqual(['withdraw', 'approve deny ask']);
    expect(offered(asked)).toEqual(['withdraw answer', 'approve deny']);
  });
});

describe('while a question is open', () => {
  test('the time to lapse does not run, and runs on from the answer', () => {
    expect(dueCommand(asked, LAPSE)).toBeUndefined();
    expect(lapseOf(answered)).toBe(later(500)); // It was open for 20 minutes.
    expect([dueCommand(answered, before(later(500))), dueCommand(answered, later(500))]).toEqual([
      undefined,
      { kind: 'lapse', at: later(500) },
    ]);
  });

  test('the lapse is postponed by at most as long as the request waits, also by several questions', () => {
    expect(lapseOf(asked)).toBe(later(960));
    expect(dueCommand(asked, later(960))).toEqual({ kind: 'lapse', at: later(960) });
    const twice = [
      the.open(),
      the.ask(bo),
      the.answer(ana, later(410)),
      the.ask(cy, later(420)),
      the.answer(ana, later(440)),
    ];
    expect(lapseOf(the.run(twice).state)).toBe(later(480 + 400 + 20));
    expect(lapseOf(the.run([...twice, the.ask(bo, later(890))]).state)).toBe(later(960));
  });

  test('the workflow learns that the lapse moved', () => {
    expect([isNewsForWorkflow(pending, asked), isNewsForWorkflow(asked, answered)]).toEqual([true, true]);
  });

  test('an approval leaves nothing of it in the state', () => {
    const { state } = the.run([the.open(), the.ask(bo), the.approve(cy, later(20))]);
    expect(Object.keys(state)).not.toEqual(expect.arrayContaining(['question']));
    expect(state).not.toHaveProperty('mayWaitMs');
  });
});

holds(
  'questions postpone the lapse by at most as long as the request waits without them',
  history,
  ({ tried, requirements }) => {
    const opened = the.noon;
    const latest = requirements.lapsesAt + (requirements.lapsesAt - opened);
    for (const { after } of tried) {
      const lapse = lapseOf(after);
      if (lapse === undefined) continue;
      expect(lapse).toBeGreaterThanOrEqual(requirements.lapsesAt);
      expect(lapse).toBeLessThanOrEqual(latest);
    }
  },
);
