import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addMinutes, type PersonId } from '../../../core/ids.ts';
import { ANSWER_KINDS, ELIGIBLE } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import { dueCommand, grantFailsAt } from '../../../core/request/due.ts';
import type { Ending, Event } from '../../../core/request/events.ts';
import { evolve, stateAfter } from '../../../core/request/evolve.ts';
import { digestToAnswer } from '../../../core/request/extension.ts';
import { offers } from '../../../core/request/offers.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { anyCommand, anyone, anyTime, history, type History } from './history.fixture.ts';
import { holds, RUNS } from '../../laws.fixture.ts';
import * as the from './request.fixture.ts';

const events = <Kind extends Event['kind']>({ events: all }: Pick<History, 'events'>, kind: Kind) =>
  all.filter((event): event is Extract<Event, { kind: Kind }> => event.kind === kind);

describe('approval', () => {
  holds(
    'every approval is by an eligible approver of the open stage, of exactly this request, in time (I9, I10, I11)',
    history,
    ({ requirements, tried }) => {
      for (const { command, before, events: caused } of tried) {
        if (!caused.some(({ kind }) => kind === 'approved')) continue;
        if (command.kind !== 'approve' || before.kind !== 'pending') throw new Error(command.kind);
        const counts = countsByStage(before.approvals);
        const open = requirements.stages.findIndex(({ needs }, stage) => (counts.get(stage) ?? 0) < needs);
        expect(caused[0]).toMatchObject({ kind: 'approved', by: command.by, stage: open, digest: 'd1' });
        expect(requirements.stages[open]?.approvers.map(({ person }) => person)).toContain(command.by);
        expect(command).toMatchObject({ digest: 'd1', eligibility: ELIGIBLE });
        expect(command.by).not.toBe(the.ana);
        expect(before.approvals.map(({ by }) => by)).not.toContain(command.by);
        expect(command.at).toBeLessThan(before.requirements.lapsesAt);
      }
    },
  );

  holds(
    'a grant starts exactly when the last stage has the approvals that it needs, with its end fixed (I9)',
    history,
    ({ requirements, leases, tried }) => {
      let approvals = 0;
      for (const { command, events: caused } of tried) {
        const kinds = caused.map(({ kind }) => kind);
        if (kinds.includes('approved')) {
          approvals += 1;
          const needed = requirements.stages.map(({ needs }) => needs);
          // Approvals fill the stages in order, so the total says whether all stages have theirs.
          const isLast = approvals === needed.reduce((sum, needs) => sum + needs, 0);
          const lastIsOpen = (needed.at(-1) ?? 0) > 0;
          expect(kinds).toEqual(isLast && lastIsOpen ? ['approved', 'grant-started'] : ['approved']);
        } else expect(kinds).not.toContain('grant-started');
        for (const event of caused)
          if (event.kind === 'grant-started')
            expect(event).toEqual({
              kind: 'grant-started',
              endsAt: addMinutes(command.at, the.detailsOf().minutes),
              leases,
              at: command.at,
            });
      }
    },
  );
});

