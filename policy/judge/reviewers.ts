import type { PersonId } from '../../core/ids.ts';
import type { ApprovedBy } from '../../core/reviews/approvals.ts';
import { reviewersOf } from '../../core/reviews/reviewers.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Person, personOf } from '../files/people.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected, type PeopleSelector, spellSelector } from '../files/selector.ts';
import { stagesFor } from './approvers.ts';
import { findingDeciders, type FindingTarget } from './finding-deciders.ts';
import { securityPeople } from './security.ts';

/** Access that is reviewed, as far as it decides who reviews it. `target`: its key in the catalogue. `leaseOf`: whose lease left it. `approvals`: who gave each approval of the grant, or who adopted the standing access. */
export type ReviewedAccess = Readonly<
  | { kind: 'grant'; person: PersonId; entitlement: string; approvals: readonly ApprovedBy[] }
  | {
      kind: 'standing';
      provider: string;
      target: string;
      account?: string;
      leaseOf?: PersonId;
      approvals: readonly ApprovedBy[];
    }
>;

/** Who may review access now, and whose access it is. `owner` is undefined when people.yaml has nobody with the account. */
export type Reviewers = Readonly<{ reviewers: readonly PersonId[]; owner: PersonId | undefined }>;

/**
 * Who may review each access, in their order: whoever may approve it for the person, and else the security people. Standing access is reviewed by whoever decides about
 * findings at its target. Who approved or adopted it alone does not review it while somebody else can. A manager counts while the person is in people.yaml.
 */
export function reviewersFor(policy: PolicySet, accesses: readonly ReviewedAccess[]): readonly Reviewers[] {
  const deciding = { security: securityPeople(policy), decidersOf: remembered(policy) };
  return accesses.map((access) => reviewersOfAccess(policy, access, deciding));
}

/** `decidersOf`: who decides about findings at a target. */
type Deciding = Readonly<{
  security: readonly PersonId[];
  decidersOf: (target: FindingTarget) => readonly PersonId[];
}>;

/** Many accesses are at one target, and its deciders are found among everybody in people.yaml. */
function remembered(policy: PolicySet): Deciding['decidersOf'] {
  const found = new Map<string, readonly PersonId[]>();
  return (target) => {
    const key = JSON.stringify([target.provider, target.targetName]);
    const deciders = found.get(key) ?? findingDeciders(policy, target);
    found.set(key, deciders);
    return deciders;
  };
}

function reviewersOfAccess(
  policy: PolicySet,
  access: ReviewedAccess,
  { security, decidersOf }: Deciding,
): Reviewers {
  if (access.kind === 'standing') {
    const { provider, target, account, leaseOf, approvals } = access;
    const known = account === undefined ? undefined : personOf(policy.directory, provider, account)?.id;
    const owner = known ?? leaseOf;
    const approvers = decidersOf({ provider, targetName: target });
    return { owner, reviewers: reviewersOf({ person: owner, approvals, approvers, security }) };
  }
  const { person, entitlement, approvals } = access;
  const approvers = approversOf(policy, entitlement, person);
  return { owner: person, reviewers: reviewersOf({ person, approvals, approvers, security }) };
}

function approversOf(policy: PolicySet, id: string, person: PersonId): readonly PersonId[] {
  const entitlement = policy.entitlements.get(id);
  if (!entitlement) return [];
  const requester = policy.directory.people.get(person) ?? gone(person);
  return stagesFor(policy, entitlement, requester).flatMap(({ approvers }) =>
    approvers.map((each) => each.person),
  );
}

/** Who left people.yaml has no manager there. */
const gone = (id: PersonId): Person => ({ id, name: id, active: false, accounts: {} });

/**
 * Whose access, and to which entitlements, somebody may have to review, whether or not anybody may request it now. It can be too much: who reviews a
 * line is decided for each line.
 */
export type Reviewing = Readonly<{ people: readonly PersonId[]; entitlements: readonly string[] }>;

export function reviewing({ directory, entitlements }: PolicySet, reader: PersonId): Reviewing {
  const all = [...entitlements.values()];
  const isNamed = (selector: PeopleSelector) => isSelected(directory, selector, reader);
  const managersApprove = all.some(({ route }) => route.approvers.some(({ kind }) => kind === 'manager'));
  return {
    people: [...directory.people.values()]
      .filter(({ manager }) => managersApprove && manager === reader)
      .map(({ id }) => id),
    entitlements: all
      .filter(({ owner, route }) =>
        route.approvers.some((each) => isNamed(each.kind === 'owner' ? owner : each)),
      )
      .map(({ id }) => id),
  };
}

/** Whether this person may open a review: the active people whom `auditors` of the catalogue names may. The error says why not. */
export function mayOpenReview(
  { auditors, directory }: PolicySet,
  person: PersonId,
): Result<undefined, string> {
  const isAuditor = auditors.some((selector) => isSelected(directory, selector, person));
  if (isAuditor && directory.people.get(person)?.active === true) return ok(undefined);
  return no(`only auditors may: ${auditors.map(spellSelector).join(', ') || 'the catalogue names nobody'}`);
}
