import { parseDuration } from '../../core/duration.ts';
import type { Minutes, PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { nearest } from '../../core/nearest.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Approval, RequestDetails, Stage } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import { digestOf, type PolicySet } from '../files/policy-set.ts';
import { isSelected, stagesFor } from './approvers.ts';

/** A person's ask, in their own words, and what the ledger knows of them. */
export type Submission = Readonly<{
  person: PersonId | null;
  entitlement: string;
  length: string;
  reason: string;
  /** Salted hash of the reason, for the digest. */
  reasonHash: string;
  openRequests: number;
}>;

/** What may be asked of whom: the ask in our terms, and the route it takes. */
export type Judged = Readonly<{
  person: Person;
  entitlement: Entitlement;
  minutes: Minutes;
  targets: readonly RequestedTarget[];
  stages: readonly Stage[];
  waitMinutes: Minutes;
  /** SHA-256, in hex, of all that was asked and the policy that judged it: what an approval binds (I11). */
  digest: string;
  policy: string;
}>;

/** Judges an ask. Silence, an unknown name and an empty set all refuse (I14, B37). */
export function judgeSubmission(policy: PolicySet, asking: Submission): Result<Judged, RequestRefusal> {
  const person = asking.person && policy.directory.people.get(asking.person);
  if (!person?.active) return no({ code: 'unknown-person' });

  const entitlement = findEntitlement(policy, asking.entitlement);
  if (!entitlement) return no(unknownEntitlement(policy, asking.entitlement));
  if (!entitlement.requesters.some((whom) => isSelected(policy, whom, person.id)))
    return no({ code: 'not-allowed', why: `${entitlement.title} is not for your group` });

  const length = parseDuration(asking.length);
  if (!length.ok) return no({ code: 'length-unreadable', problem: length.error });
  if (length.value > entitlement.longest) return no({ code: 'too-long', longest: entitlement.longest });

  const reason = asking.reason.trim();
  if (reason === '') return no({ code: 'reason-missing' });
  if (!reason.isWellFormed() || reason.includes('\u0000')) return no({ code: 'reason-missing' });
  if ([...reason].length > LIMITS.reasonLength)
    return no({ code: 'reason-too-long', most: LIMITS.reasonLength });
  if (asking.openRequests >= LIMITS.openRequestsPerPerson) return no({ code: 'too-many-open' });

  const targets = targetsFor(entitlement, person);
  if (!targets.ok) return targets;
  const stages = stagesFor(policy, entitlement, person);
  if (stages.some(({ approvers, needs }) => approvers.length < needs))
    return no({ code: 'nobody-can-approve' });
  const asked = { minutes: length.value, targets: targets.value, policy: policy.digest };
  const { reasonHash } = asking;
  const digest = digestOf({ ...asked, reasonHash, person: person.id, entitlement: entitlement.id });
  return ok({ ...asked, person, entitlement, stages, waitMinutes: entitlement.route.waits, digest });
}

/** Whether this person could answer that request if it were asked now. It can only narrow (I12). */
export function eligibleNow(
  policy: PolicySet,
  ask: Pick<RequestDetails, 'requester' | 'entitlement'>,
  by: PersonId,
): boolean {
  const requester = policy.directory.people.get(ask.requester);
  const entitlement = policy.entitlements.get(ask.entitlement);
  if (!requester || !entitlement || !policy.directory.people.get(by)?.active) return false;
  return stagesFor(policy, entitlement, requester).some(({ approvers }) =>
    approvers.some(({ person }) => person === by),
  );
}

/**
 * Judges once more just before granting: what was approved must still be what the policy would grant, to
 * the same account, on the word of people who may still give it (B36, B46). The error says what changed.
 */
export function stillAllowed(
  policy: PolicySet,
  ask: RequestDetails,
  approvals: readonly Approval[],
  approved: readonly RequestedTarget[],
): Result<undefined, string> {
  const entitlement = policy.entitlements.get(ask.entitlement);
  const person = policy.directory.people.get(ask.requester);
  if (!person?.active) return no('the requester is no longer active');
  if (!entitlement) return no('the entitlement is no longer in the catalogue');
  if (!entitlement.requesters.some((whom) => isSelected(policy, whom, person.id)))
    return no('the requester may no longer ask for this');
  if (ask.minutes > entitlement.longest) return no('the longest length was lowered');
  const targets = targetsFor(entitlement, person);
  if (!targets.ok || digestOf(targets.value) !== digestOf(approved)) return no('what it grants was changed');
  if (approvals.length === 0) return no('nobody approved it');
  if (approvals.length < entitlement.route.needs) return no('it now needs more people to say yes');
  if (approvals.some(({ by }) => !eligibleNow(policy, ask, by)))
    return no('an approver may no longer approve this');
  return ok(undefined);
}

/** An entitlement by its id or one of its synonyms, in any case. */
export function findEntitlement(policy: PolicySet, typed: string): Entitlement | undefined {
  const word = typed.trim().toLowerCase();
  return (
    policy.entitlements.get(word) ??
    [...policy.entitlements.values()].find(({ synonyms }) =>
      synonyms.some((each) => each.toLowerCase() === word),
    )
  );
}

/** What this person may ask for, in the catalogue's order. */
export const requestableBy = (policy: PolicySet, person: PersonId): readonly Entitlement[] =>
  policy.directory.people.get(person)?.active
    ? [...policy.entitlements.values()].filter(({ requesters }) =>
        requesters.some((whom) => isSelected(policy, whom, person)),
      )
    : [];

function unknownEntitlement(policy: PolicySet, typed: string): RequestRefusal {
  const guess = nearest(typed, policy.entitlements.keys());
  const entitlement = typed.slice(0, 80).toWellFormed(); // half a character cannot be written down
  return { code: 'unknown-entitlement', entitlement, ...(guess ? { nearest: guess } : {}) };
}

function targetsFor(
  entitlement: Entitlement,
  person: Person,
): Result<readonly RequestedTarget[], RequestRefusal> {
  const targets: RequestedTarget[] = [];
  for (const { provider, spec, lockKey, level, ownObject, accountless } of entitlement.targets) {
    const account = accountless ? person.id : person.accounts[provider]?.[0];
    if (account === undefined) return no({ code: 'no-account', provider });
    targets.push({ provider, account, spec, lockKey, level, ownObject });
  }
  return ok(targets);
}