describe('the life of a request', () => {
  holds('the events alone rebuild the state, also after JSON', history, (given) => {
    expect(stateAfter(JSON.parse(JSON.stringify(given.events)) as Event[])).toEqual(given.state);
  });

  holds('a refused command changes nothing, and each event has the time of its command', history, (given) => {
    for (const { command, before, events: caused, after } of given.tried) {
      if (caused.length === 0) expect(after).toBe(before);
      for (const { at } of caused) expect(at).toBe(command.at);
    }
  });

  holds(
    'a closed request stays closed, and each transition happens at most once (I7, I8)',
    history,
    (given) => {
      const close = given.events.findIndex(({ kind }) => kind === 'closed');
      const reports = ['undone', 'repaired', 'drifted', 'tidied']; // What is reported later changes no state.
      const after = given.events.slice(close + 1).filter(({ kind }) => !reports.includes(kind));
      if (close !== -1) expect(after).toEqual([]);
      for (const once of [
        'requested',
        'judged',
        'grant-started',
        'activated',
        'revoke-started',
        'closed',
      ] as const)
        expect(events(given, once).length).toBeLessThanOrEqual(1);
      for (const each of ['granted', 'delivered', 'revoked'] as const) {
        const leases = events(given, each).map(({ lease }) => lease);
        expect(new Set(leases).size).toBe(leases.length);
        expect(given.leases).toEqual(expect.arrayContaining(leases));
      }
    },
  );

  holds(
    'a request never goes back to an earlier state, and never from access straight to closed',
    history,
    (given) => {
      const order = ['blank', 'pending', 'granting', 'active', 'revoking', 'closed'];
      for (const { before, after } of given.tried) {
        expect(order.indexOf(after.kind)).toBeGreaterThanOrEqual(order.indexOf(before.kind));
        if (before.kind === 'granting' || before.kind === 'active') expect(after.kind).not.toBe('closed');
      }
    },
  );

  holds(
    'a request is active exactly when every lease was confirmed while it was granting',
    history,
    (given) => {
      const confirmed = events(given, 'granted').map(({ lease }) => lease);
      expect(events(given, 'activated').length).toBe(
        given.leases.every((lease) => confirmed.includes(lease)) ? 1 : 0,
      );
    },
  );

  holds(
    'a request that may hold access closes exactly with the receipt of its last lease (I4)',
    history,
    (given) => {
      if (events(given, 'grant-started').length === 0) return;
      const receipts = events(given, 'revoked').map(({ lease }) => lease);
      expect(events(given, 'closed').length).toBe(
        given.leases.every((lease) => receipts.includes(lease)) ? 1 : 0,
      );
    },
  );

  holds(
    'only the requester is shown a credential, once for each lease, while the access is active',
    history,
    (given) => {
      for (const { command, before, events: caused } of given.tried)
        for (const event of caused)
          if (event.kind === 'delivered')
            expect({ by: event.by, state: before.kind, command: command.kind }).toEqual({
              by: the.ana,
              state: 'active',
              command: 'deliver',
            });
    },
  );

  holds(
    'each ending has its cause, and the end of access never waits for anybody else (I2)',
    history,
    (given) => {
      const all = given.requirements.stages.flatMap(({ approvers }) => approvers.map(({ person }) => person));
      for (const { command, before, events: caused, after } of given.tried) {
        for (const event of caused)
          if (event.kind === 'revoke-started' || (event.kind === 'closed' && before.kind === 'pending'))
            checkCause(event.ending, command, before, all);
        const access = before.kind === 'active' || before.kind === 'granting' ? before : undefined;
        if (before.kind === 'active' && command.kind === 'expire' && command.at >= before.endsAt)
          expect(after.kind).toBe('revoking');
        if (before.kind === 'granting' && command.kind === 'fail-grant') expect(after.kind).toBe('revoking');
        if (access && command.kind === 'end' && command.by === the.ana) expect(after.kind).toBe('revoking');
        if (access && command.kind === 'void') expect(after.kind).toBe('revoking');
      }
      const [start] = events(given, 'revoke-started');
      const [close] = events(given, 'closed');
      if (start && close) expect(close.ending).toEqual(start.ending);
    },
  );

  holds(
    'a closed request says that access was granted exactly at the targets with a receipt of a grant, and it expired only when all had one',
    history,
    ({ events: all, state, leases }) => {
      if (state.kind !== 'closed') return;
      const at = (kind: Event['kind']) =>
        new Set(all.flatMap((each) => (each.kind === kind && 'lease' in each ? [each.lease] : [])));
      const [begun, granted] = [at('intended'), at('granted')];
      const unconfirmed = begun.size > 0 ? 'unconfirmed' : 'never-granted';
      expect(state.access).toEqual(
        granted.size > 0
          ? { kind: 'granted', targets: granted.size, of: leases.length }
          : { kind: unconfirmed },
      );
      if (state.ending.kind === 'expired') expect(granted.size).toBe(leases.length);
    },
  );
});

describe('any command and any answer', () => {
  holds(
    'decide answers any command in any state, and evolve applies any event to any state',
    fc.tuple(history, history, anyCommand),
    ([one, other, command]) => {
      decide(one.state, command);
      for (const event of other.events) evolve(one.state, event);
    },
  );

  holds(
    'what is due at a time is accepted then, and a lapse or an expiry that is not due is refused',
    fc.tuple(history, fc.nat(15), anyTime),
    ([{ events: all }, known, at]) => {
      const state = stateAfter(all.slice(0, known));
      const due = dueCommand(state, at);
      if (due) expect([due.at, decide(state, due).ok]).toEqual([at, true]);
      for (const kind of ['lapse', 'expire'] as const)
        expect(decide(state, { kind, at }).ok).toBe(due?.kind === kind);
      const isLate = state.kind === 'granting' && at >= grantFailsAt(state);
      expect(due?.kind === 'fail-grant').toBe(isLate);
    },
  );

  holds(
    'every answer that is offered is accepted, and every other answer is refused',
    fc.tuple(history, fc.nat(15), anyone, anyTime),
    ([given, known, by, at]) => {
      const state = stateAfter(given.events.slice(0, known));
      const shown = offers(state, by, at);
      const digest = state.kind === 'blank' ? 'd1' : digestToAnswer(state);
      for (const kind of ANSWER_KINDS)
        expect(decide(state, { kind, by, digest, eligibility: ELIGIBLE, hasReason: true, at }).ok).toBe(
          shown.includes(kind),
        );
    },
  );
});

