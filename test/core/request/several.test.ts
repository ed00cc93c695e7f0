import { describe, expect, test } from '@jest/globals';
import { type LeaseId, leaseIdOf, type PersonId } from '../../../core/ids.ts';
import { isInScope, isLocked } from '../../../core/mass-ending.ts';
import { asksOnceMore } from '../../../core/request/asks-once-more.ts';
import { approversToldOfDrift } from '../../../core/request/awaited.ts';
import type { Command } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import { decisionAwaited } from '../../../core/request/deciders.ts';
import { grantFailsAt } from '../../../core/request/due.ts';
import type { Event } from '../../../core/request/events.ts';
import { lengthGiven } from '../../../core/request/extension.ts';
import { leaseStates } from '../../../core/request/lease-states.ts';
import { progressOf } from '../../../core/request/progress.ts';
import { evolve } from '../../../core/request/evolve.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

// Three people where a rule says how many, and three targets where it says each or any.
const { ana, bo, cy, dee, sam, later, outcome, run } = the;
const three = the.demand([3, bo, cy, dee, sam]);

/** What each command does after those before it. */
const outcomes = (first: RequestState, commands: readonly Command[]): readonly string[] => {
  let state = first;
  return commands.map((command) => {
    const became = outcome(state, command);
    const decided = decide(state, command);
    if (decided.ok) state = decided.value.reduce(evolve, state);
    return became;
  });
};

describe('a request that needs three approvals', () => {
  const pending = run([the.open(three)]).state;
  const asking = run([
    the.open(),
    the.approve(bo),
    the.intend(),
    the.confirmGranted(),
    the.extend(later(60), { demanded: three }),
  ]).state;

  test.each<[string, readonly PersonId[], string]>([
    ['three people', [bo, cy, dee], 'started'],
    ['three of four people', [sam, dee, bo], 'started'],
    ['two people, the first of them twice', [bo, cy, bo], 'already-approved'],
    ['two people, the second of them twice', [bo, cy, cy], 'already-approved'],
    ['two people and the requester', [bo, cy, ana], 'own-request'],
    ['two people and somebody who is not named', [bo, cy, 'zed' as PersonId], 'not-an-approver'],
  ])('is granted, and an extension is carried out, as this says: %s → %s', (_who, people, third) => {
    const last = (prefix: string, word: string) =>
      third === 'started' ? `${prefix}approved ${word}-started` : third;
    expect(
      outcomes(
        pending,
        people.map((by) => the.approve(by)),
      ),
    ).toEqual([...['approved', 'approved'], last('', 'grant')]);
    expect(
      outcomes(
        asking,
        people.map((by) => the.approveExtension(by)),
      ),
    ).toEqual([...['extension-approved', 'extension-approved'], last('extension-', 'extension')]);
  });

  const approved = run([
    the.open(three),
    the.approve(bo, later(1)),
    the.approve(cy, later(20)),
    the.approve(dee, later(40)),
  ]);

  test('has its whole length, and its time to be granted, from the last approval on', () => {
    const { state } = approved;
    if (state.kind !== 'granting') throw new Error(state.kind);
    expect(state.endsAt).toBe(later(160));
    expect(grantFailsAt(state)).toBe(later(50));
    expect(lengthGiven(state)).toBe(120);
  });

  test.each<[readonly PersonId[], readonly PersonId[]]>([
    [[], [bo, cy, dee, sam]],
    [[bo], [cy, dee, sam]],
    [
      [bo, dee],
      [cy, sam],
    ],
  ])('after the approvals of %j it waits for %j', (people, awaited) => {
    const { state } = run([the.open(three), ...people.map((by) => the.approve(by))]);
    expect(decisionAwaited(state)?.approvers).toEqual(awaited);
  });

  test('tells all three when somebody lowered its access by hand', () => {
    const { log } = run([
      the.open(three),
      ...[bo, cy, dee].map((by) => the.approve(by)),
      the.intend(),
      the.confirmGranted(),
      the.recordDrift(),
    ]);
    const trail = log.map((event) => ({ event }));
    expect(approversToldOfDrift(trail, log.length - 1, log.length)).toEqual([bo, cy, dee]);
  });

  test('can be ended by each of its four approvers, and by nobody else', () => {
    const may = [bo, cy, dee, sam, 'zed' as PersonId].map((by) => outcome(approved.state, the.end(by)));
    expect(may).toEqual([...Array<string>(4).fill('revoke-started'), 'not-requester']);
  });
});

const LEASES = [0, 1, 2].map((target) => leaseIdOf(the.request, target)) as [LeaseId, LeaseId, LeaseId];
const ORDERS = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
] as const;
const inOrder = (order: readonly number[], command: (lease: LeaseId) => Command) =>
  order.map((at) => command(LEASES[at] ?? LEASES[0]));
const opened = [the.open(the.demand([1, bo]), 3), the.approve(bo)];
const untilActive = [...opened, ...LEASES.flatMap((lease) => [the.intend(lease), the.confirmGranted(lease)])];
const extending = [...untilActive, the.extend(), the.approveExtension(bo)];

