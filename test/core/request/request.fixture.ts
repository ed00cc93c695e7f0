import type { Instant, LeaseId, MassEndingId, Minutes, PersonId, RequestId } from '../../../core/ids.ts';
import { leaseIdOf } from '../../../core/ids.ts';
import { type Command, ELIGIBLE, type Eligibility } from '../../../core/request/commands.ts';
import type { MassEndedEnding } from '../../../core/mass-ending.ts';
import type { ObjectionEnding } from '../../../core/reviews/objected.ts';
import type { ReviewId } from '../../../core/reviews/review.ts';
import type { Event } from '../../../core/request/events.ts';
import type { RequestDetails, RequestState, Requirements } from '../../../core/request/state.ts';
import { decide } from '../../../core/request/decide.ts';
import { evolve, stateAfter } from '../../../core/request/evolve.ts';
import { BLANK } from '../../../core/request/state.ts';

/** People and instants that the tests of the core use. */
export const person = (name: string): PersonId => name as PersonId;
export const [ana, bo, cy, dee, sam] = ['ana', 'bo', 'cy', 'dee', 'sam'].map(person) as [
  PersonId,
  PersonId,
  PersonId,
  PersonId,
  PersonId,
];
export const noon = Date.UTC(2026, 0, 5, 12) as Instant;
export const later = (minutes: number): Instant => (noon + minutes * 60_000) as Instant;
export const request = 'req_01jgyq8zk7f5v2m9c3x4b6n8p0' as RequestId;
export const lease: LeaseId = leaseIdOf(request, 0);
export const second: LeaseId = leaseIdOf(request, 1);

export const detailsOf = (targets = 1): RequestDetails => ({
  id: request,
  requester: ana,
  entitlement: 'orders-db',
  minutes: 120 as Minutes,
  targets: Array.from({ length: targets }, () => 'fake'),
  reasonHash: 'aa',
  digest: 'd1',
});

/** Requirements whose stages are given as the number of approvals needed, followed by the approvers. */
export const demand = (
  ...stages: readonly (readonly [needs: number, ...people: PersonId[]])[]
): Requirements => ({
  stages: stages.map(([needs, ...people]) => ({
    needs,
    approvers: people.map((each) => ({ person: each, because: `owns orders-db` })),
  })),
  policy: 'p1',
  lapsesAt: later(480),
});

export const open = (demanded: Requirements = demand([1, bo, cy]), targets = 1): Command => ({
  kind: 'open',
  details: detailsOf(targets),
  requirements: demanded,
  at: noon,
});

/** The state after these events, whoever wrote them. */
export const after = stateAfter;

/** Runs the commands in order, from a request that does not exist yet. A refused command changes nothing. */
export function run(commands: readonly Command[]): { state: RequestState; log: readonly Event[] } {
  let state: RequestState = BLANK;
  const log: Event[] = [];
  for (const command of commands) {
    const decided = decide(state, command);
    if (!decided.ok) continue;
    log.push(...decided.value);
    state = decided.value.reduce(evolve, state);
  }
  return { state, log };
}

export const deliver = (
  by: PersonId,
  at: Instant = later(3),
  which: LeaseId = lease,
  wasUnseen = false,
): Command => ({ kind: 'deliver', by, lease: which, at, wasUnseen });
export const approve = (by: PersonId, at: Instant = later(1), more: object = {}): Command =>
  ({ kind: 'approve', by, digest: 'd1', eligibility: ELIGIBLE, at, ...more }) as Command;
export const deny = (by: PersonId, at: Instant = later(1), more: object = {}): Command =>
  ({ kind: 'deny', by, digest: 'd1', eligibility: ELIGIBLE, hasReason: true, at, ...more }) as Command;
export const withdraw = (by: PersonId, at: Instant = later(1)): Command => ({
  kind: 'withdraw',
  by,
  digest: 'd1',
  at,
});
export const end = (by: PersonId, at: Instant = later(9), eligibility: Eligibility = ELIGIBLE): Command => ({
  kind: 'end',
  by,
  eligibility,
  at,
});
/** The end of `active`, and two hours after it. */
export const END = later(121);
/** An extension by this many minutes, of access that ends at `from`. Bo or cy can approve it, until an hour has passed. */
export const extend = (
  at: Instant = later(60),
  { by = ana, from = END, minutes = 60, digest = 'x1', demanded = demand([1, bo, cy]) } = {},
): Command => ({
  kind: 'extend',
  by,
  from,
  extension: {
    minutes: minutes as Minutes,
    endsAt: (from + minutes * 60_000) as Instant,
    reasonHash: 'bb',
    digest,
  },
  requirements: { ...demanded, lapsesAt: Math.min(at + 3_600_000, from) as Instant },
  at,
});
export const approveExtension = (by: PersonId, at: Instant = later(61), more: object = {}): Command =>
  approve(by, at, { digest: 'x1', ...more });
export const denyExtension = (by: PersonId, at: Instant = later(61), more: object = {}): Command =>
  deny(by, at, { digest: 'x1', ...more });