holds(
  'events of a newer version change nothing, wherever they stand in the trail (F28)',
  fc.tuple(history, fc.array(fc.nat(20), { maxLength: 5 })),
  ([{ events: known }, places]) => {
    const mixed: Event[] = [...known];
    for (const place of places)
      mixed.splice(place, 0, { kind: 'invented', at: the.noon } as unknown as Event);
    expect(stateAfter(mixed)).toEqual(stateAfter(known));
  },
);

test('most histories reach a grant, every ending happens, and several stages, people and leases overlap', () => {
  const sample = fc.sample(history, { numRuns: RUNS, seed: 1 });
  const share = (what: (given: History) => boolean) => sample.filter(what).length / sample.length;
  const endings: Record<Ending['kind'], true> = {
    denied: true,
    withdrawn: true,
    lapsed: true,
    voided: true,
    'grant-failed': true,
    ended: true,
    'mass-ended': true,
    objected: true,
    expired: true,
  };
  const has = (kind: Event['kind']) => (given: History) => given.events.some((event) => event.kind === kind);
  const rows: readonly [string, number, number][] = [
    ['a grant starts', share(has('grant-started')), 0.5],
    ['the access becomes active', share(has('activated')), 0.35],
    ['the request closes', share(has('closed')), 0.6],
    [
      'the request closes after a grant',
      share((given) => has('closed')(given) && has('grant-started')(given)),
      0.3,
    ],
    ['two leases or more are granted', share((given) => events(given, 'granted').length > 1), 0.25],
    ['two stages or more are approved', share((given) => stagesApproved(given) > 1), 0.15],
    ['one stage gets two approvals or more', share((given) => approvalsInOneStage(given) > 1), 0.25],
    ...Object.keys(endings).map((kind): [string, number, number] => [
      `the ending is ${kind}`,
      share((given) => events(given, 'closed').some(({ ending }) => ending.kind === kind)),
      0.01,
    ]),
  ];
  console.log(rows.map(([what, seen]) => `${(seen * 100).toFixed(1).padStart(5)} %  ${what}`).join('\n'));
  expect(rows.filter(([, seen, least]) => seen < least)).toEqual([]);
});

const countsByStage = (approvals: readonly { stage: number }[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const { stage } of approvals) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return counts;
};
const stagesApproved = (given: History): number => countsByStage(events(given, 'approved')).size;
const approvalsInOneStage = (given: History): number =>
  Math.max(0, ...countsByStage(events(given, 'approved')).values());

function checkCause(
  ending: Ending,
  command: History['tried'][number]['command'],
  before: RequestState,
  approvers: readonly PersonId[],
): void {
  switch (ending.kind) {
    case 'denied':
      expect([command.kind, before.kind, approvers.includes(ending.by)]).toEqual(['deny', 'pending', true]);
      expect(ending.by).not.toBe(the.ana);
      break;
    case 'withdrawn':
      expect([command.kind, before.kind, ending.by]).toEqual(['withdraw', 'pending', the.ana]);
      break;
    case 'ended':
      expect(before.kind === 'active' || before.kind === 'granting').toBe(true);
      expect(ending.by === the.ana || approvers.includes(ending.by)).toBe(true);
      break;
    case 'objected':
      expect(before.kind === 'active' || before.kind === 'granting').toBe(true);
      break;
    case 'lapsed':
      if (before.kind === 'pending') expect(command.at).toBeGreaterThanOrEqual(before.requirements.lapsesAt);
      break;
    case 'expired':
      if ('endsAt' in before && before.kind !== 'revoking')
        expect(command.at).toBeGreaterThanOrEqual(before.endsAt ?? Infinity);
      break;
    case 'voided':
    case 'mass-ended':
    case 'grant-failed':
      break;
  }
}
