import { describe, expect, test } from '@jest/globals';
import { answeredApprovers, decisionAwaited, newDeciders } from '../../../core/request/deciders.ts';
import type { Command } from '../../../core/request/commands.ts';
import * as the from './request.fixture.ts';

const { approve, approveExtension, bo, cy, dee, demand, extend, later, open, run, sam, untilActive } = the;
const staged = open(demand([2, bo, cy], [1, dee, sam]));

describe('the decision that a request waits for', () => {
  test.each<[string, readonly Command[], readonly string[] | undefined]>([
    ['is that of the current stage', [staged], ['bo', 'cy']],
    ['leaves out who has approved', [staged, approve(bo)], ['cy']],
    ['is that of the next stage then', [staged, approve(bo), approve(cy, later(2))], ['dee', 'sam']],
    ['is none while the access is granted', [open(), approve(bo)], undefined],
    ['is none while it is active', untilActive, undefined],
    ['is that of an extension', [...untilActive, extend()], ['bo', 'cy']],
    ['is none when the extension is approved', [...untilActive, extend(), approveExtension(bo)], undefined],
    ['is none before there is a request', [], undefined],
  ])('%s', (_what, commands, approvers) =>
    expect(decisionAwaited(run(commands).state)?.approvers).toEqual(approvers),
  );

  test('lapses when the request does, or the extension', () => {
    expect(decisionAwaited(run([open()]).state)?.lapsesAt).toBe(later(480));
    const { state } = run([...untilActive, extend()]);
    const lapsesAt = state.kind === 'active' ? state.extension?.requirements.lapsesAt : undefined;
    expect(decisionAwaited(state)?.lapsesAt).toBe(lapsesAt);
  });
});

describe('who must decide now', () => {
  /** The people whom each event of this life asks, with its kind. */
  const askedIn = (commands: readonly Command[]) => {
    const trail = run(commands).log.map((event) => ({ event }));
    return trail.flatMap(({ event }, at) => {
      const people = newDeciders(trail, at, at + 1);
      return people.length === 0 ? [] : [[event.kind, ...people]];
    });
  };

  test('are the approvers of each stage when it begins, and those of an extension', () => {
    expect(askedIn([staged, approve(bo), approve(cy, later(2)), approve(dee, later(3))])).toEqual([
      ['judged', 'bo', 'cy'],
      ['approved', 'dee', 'sam'],
    ]);
    expect(askedIn([...untilActive, extend(), approveExtension(bo)])).toEqual([
      ['judged', 'bo', 'cy'],
      ['extension-requested', 'bo', 'cy'],
    ]);
  });

  test('are nobody of the events before', () => {
    const trail = run([staged, approve(bo)]).log.map((event) => ({ event }));
    expect(newDeciders(trail, 2, trail.length)).toEqual([]);
    expect(newDeciders(trail, 0, trail.length)).toEqual(['cy']);
  });
});

test('an approver whose question is answered is known by the answer, and not by the question', () => {
  const trail = run([open(), the.ask(cy), the.answer()]).log.map((event) => ({ event }));
  const kinds = trail.map(({ event }) => event.kind);
  expect(kinds).toEqual(['requested', 'judged', 'asked', 'answered']);
  expect([
    answeredApprovers(trail, 2, 3),
    answeredApprovers(trail, 3, 4),
    answeredApprovers(trail, 0, 4),
  ]).toEqual([[], ['cy'], ['cy']]);
});