export const withdrawExtension = (by: PersonId, at: Instant = later(61)): Command => ({
  kind: 'withdraw',
  by,
  digest: 'x1',
  at,
});
export const confirmLeaseExtended = (which: LeaseId = lease, at: Instant = later(62)): Command => ({
  kind: 'confirm-lease-extended',
  lease: which,
  generation: 2,
  seen: 'present until later',
  at,
});
export const confirmExtended = (at: Instant = later(63)): Command => ({ kind: 'confirm-extended', at });
export const adoptEnd = (at = later(5)): Command => ({ kind: 'adopt-end', by: bo, endsAt: later(600), at });
export const lapseExtension = (at: Instant = later(120)): Command => ({ kind: 'lapse-extension', at });
export const failExtension = (at: Instant = later(63)): Command => ({
  kind: 'fail-extension',
  fault: 'provider-refused',
  why: 'fake: somebody revoked it',
  at,
});
export const ask = (by: PersonId, at: Instant = later(10), more: object = {}): Command =>
  ({ kind: 'ask', by, digest: 'd1', eligibility: ELIGIBLE, hasText: true, at, ...more }) as Command;
export const answer = (by: PersonId = ana, at: Instant = later(30), hasText = true): Command => ({
  kind: 'answer',
  by,
  hasText,
  at,
});
export const intend = (which: LeaseId = lease, at: Instant = later(1)): Command => ({
  kind: 'intend',
  lease: which,
  prior: 'none',
  level: 'present',
  subject: 'AIDA1',
  at,
});
export const confirmGranted = (which: LeaseId = lease, at: Instant = later(2)): Command => ({
  kind: 'confirm-granted',
  lease: which,
  seen: 'present',
  at,
});
export const reportUndone = (which: LeaseId = lease, at: Instant = later(125)): Command => ({
  kind: 'report-undone',
  lease: which,
  undoneAt: later(121),
  at,
});
export const confirmRepaired = (which: LeaseId = lease, at: Instant = later(126)): Command => ({
  kind: 'confirm-repaired',
  lease: which,
  generation: 2,
  seen: 'ana has write',
  at,
});
export const confirmRevoked = (which: LeaseId = lease, at: Instant = later(122)): Command => ({
  kind: 'confirm-revoked',
  lease: which,
  seen: 'none',
  at,
});
export const recordDrift = (which: LeaseId = lease, at: Instant = later(30)): Command => ({
  kind: 'record-drift',
  lease: which,
  drift: { change: 'lowered', expected: 'write', found: 'read' },
  at,
});
export const confirmTidied = (which: LeaseId = lease, at: Instant = later(130)): Command => ({
  kind: 'confirm-tidied',
  lease: which,
  seen: 'no role',
  at,
});
export const failGrant = (at: Instant = later(2)): Command => ({
  kind: 'fail-grant',
  fault: 'provider-refused',
  why: 'fake: <@U1> has a custom role',
  at,
});
export const expire = (at: Instant = later(121)): Command => ({ kind: 'expire', at });
export const lapse = (at: Instant = later(480)): Command => ({ kind: 'lapse', at });
export const massEnded: MassEndedEnding = {
  kind: 'mass-ended',
  by: dee,
  scope: { kind: 'person', person: ana },
  massEnding: `end_${'0'.repeat(26)}` as MassEndingId,
  why: 'a stolen laptop',
};
export const objected: ObjectionEnding = {
  kind: 'objected',
  by: dee,
  review: `review_${'0'.repeat(26)}` as ReviewId,
  why: 'the project is over',
};
export const object = (at: Instant = later(3)): Command => ({ kind: 'object', ending: objected, at });
export const massEnd = (at: Instant = later(3)): Command => ({ kind: 'mass-end', ending: massEnded, at });
export const voided = (at: Instant = later(3)): Command => ({ kind: 'void', why: 'the policy changed', at });

/** The kinds of the events of an accepted command, or the code of its refusal. */
export const outcome = (state: RequestState, command: Command): string => {
  const decided = decide(state, command);
  return decided.ok ? decided.value.map(({ kind }) => kind).join(' ') || 'nothing new' : decided.error.code;
};

export const pending = run([open()]).state;
export const granting = run([open(), approve(bo)]).state;
export const active = run([open(), approve(bo), intend(), confirmGranted()]).state;
export const untilActive = [open(), approve(bo), intend(), confirmGranted()];
export const asked = run([...untilActive, extend()]).state;
export const extending = run([...untilActive, extend(), approveExtension(bo)]).state;
export const leaseExtended = run([
  ...untilActive,
  extend(),
  approveExtension(bo),
  confirmLeaseExtended(),
]).state;
export const extended = run([
  ...untilActive,
  extend(),
  approveExtension(bo),
  confirmLeaseExtended(),
  confirmExtended(),
]).state;
export const revoking = run([open(), approve(bo), confirmGranted(), expire()]).state;
export const closed = run([open(), approve(bo), confirmGranted(), expire(), confirmRevoked()]).state;
