import fc from 'fast-check';
import { addMinutes, type Instant, type LeaseId, leaseIdOf, type PersonId } from '../../../core/ids.ts';
import { type Command, ELIGIBLE, type Eligibility, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { Event } from '../../../core/request/events.ts';
import { evolve } from '../../../core/request/evolve.ts';
import { digestToAnswer } from '../../../core/request/extension.ts';
import {
  BLANK,
  type Approvable,
  type Extension,
  type RequestState,
  type Requirements,
} from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

/**
 * Histories of one request for the laws. Each command is chosen from the state that the commands before it reached, so
 * most histories are whole lives. Some commands are arbitrary: any person or process, at any time.
 */

const PEOPLE = [the.ana, the.bo, the.cy, the.dee, the.sam] as const;
/** Includes a lease that the request does not have. */
const LEASES = [0, 1, 2, 3].map((target) => leaseIdOf(the.request, target));

export const anyone = fc.constantFrom(...PEOPLE);
export const anyTime = fc.integer({ min: 0, max: 700 }).map(the.later);
const anyLease = fc.constantFrom(...LEASES);
const eligibility = fc.constantFrom<Eligibility>(ELIGIBLE, NOT_ELIGIBLE, {
  kind: 'unknown',
  why: 'a broken file',
});
const text = fc.string();
/** Of the request, of nothing, and of an extension. */
const digest = fc.constantFrom('d1', 'd0', 'x1');

const ARBITRARY: { [Kind in Command['kind']]: fc.Arbitrary<Record<string, unknown>> } = {
  open: fc.constant({ details: the.detailsOf(), requirements: the.demand([1, the.bo]) }),
  approve: fc.record({ by: anyone, digest, eligibility }),
  deny: fc.record({ by: anyone, digest, eligibility, hasReason: fc.boolean() }),
  withdraw: fc.record({ by: anyone, digest }),
  ask: fc.record({ by: anyone, digest, eligibility, hasText: fc.boolean() }),
  answer: fc.record({ by: anyone, hasText: fc.boolean() }),
  extend: fc.record({ by: anyone }).map(({ by }) => the.extend(the.later(60), { by })),
  'confirm-lease-extended': fc.record({ lease: anyLease, generation: fc.nat(5), seen: text }),
  'confirm-extended': fc.constant({}),
  'adopt-end': fc.record({ by: anyone, endsAt: anyTime }),
  'lapse-extension': fc.constant({}),
  'fail-extension': fc.record({ fault: fc.constant('provider-refused') }),
  end: fc.record({ by: anyone, eligibility }),
  lapse: fc.constant({}),
  expire: fc.constant({}),
  void: fc.record({ why: text }),
  'mass-end': fc.constant({ ending: the.massEnded }),
  object: fc.constant({ ending: the.objected }),
  intend: fc.record({
    lease: anyLease,
    prior: fc.constant('none'),
    level: fc.constant('present'),
    subject: fc.constant('AIDA1'),
  }),
  'confirm-granted': fc.record({ lease: anyLease, seen: text }),
  'fail-grant': fc.record({ fault: fc.constant('provider-refused'), why: text }, { requiredKeys: ['fault'] }),
  deliver: fc.record({ by: anyone, lease: anyLease }),
  'report-undone': fc.record({ lease: anyLease, undoneAt: anyTime }),
  'confirm-repaired': fc.record({ lease: anyLease, generation: fc.nat(5), seen: text }),
  'record-drift': fc.record({
    lease: anyLease,
    drift: fc.constant({ change: 'lowered', expected: 'write', found: 'read' }),
  }),
  'confirm-revoked': fc.record(
    { lease: anyLease, seen: text, note: text, untidied: fc.constant(true) },
    { requiredKeys: ['lease', 'seen'] },
  ),
  'confirm-tidied': fc.record({ lease: anyLease, seen: text }),
};

/** Any command, from any person or process, at any time. */
export const anyCommand: fc.Arbitrary<Command> = fc
  .constantFrom(...(Object.keys(ARBITRARY) as Command['kind'][]))
  .chain((kind) =>
    fc.tuple(ARBITRARY[kind], anyTime).map(([fields, at]) => ({ kind, ...fields, at }) as unknown as Command),
  );

/** The raw choices of one step. What they mean depends on the state. */
const step = fc.noBias(
  fc.record({
    /** One command in twenty is arbitrary. */
    arbitrary: fc.nat({ max: 19 }).map((chosen) => chosen === 19),
    command: anyCommand,
    kind: fc.nat({ max: 999 }),
    detail: fc.nat({ max: 999 }),
    /** Minutes since the step before. */
    wait: fc.oneof(
      { weight: 15, arbitrary: fc.integer({ min: 0, max: 15 }) },
      fc.integer({ min: 15, max: 500 }),
    ),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Stages that can be completed, and some that cannot: too few approvers, no approver, no stage. */
const people = fc.oneof(
  { weight: 19, arbitrary: fc.uniqueArray(anyone, { minLength: 3, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.uniqueArray(anyone, { maxLength: 2 }) },
);
const stage = fc.tuple(people, fc.nat({ max: 39 })).map(([named, chosen]): [number, ...PersonId[]] => {
  const possible = Math.max(1, named.filter((person) => person !== the.ana).length);
  const needs = chosen === 39 ? possible + 1 : chosen === 38 ? 0 : chosen < 25 ? 1 : 1 + (chosen % possible);
  return [needs, ...named];
});
const requirements = fc
  .oneof(
    { weight: 19, arbitrary: fc.array(stage, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  )
  .map((stages) => the.demand(...stages));

export type Tried = Readonly<{
  command: Command;
  before: RequestState;
  events: readonly Event[];
  after: RequestState;
}>;
export type History = Readonly<{
  requirements: Requirements;
  leases: readonly LeaseId[];
  /** Every command that was tried, in order, with its effect. A refused command has no events. */
  tried: readonly Tried[];
  events: readonly Event[];
  state: RequestState;
}>;

/** A request that is opened with `targets` targets, followed by up to 60 steps. */
export const history: fc.Arbitrary<History> = fc
  .record({
    requirements,
    targets: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
  })
  .map(({ requirements: demanded, targets, steps }) => {
    const tried: Tried[] = [];
    let state: RequestState = BLANK;
    let at: Instant = the.noon;
    const attempt = (command: Command) => {
      const decided = decide(state, command);
      const events = decided.ok ? decided.value : [];
      const after = events.reduce(evolve, state);
      tried.push({ command, before: state, events, after });
      state = after;
    };
    attempt(the.open(demanded, targets));
    for (const each of steps) {
      at = addMinutes(at, each.wait as Parameters<typeof addMinutes>[1]);
      attempt(each.arbitrary ? each.command : fittingCommand(state, each, at));
    }
    const leases = LEASES.slice(0, targets);
    const events = tried.flatMap((each) => each.events);
    return {
      requirements: demanded,
      leases,
      tried,
      events,
      state,
      [fc.toStringMethod]: () => printed(demanded, tried),
    };
  });

/** How often each command is chosen in each state, in shares of the state's sum. */
const FITTING: Record<RequestState['kind'], Partial<Record<Command['kind'], number>>> = {
  blank: { open: 1 },
  pending: { approve: 90, ask: 6, answer: 6, deny: 2, withdraw: 1, lapse: 2, void: 1 },
  granting: { intend: 10, 'confirm-granted': 70, 'fail-grant': 2, expire: 1, end: 1, object: 1, void: 1 },
  active: {
    extend: 12,
    deliver: 8,
    end: 1,
    object: 1,
    expire: 6,
    void: 1,
    'confirm-repaired': 1,
    'record-drift': 1,
  },
  revoking: { 'confirm-revoked': 10, 'confirm-granted': 1, 'report-undone': 1 },
  closed: {
    approve: 1,
    end: 1,
    'confirm-repaired': 1,
    'confirm-tidied': 1,
    'record-drift': 1,
    'report-undone': 1,
    'confirm-granted': 1,
    'confirm-revoked': 1,
    expire: 1,
    deliver: 1,
    void: 1,
    'mass-end': 1,
  },
};

/** The same while an extension waits for approval, and while it is carried out. */
const FITTING_EXTENSION: Record<Extension['kind'], Partial<Record<Command['kind'], number>>> = {
  pending: { approve: 60, deny: 3, withdraw: 2, 'lapse-extension': 9, extend: 1, expire: 3, end: 1, void: 1 },
  started: {
    'confirm-lease-extended': 60,
    'confirm-extended': 40,
    'fail-extension': 2,
    deny: 1,
    withdraw: 1,
    expire: 2,
    end: 1,
    void: 1,
  },
};

const fittingKinds = (state: RequestState) =>
  state.kind === 'active' && state.extension ? FITTING_EXTENSION[state.extension.kind] : FITTING[state.kind];

function fittingCommand(state: RequestState, { kind: chosen, detail }: Step, at: Instant): Command {
  const kind = weighted(fittingKinds(state), chosen);
  const seen = { digest: state.kind === 'blank' ? 'd1' : digestToAnswer(state) };
  switch (kind) {
    case 'approve':
      return the.approve(personFor(state, detail), at, seen);
    case 'deny':
      return the.deny(personFor(state, detail), at, seen);
    case 'withdraw':
      return { ...the.withdraw(the.ana, at), ...seen } as Command;
    case 'ask':
      return the.ask(personFor(state, detail), at);
    case 'answer':
      return the.answer(the.ana, at);
    case 'extend':
      return the.extend(at, {
        by: detail % 20 === 0 ? the.bo : the.ana,
        from: 'endsAt' in state && state.endsAt !== undefined ? state.endsAt : the.END,
        minutes: 1 + (detail % 90),
        digest: `x${detail}`,
        demanded:
          detail % 3 === 0
            ? the.demand([1, the.bo, the.cy], [1, the.bo, the.cy, the.dee])
            : the.demand([1, the.bo, the.cy]),
      });
    case 'confirm-lease-extended':
      return the.confirmLeaseExtended(leaseFor(state, detail), at);
    case 'confirm-extended':
      return the.confirmExtended(at);
    case 'adopt-end':
      return the.adoptEnd(at);
    case 'lapse-extension':
      return the.lapseExtension(at);
    case 'fail-extension':
      return the.failExtension(at);
    case 'end':
      return the.end(detail % 2 === 0 ? the.ana : personFor(state, detail), at);
    case 'lapse':
      return the.lapse(at);
    case 'expire':
      return the.expire(at);
    case 'void':
      return the.voided(at);
    case 'mass-end':
      return the.massEnd(at);
    case 'object':
      return the.object(at);
    case 'intend':
      return the.intend(leaseFor(state, detail), at);
    case 'confirm-granted':
      return the.confirmGranted(leaseFor(state, detail), at);
    case 'confirm-revoked':
      return the.confirmRevoked(leaseFor(state, detail), at);
    case 'fail-grant':
      return the.failGrant(at);
    case 'report-undone':
      return the.reportUndone(leaseFor(state, detail), at);
    case 'confirm-repaired':
      return the.confirmRepaired(leaseFor(state, detail), at);
    case 'record-drift':
      return the.recordDrift(leaseFor(state, detail), at);
    case 'confirm-tidied':
      return the.confirmTidied(leaseFor(state, detail), at);
    case 'deliver':
      return the.deliver(detail % 8 === 0 ? the.bo : the.ana, at, leaseFor(state, detail));
    case 'open':
      return the.open();
  }
}

function weighted<Key extends string>(weights: Partial<Record<Key, number>>, chosen: number): Key {
  const entries = Object.entries(weights) as [Key, number][];
  let rest = chosen % entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) if ((rest -= weight) < 0) return key;
  throw new Error('no weights');
}

/** Mostly an approver of the open stage who has not approved yet, sometimes anybody. */
function personFor(state: RequestState, detail: number): PersonId {
  const asked = state.kind === 'active' ? state.extension : 'requirements' in state ? state : undefined;
  const waiting = asked ? waitingFor(asked) : [];
  const from = waiting.length === 0 || detail % 10 === 0 ? PEOPLE : waiting;
  return from[detail % from.length] ?? the.bo;
}

const waitingFor = ({ requirements, approvals }: Approvable): PersonId[] =>
  (requirements.stages[approvals.at(-1)?.stage ?? 0]?.approvers ?? [])
    .concat(requirements.stages.flatMap(({ approvers }) => approvers))
    .map(({ person }) => person)
    .filter((person) => person !== the.ana && !approvals.some(({ by }) => by === person));

const leaseFor = (state: RequestState, detail: number): LeaseId => {
  const leases = 'leases' in state ? state.leases : LEASES;
  return leases[detail % leases.length] ?? the.lease;
};

/** One line for each command, for the report of a law that fails. */
const printed = ({ stages }: Requirements, tried: readonly Tried[]): string =>
  [
    '',
    ...stages.map(
      ({ needs, approvers }, index) =>
        `stage ${index} needs ${needs} of ${approvers.map(({ person }) => person).join(', ') || 'nobody'}`,
    ),
    ...tried.slice(1).map(({ command: { kind, at, ...fields }, events, after }) => {
      const minutes = Math.round((at - the.noon) / 60_000);
      const caused = events.map((event) => event.kind).join(', ') || 'refused or nothing new';
      return `minute ${minutes}: ${kind} ${JSON.stringify(fields)} -> ${caused}; ${after.kind}`;
    }),
  ].join('\n');