describe('a request with three targets', () => {
  const receipts: readonly (readonly [
    what: string,
    before: readonly Command[],
    receipt: (lease: LeaseId) => Command,
    kinds: readonly [each: string, last: string],
  ])[] = [
    ['is active', opened, (lease) => the.confirmGranted(lease), ['granted', 'granted activated']],
    [
      'is closed',
      [...untilActive, the.expire()],
      (lease) => the.confirmRevoked(lease),
      ['revoked', 'revoked closed'],
    ],
  ];
  for (const [what, before, receipt, [each, last]] of receipts) {
    test.each(ORDERS)(`${what} with the receipt of the last of them: %j`, (...order) =>
      expect(outcomes(run(before).state, inOrder(order, receipt))).toEqual([each, each, last]),
    );
    test.each([
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
    ])(`and a receipt that comes twice counts once: %j, so it is not so that it ${what}`, (...order) =>
      expect(outcomes(run(before).state, inOrder(order, receipt))).not.toContain(last),
    );
  }

  test.each(ORDERS)('has a later end when each of them has it: %j', (...order) => {
    const steps = inOrder(order, (lease) => the.confirmLeaseExtended(lease)).flatMap((step) => [
      step,
      the.confirmExtended(),
    ]);
    expect(outcomes(run(extending).state, steps)).toEqual([
      ...['lease-extended', 'wrong-state', 'lease-extended', 'wrong-state', 'lease-extended', 'extended'],
    ]);
  });

  test('gives the credential of each once', () => {
    const state = run(untilActive).state;
    const steps = [0, 1, 1, 2, 0].map((at) => the.deliver(ana, later(3), LEASES[at]));
    expect(outcomes(state, steps)).toEqual([
      ...['delivered', 'delivered', 'already-delivered', 'delivered', 'already-delivered'],
    ]);
  });

  const standings = (commands: readonly Command[], of: 'state' | 'endsAt' | 'laterEnd' | 'cap') => {
    const states = leaseStates(run(commands).log as readonly Event[]);
    return LEASES.map((lease) => states.get(lease)?.[of]);
  };
  test.each<[string, Parameters<typeof standings>, readonly unknown[]]>([
    ['is revoked', [[...untilActive, the.expire()], 'state'], Array(3).fill('revoke-started')],
    [
      'has the receipt of the second',
      [[...untilActive, the.expire(), the.confirmRevoked(LEASES[1])], 'state'],
      ['revoke-started', 'revoked', 'revoke-started'],
    ],
    ['is extended', [extending, 'laterEnd'], Array(3).fill('wanted')],
    [
      'is not extended, because it failed',
      [[...extending, the.failExtension()], 'laterEnd'],
      Array(3).fill('unwanted'),
    ],
    [
      'has an end that somebody adopted',
      [[...untilActive, the.adoptEnd()], 'endsAt'],
      Array(3).fill(later(600)),
    ],
    [
      'was extended',
      [
        [...extending, ...LEASES.map((lease) => the.confirmLeaseExtended(lease)), the.confirmExtended()],
        'endsAt',
      ],
      Array(3).fill(later(181)),
    ],
    [
      'was lowered by hand at the second',
      [[...untilActive, the.recordDrift(LEASES[1])], 'cap'],
      [undefined, 'read', undefined],
    ],
  ])('%s at all of them, or only where it happened', (_what, [commands, of], expected) =>
    expect(standings(commands, of)).toEqual(expected),
  );

  test('gives the workflow each lease with its own provider', () => {
    const state = run(untilActive).state;
    if (state.kind !== 'active') throw new Error(state.kind);
    const providers = ['github', 'aws-iam', 'postgres'];
    const elsewhere = { ...state, details: { ...state.details, targets: providers } };
    expect(progressOf(elsewhere, later(3))).toMatchObject({
      leases: LEASES.map((lease, at) => ({ lease, provider: providers[at] })),
    });
  });
});

describe('one of three is enough', () => {
  const scoped = { requester: dee, entitlement: 'orders', providers: ['github', 'aws-iam', 'postgres'] };
  test.each<[string, boolean]>([
    ['github', true],
    ['aws-iam', true],
    ['postgres', true],
    ['fake', false],
  ])('to be in the scope of the provider %s: %s', (provider, expected) =>
    expect(isInScope({ kind: 'provider', provider }, scoped)).toBe(expected),
  );
  test.each<[PersonId, boolean]>([
    [bo, true],
    [dee, true],
    [sam, false],
  ])('to be among the people who left: %s, %s', (requester, expected) =>
    expect(isInScope({ kind: 'leavers', people: [bo, cy, dee] }, { ...scoped, requester })).toBe(expected),
  );
  test.each([0, 1, 2])('for a second question: the target %d widens', (widening) => {
    const targets = [0, 1, 2].map((at) => ({ widens: at === widening }));
    expect(asksOnceMore({ class: 'internal', targets })).toBe(true);
  });
  test('and none is not', () =>
    expect(asksOnceMore({ class: 'internal', targets: Array(3).fill({ widens: false }) })).toBe(false));
});

test.each([
  [[], true],
  [[bo], true],
  [[bo, cy], true],
  [[bo, cy, dee], false],
])('a lock that three people must lift, and %j did, holds: %s', (liftedBy, holds) =>
  expect(isLocked({ lock: { needs: 3, liftedBy } })).toBe(holds),
);
