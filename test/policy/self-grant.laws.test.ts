import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CurfewRole, type HeldRole } from '../../core/curfew-role.ts';
import type { Instant, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import { type Command, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import { evolve } from '../../core/request/evolve.ts';
import { BLANK, type RequestState } from '../../core/request/state.ts';
import type { PolicySet } from '../../policy/files/policy-set.ts';
import { isEligible } from '../../policy/judge/eligibility.ts';
import { withHeldRoles } from '../../policy/judge/held-roles.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import { requestableBy } from '../../policy/rules/requester.ts';
import { noon } from '../core/request/request.fixture.ts';
import { holds } from '../laws.fixture.ts';
import { readRolePolicy, type RolePolicy } from './curfew-roles.fixture.ts';

// Any policy that is accepted, anybody who has a role already, and any order of requests and approvals.

const NAMES = ['ana', 'bo', 'cy', 'dee', 'eli'] as const;
const anyName = fc.constantFrom(...NAMES);
const anySelector = fc.oneof(
  anyName.map((name) => `person:${name}`),
  fc.constantFrom('group:one', 'group:two'),
);
const anyPeople = fc
  .tuple(...NAMES.map(() => fc.record({ manager: fc.option(anyName), active: fc.boolean() })))
  .map((all) =>
    all.map(({ manager, active }, index) => {
      const id = NAMES[index] ?? 'ana';
      return { id, active: active || index < 3, ...(manager && manager !== id ? { manager } : {}) };
    }),
  );
const anyMembers = fc.uniqueArray(anyName, { minLength: 1, maxLength: 3 });
const anyEntitlement = fc.record({
  role: fc.constantFrom<CurfewRole>('auditor', 'security'),
  owner: anySelector,
  requesters: fc.uniqueArray(anySelector, { minLength: 1, maxLength: 2 }),
  approvers: fc.uniqueArray(fc.oneof(anySelector, fc.constantFrom('owner', 'manager')), {
    minLength: 1,
    maxLength: 3,
  }),
  needs: fc.integer({ min: 1, max: 3 }),
});
const anyPolicy: fc.Arbitrary<RolePolicy> = fc.record({
  people: anyPeople,
  groups: fc.record({ one: anyMembers, two: anyMembers }),
  security: fc.uniqueArray(anySelector, { minLength: 1, maxLength: 2 }),
  auditors: fc.uniqueArray(anySelector, { minLength: 1, maxLength: 2 }),
  entitlements: fc
    .array(anyEntitlement, { minLength: 1, maxLength: 3 })
    .map((all) => all.map((each, index) => ({ id: `role-${index}`, ...each }))),
});

/** `target` chooses the entitlement of a request, and the request of an approval. */
const anyStep = fc.record({
  by: anyName,
  kind: fc.constantFrom('request', 'approve', 'approve'),
  target: fc.nat({ max: 5 }),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;
const anyHeld = fc.array(
  fc.record({ person: anyName, role: fc.constantFrom<CurfewRole>('auditor', 'security') }),
  {
    maxLength: 3,
  },
);

/** Who has a lease of a role after these steps, as the ledger decides each. `held`: who had one before, whoever gave it. */
function leased(policy: PolicySet, steps: readonly Step[], held: readonly HeldRole[]): readonly PersonId[] {
  const withRoles = withHeldRoles(policy, held);
  const requests: RequestState[] = [];
  for (const { by: name, kind, target } of steps) {
    const by = name as PersonId;
    if (kind === 'request') requests.push(requested(withRoles, by, target));
    const index = target % Math.max(requests.length, 1);
    const state = requests[index];
    if (kind === 'approve' && state && state.kind !== 'blank') {
      const { entitlement, requester, digest } = state.details;
      const isAllowed = isEligible(withRoles, { entitlement, requester }, by);
      const eligibility = isAllowed ? ELIGIBLE : NOT_ELIGIBLE;
      requests[index] = after(state, { kind: 'approve', by, digest, eligibility, at: noon });
    }
  }
  return requests.flatMap((state) => (state.kind === 'granting' ? [state.details.requester] : []));
}

function requested(policy: PolicySet, person: PersonId, target: number): RequestState {
  const ids = [...policy.entitlements.keys()];
  const entitlement = ids[target % ids.length] ?? '';
  const submission = { person, entitlement, length: '1h', reason: 'r', reasonHash: 'aa', openRequests: 0 };
  const verdict = judgeSubmission(policy, submission);
  if (!verdict.allowed) return BLANK;
  const { minutes, stages, targets, digest } = verdict.judged;
  return after(BLANK, {
    kind: 'open',
    details: {
      ...{
        id: 'req_01jgyq8zk7f5v2m9c3x4b6n8p0' as RequestId,
        requester: person,
        entitlement,
        minutes,
        digest,
      },
      ...{ targets: targets.map(({ provider }) => provider), reasonHash: 'aa' },
    },
    requirements: { stages, policy: policy.digest, lapsesAt: (noon + 1e7) as Instant },
    at: noon,
  });
}

function after(state: RequestState, command: Command): RequestState {
  const decided = decide(state, command);
  return decided.ok ? decided.value.reduce(evolve, state) : state;
}

const heldBy = (all: readonly Readonly<{ person: string; role: CurfewRole }>[]): readonly HeldRole[] =>
  all.map(({ person, role }) => ({
    ...{ person: person as PersonId, role, until: (noon + 1e7) as Instant },
    ...{ lease: 'lease_x' as LeaseId, request: 'req_x' as RequestId },
  }));

const anyHistory = fc.record({
  policy: anyPolicy,
  steps: fc.array(anyStep, { minLength: 10, maxLength: 40 }),
  alone: anyName,
  held: anyHeld.map(heldBy),
});

describe('no path of requests and approvals reaches a self-grant (T40)', () => {
  const always = (law: string, acts: (policy: PolicySet, name: PersonId, alone: string) => boolean) =>
    holds(law, anyHistory, ({ policy: written, steps, alone, held }) => {
      const read = readRolePolicy(written);
      if (!read.ok) return;
      const done = steps.filter(({ by }) => acts(read.value, by as PersonId, alone));
      expect(leased(read.value, done, held)).toEqual([]);
    });

  always('when one person alone acts, nobody gets a role', (_policy, name, alone) => name === alone);

  always(
    'when only people act who can request a role, nobody gets one',
    (policy, name) => requestableBy(policy, name).length > 0,
  );

  test('and when everybody acts, people get roles: the laws above say something', () => {
    const examples = fc.sample(anyHistory, { numRuns: 150, seed: 1 });
    const outcomes = examples.map(({ policy, steps, held }) => {
      const read = readRolePolicy(policy);
      return read.ok ? leased(read.value, steps, held).length : 'refused';
    });
    expect(outcomes.filter((each) => each === 'refused').length).toBeGreaterThan(30);
    expect(outcomes.filter((each) => each === 0).length).toBeGreaterThan(15);
    expect(outcomes.filter((each) => typeof each === 'number' && each > 0).length).toBeGreaterThan(3);
  });
});
