import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../../core/ids.ts';
import { finalRefusal } from '../../../core/request/final-refusal.ts';
import { offers } from '../../../core/request/offers.ts';
import {
  type Answer,
  ANSWER_KINDS,
  type Command,
  ELIGIBLE,
  type Eligibility,
  NOT_ELIGIBLE,
} from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { Event } from '../../../core/request/events.ts';
import { evolve, stateAfter } from '../../../core/request/evolve.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const anyone = fc.constantFrom(the.ana, the.bo, the.cy, the.dee, the.sam);
const when = fc.integer({ min: 0, max: 700 }).map(the.later);
const lease = fc.constantFrom(the.lease, the.second);
const eligibility = fc.constantFrom<Eligibility>(ELIGIBLE, NOT_ELIGIBLE, {
  kind: 'unknown',
  why: 'a broken file',
});

/** Any command, from any person or process, at any time. */
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('approve' as const),
      by: anyone,
      digest: fc.constantFrom('d1', 'd0'),
      eligibility,
      at: when,
    }),
  },
  fc.record({ kind: fc.constant('deny' as const), by: anyone, eligibility, at: when }),
  fc.record({ kind: fc.constant('withdraw' as const), by: anyone, at: when }),
  fc.record({ kind: fc.constant('end' as const), by: anyone, eligibility, at: when }),
  fc.record({ kind: fc.constantFrom('lapse' as const, 'expire' as const), at: when }),
  fc.record({ kind: fc.constant('void' as const), why: fc.string(), at: when }),
  fc.record({
    kind: fc.constant('intend' as const),
    lease,
    prior: fc.constant('none'),
    level: fc.constant('present'),
    subject: fc.constant('AIDA1'),
    at: when,
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('confirm-granted' as const),
      lease,
      seen: fc.string(),
      at: when,
    }),
  },
  fc.record(
    {
      kind: fc.constant('fail-grant' as const),
      fault: fc.constant('provider-refused' as const),
      why: fc.string(),
      at: when,
    },
    { requiredKeys: ['kind', 'fault', 'at'] },
  ),
  fc.record({ kind: fc.constant('deliver' as const), by: anyone, lease, at: when }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('confirm-revoked' as const),
      lease,
      seen: fc.string(),
      at: when,
    }),
  },
);

const stage = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.uniqueArray(anyone, { maxLength: 5 }));
const demands = fc
  .array(stage, { maxLength: 3 })
  .map((stages) => the.demand(...stages.map(([needs, people]) => [needs, ...people] as const)));

const history = fc.record({
  demand: demands,
  targets: fc.integer({ min: 1, max: 2 }),
  commands: fc.array(command, { maxLength: 40 }),
});

const live = ({
  demand,
  targets,
  commands,
}: {
  demand: ReturnType<typeof the.demand>;
  targets: number;
  commands: Command[];
}) => the.run([the.open(demand, targets), ...commands]);

test('the events alone rebuild the state, also after JSON', () =>
  fc.assert(
    fc.property(history, (given) => {
      const { state, log } = live(given);
      expect(stateAfter(JSON.parse(JSON.stringify(log)) as Event[])).toEqual(state);
    }),
  ));

test('a grant starts only after enough different people other than the requester approved in every stage (I9, I10)', () =>
  fc.assert(
    fc.property(history, (given) => {
      const { log } = live(given);
      const start = log.findIndex(({ kind }) => kind === 'grant-started');
      if (start === -1) return;
      const approvals = log.slice(0, start).filter((event) => event.kind === 'approved');
      expect(given.demand.stages.length).toBeGreaterThan(0);
      expect(new Set(approvals.map(({ by }) => by)).size).toBe(approvals.length);
      expect(approvals.some(({ by }) => by === the.ana)).toBe(false);
      given.demand.stages.forEach(({ needs, approvers }, index) => {
        const here = approvals.filter((approval) => approval.stage === index);
        expect(here.length).toBeGreaterThanOrEqual(
          Math.max(needs, index === given.demand.stages.length - 1 ? 1 : 0),
        );
        for (const { by } of here) expect(approvers.some(({ person }) => person === by)).toBe(true);
      });
    }),
    { numRuns: 1000 },
  ));

test('a request that may hold access closes only after the receipts of all its leases (I4)', () =>
  fc.assert(
    fc.property(history, (given) => {
      const { log } = live(given);
      const start = log.findIndex(({ kind }) => kind === 'grant-started');
      const close = log.findIndex(({ kind }) => kind === 'closed');
      if (start === -1 || close === -1) return;
      const receipts = log
        .slice(start, close)
        .flatMap((event) => (event.kind === 'revoked' ? [event.lease] : []));
      expect(new Set(receipts).size).toBe(given.targets);
    }),
    { numRuns: 1000 },
  ));

test('a closed request stays closed, and each transition happens at most once (I7, I8)', () =>
  fc.assert(
    fc.property(history, (given) => {
      const { log } = live(given);
      const close = log.findIndex(({ kind }) => kind === 'closed');
      if (close !== -1) expect(log.slice(close + 1)).toEqual([]);
      for (const once of ['requested', 'judged', 'grant-started', 'activated', 'revoke-started', 'closed'])
        expect(log.filter(({ kind }) => kind === once).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  ));

test('a request never goes back to an earlier state, and never from granting or active straight to closed', () =>
  fc.assert(
    fc.property(history, (given) => {
      const order = ['blank', 'pending', 'granting', 'active', 'revoking', 'closed'];
      let state: RequestState = BLANK;
      for (const event of live(given).log) {
        const next = evolve(state, event);
        expect(order.indexOf(next.kind)).toBeGreaterThanOrEqual(order.indexOf(state.kind));
        if (state.kind === 'granting' || state.kind === 'active') expect(next.kind).not.toBe('closed');
        state = next;
      }
    }),
  ));

test('decide answers any command in any state, and evolve applies any event to any state', () =>
  fc.assert(
    fc.property(history, history, command, (one, other, given) => {
      const { state } = live(one);
      decide(state, given);
      for (const event of live(other).log) evolve(state, event);
    }),
  ));

test('an answer that is finally refused in one state is refused in every later state, at any time (F01)', () => {
  const answer = fc.oneof(
    fc.record({ kind: fc.constant('approve' as const), by: anyone, digest: fc.constantFrom('d1', 'd0') }),
    fc.record({ kind: fc.constantFrom('deny' as const, 'withdraw' as const, 'end' as const), by: anyone }),
  );
  return fc.assert(
    fc.property(history, fc.nat(40), answer, when, when, (given, known, tried, at, then) => {
      const { log } = live(given);
      const command = { ...tried, eligibility: ELIGIBLE } as Answer;
      if (!finalRefusal(stateAfter(log.slice(0, known)), command, at)) return;
      expect(decide(stateAfter(log), { ...command, at: then }).ok).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('every answer that is offered is accepted, and every other answer is refused', () =>
  fc.assert(
    fc.property(history, anyone, when, (given, by, at: Instant) => {
      const { state } = live(given);
      const shown = offers(state, by, at);
      for (const kind of ANSWER_KINDS)
        expect(decide(state, { kind, by, digest: 'd1', eligibility: ELIGIBLE, at }).ok).toBe(
          shown.includes(kind),
        );
    }),
  ));
