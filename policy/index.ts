import type { PersonId } from '../core/ids.ts';
import type { HeldRole } from '../core/curfew-role.ts';
import { type EndScope, isOwn, type MassEnding } from '../core/mass-ending.ts';
import { ELIGIBLE, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { RequestDetails } from '../core/request/state.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { Entitlement, ReadTarget } from './files/catalogue.ts';
import type { AccountRules, ActsAs } from './files/account-names.ts';
import { type Directory, type Person, personOf } from './files/people.ts';
import type { PolicySet } from './files/policy-set.ts';
import { policyFolder, readActivePeople } from './files/source.ts';
import { formatProblem, type Problem } from './files/yaml.ts';
import {
  type ApprovedExtension,
  type ExtendableRequest,
  extensionStillAllowed,
  judgeExtension,
  type JudgedExtension,
  type WantedExtension,
} from './judge/extension.ts';
import { isEligible } from './judge/eligibility.ts';
import { mayEndAll, type MayEndAll, mayLift } from './judge/end-all.ts';
import { findingDeciders, type FindingTarget } from './judge/finding-deciders.ts';
import { type RoleOfPerson, rolesOf, withHeldRoles } from './judge/held-roles.ts';
import { judgeSubmission, unreadableVerdict } from './judge/judge.ts';
import { mayEndQuarantine } from './judge/quarantine.ts';
import { type DigestedRequest, requestDigest } from './judge/request-digest.ts';
import {
  mayOpenReview,
  type ReviewedAccess,
  type Reviewers,
  reviewersFor,
  reviewing,
  type Reviewing,
} from './judge/reviewers.ts';
import { type Requester, requestersOf, type Route, routesOf } from './judge/routes.ts';
import { securityPeople } from './judge/security.ts';
import { ownSight, type Sight, sightOf } from './judge/sight.ts';
import { type ApprovedRequest, stillAllowed } from './judge/still-allowed.ts';
import type { Submission, Verdict } from './judge/verdict.ts';
import { findEntitlement } from './rules/entitlement.ts';
import { requestableBy } from './rules/requester.ts';

export type { Entitlement, ReadTarget } from './files/catalogue.ts';
export type { AccountRules, ActsAs } from './files/account-names.ts';
export { EXAMPLE_ACCOUNTS } from './files/example-accounts.ts';
export { type Directory, type Person, personOf } from './files/people.ts';
export type { PolicySet } from './files/policy-set.ts';
export { formatProblem, type Problem } from './files/yaml.ts';
export type { ExtendableRequest } from './judge/extension.ts';
export type { FindingTarget } from './judge/finding-deciders.ts';
export { permanentRoles, type RoleOfPerson } from './judge/held-roles.ts';
export { explain, type Explanation } from './judge/readings.ts';
export type { ReviewedAccess, Reviewers } from './judge/reviewers.ts';
export type { Requester, Route } from './judge/routes.ts';
export type { Sight } from './judge/sight.ts';
export type { AllowedRequest, Submission, Verdict } from './judge/verdict.ts';

/** The policy as its files say it now. While they cannot be read, everything new is refused (I14, B54). */
export type Policy = Readonly<{
  current(): Promise<Result<PolicySet, readonly Problem[]>>;
  /** The policy as it was last read without a mistake. Use it for the names of people and things, never for rights. */
  lastKnown(): Promise<PolicySet | undefined>;
  /** The active people of people.yaml, also while the catalogue has a mistake. Use it only for who ends access (I14). */
  activePeople(): Promise<Directory | undefined>;
  /** Why and where the policy cannot be read now; undefined while it can. */
  problem(): Promise<string | undefined>;
  /** The person an account belongs to now, or null. The error says why the policy cannot be read. */
  ownerOf(system: string, account: string): Promise<Result<PersonId | null, string>>;
  /** The person an account belongs to, by the last policy without a mistake. It says nothing about their rights. */
  lastKnownPersonOf(system: string, account: string): Promise<Person | undefined>;
  /** The entitlements that give what is at this target, by the last policy without a mistake. */
  givenBy(provider: string, spec: unknown): Promise<readonly Entitlement['id'][]>;
  /** The entitlements that this person may request, in the order of the catalogue. */
  requestableBy(person: PersonId): Promise<readonly Entitlement[]>;
  /** The same, with who can approve each for them. */
  routesOf(person: PersonId): Promise<readonly Route[]>;
  /**
   * How many people may request an entitlement, and `most` of them after the first `from`, with who can approve it for each. Nobody while
   * the policy cannot be read.
   */
  requestersOf(
    entitlement: string,
    part: Readonly<{ from: number; most: number }>,
  ): Promise<Readonly<{ count: number; requesters: readonly Requester[] }>>;
  /** The entitlement with this id or synonym. Upper and lower case are equal. */
  entitlementNamed(typed: string): Promise<Entitlement | undefined>;
  /** Judges a submission. The verdict is a tree: what every rule wanted and saw, also after the first refusal. */
  judge(submission: Submission): Promise<Verdict>;
  /** Whether this person may answer that request now. */
  eligibility(details: Pick<RequestDetails, 'requester' | 'entitlement'>, by: PersonId): Promise<Eligibility>;
  /** Whose requests this person may see. While the policy cannot be read, only their own. */
  sightOf(person: PersonId): Promise<Sight>;
  /** The roles of Curfew that this person has: by the catalogue, and by live leases. None while the policy cannot be read. */
  rolesOf(person: PersonId): Promise<readonly RoleOfPerson[]>;
  /** Whether this person is one of the people who may use Curfew at all: in people.yaml, and active there. */
  mayAct(person: PersonId): Promise<Eligibility>;
  /** Whether this person may end the quarantine of the ledger. The error says why not. */
  mayEndQuarantine(person: PersonId): Promise<Result<undefined, string>>;
  /** Whether this person may end everything of the scope. While the policy cannot be read, only what is their own. The error says why. */
  mayEndAll(by: PersonId, scope: EndScope): Promise<Result<MayEndAll, string>>;
  /** Whether this person may lift a lock. The error says why not. */
  mayLift(by: PersonId, lock: Pick<MassEnding, 'scope'>): Promise<Result<undefined, string>>;
  /** The people who may end everything of others and lift locks, by the last policy without a mistake. Use it to tell them something. */
  securityPeople(): Promise<readonly PersonId[]>;
  /** Who is told of a finding at this target and may decide about it. The error says why the policy cannot be read. */
  findingDeciders(target: FindingTarget): Promise<Result<readonly PersonId[], string>>;
  /** Who may review each of these accesses now, and whose it is, in their order. The error says why the policy cannot be read. */
  reviewersFor(accesses: readonly ReviewedAccess[]): Promise<Result<readonly Reviewers[], string>>;
  /** What this person may have to review. Nothing while the policy cannot be read. */
  reviewing(person: PersonId): Promise<Reviewing>;
  /** Whether this person may open a review of access. The error says why not. */
  mayOpenReview(person: PersonId): Promise<Result<undefined, string>>;
  /** Judges an extension of an active request, with the policy of this moment. */
  judgeExtension(
    request: ExtendableRequest,
    wanted: WantedExtension,
  ): Promise<Result<JudgedExtension, Refusal>>;
  /** Whether the end may still be moved, as an approved extension says. The error says what changed. */
  extensionStillAllowed(approved: ApprovedExtension): Promise<Result<undefined, string>>;
  /** Whether this is what was approved: its digest is the one that the approvals name. It reads no policy. */
  isWhatWasApproved(request: DigestedRequest & Readonly<{ details: RequestDetails }>): Promise<boolean>;
  /** Whether an approved request may still be granted. The error says what changed. */
  stillAllowed(approved: ApprovedRequest): Promise<Result<undefined, string>>;
}>;

/** Who has a role of Curfew by a live lease now. */
export type HeldRoles = () => Promise<readonly HeldRole[]>;

/** The policy of the files. `withRoles` is the same one, which also counts the roles of Curfew that people have by live leases. */
export type OpenedPolicy = Policy & Readonly<{ withRoles(held: HeldRoles): OpenedPolicy }>;

/** `rules` are what the policy needs to know about accounts. */
export function openPolicy(folder: string, readTarget: ReadTarget, rules: AccountRules = {}): OpenedPolicy {
  const files = openFiles(folder, readTarget, rules);
  const withRoles = (held: HeldRoles): OpenedPolicy => ({
    ...policyOver(files, held, readTarget, rules.actsAs),
    withRoles,
  });
  return withRoles(() => Promise.resolve([]));
}

type Files = Pick<Policy, 'current' | 'lastKnown' | 'activePeople'>;

function openFiles(folder: string, readTarget: ReadTarget, rules: AccountRules): Files {
  const read = policyFolder(folder, readTarget, rules);
  let lastRead: PolicySet | undefined;
  const current = async (): Promise<Result<PolicySet, readonly Problem[]>> => {
    const policy = await read();
    if (policy.ok) lastRead = policy.value;
    return policy;
  };
  const lastKnown = async (): Promise<PolicySet | undefined> => {
    await current();
    return lastRead;
  };
  return { current, lastKnown, activePeople: () => readActivePeople(folder, rules) };
}

function policyOver(
  { current, lastKnown, activePeople }: Files,
  heldRoles: HeldRoles,
  readTarget: ReadTarget,
  actsAs?: ActsAs,
): Policy {
  /** For what a person may see or do, and never for who may approve. Fails while the ledger does not answer, so that nobody is refused for that. */
  const withRoles = async (): Promise<Result<PolicySet, readonly Problem[]>> => {
    const policy = await current();
    return policy.ok ? ok(withHeldRoles(policy.value, await heldRoles())) : policy;
  };
  return {
    current,
    lastKnown,
    activePeople,
    problem: async () => {
      const policy = await current();
      return policy.ok ? undefined : unreadablePolicy(policy.error);
    },
    ownerOf: async (system, account) => {
      const policy = await current();
      if (!policy.ok) return no(unreadablePolicy(policy.error));
      const { directory } = policy.value;
      const chosen = directory.people.get(actsAs?.(system, account) as PersonId);
      return ok((chosen ?? personOf(directory, system, account))?.id ?? null);
    },
    lastKnownPersonOf: async (system, account) => {
      const policy = await lastKnown();
      return policy && personOf(policy.directory, system, account);
    },
    givenBy: async (provider, spec) => {
      const policy = await lastKnown();
      const target = readTarget(provider, spec);
      if (!policy || !target.ok) return [];
      const { lockKey, level } = target.value;
      return [...policy.entitlements.values()]
        .filter(({ targets }) =>
          targets.some(
            (each) => each.provider === provider && each.lockKey === lockKey && each.level === level,
          ),
        )
        .map(({ id }) => id);
    },
    requestableBy: async (person) => {
      const policy = await current();
      return policy.ok ? requestableBy(policy.value, person) : [];
    },
    routesOf: async (person) => {
      const policy = await current();
      return policy.ok ? routesOf(policy.value, person) : [];
    },
    requestersOf: async (id, part) => {
      const policy = await current();
      const entitlement = policy.ok ? policy.value.entitlements.get(id) : undefined;
      return policy.ok && entitlement
        ? requestersOf(policy.value, entitlement, part)
        : { count: 0, requesters: [] };
    },
    entitlementNamed: async (typed) => {
      const policy = await current();
      return policy.ok ? findEntitlement(policy.value, typed) : undefined;
    },
    judge: async (submission) => {
      const policy = await current();
      return policy.ok
        ? judgeSubmission(policy.value, submission)
        : unreadableVerdict(unreadablePolicy(policy.error));
    },
    eligibility: async (details, by) => {
      const policy = await current();
      if (!policy.ok) return { kind: 'unknown', why: unreadablePolicy(policy.error) };
      return isEligible(policy.value, details, by) ? ELIGIBLE : NOT_ELIGIBLE;
    },
    sightOf: async (person) => {
      const policy = await withRoles();
      return policy.ok ? sightOf(policy.value, person) : ownSight(person);
    },
    rolesOf: async (person) => {
      const policy = await current();
      return policy.ok ? rolesOf(policy.value, await heldRoles(), person) : [];
    },
    mayAct: async (person) => {
      const policy = await current();
      if (!policy.ok) return { kind: 'unknown', why: unreadablePolicy(policy.error) };
      return policy.value.directory.people.get(person)?.active ? ELIGIBLE : NOT_ELIGIBLE;
    },
    mayEndQuarantine: async (person) => {
      const policy = await withRoles();
      return policy.ok ? mayEndQuarantine(policy.value, person) : no(unreadablePolicy(policy.error));
    },
    mayEndAll: async (by, scope) => {
      const policy = await withRoles();
      if (policy.ok) return mayEndAll(policy.value, by, scope);
      return isOwn(scope, by) ? ok({}) : no(unreadablePolicy(policy.error));
    },
    mayLift: async (by, lock) => {
      const policy = await withRoles();
      return policy.ok ? mayLift(policy.value, by, lock) : no(unreadablePolicy(policy.error));
    },
    securityPeople: async () => {
      const policy = await lastKnown();
      return policy ? securityPeople(withHeldRoles(policy, await heldRoles())) : [];
    },
    findingDeciders: async (target) => {
      const policy = await withRoles();
      return policy.ok ? ok(findingDeciders(policy.value, target)) : no(unreadablePolicy(policy.error));
    },
    reviewersFor: async (accesses) => {
      const policy = await current();
      return policy.ok ? ok(reviewersFor(policy.value, accesses)) : no(unreadablePolicy(policy.error));
    },
    reviewing: async (person) => {
      const policy = await current();
      return policy.ok ? reviewing(policy.value, person) : { people: [], entitlements: [] };
    },
    mayOpenReview: async (person) => {
      const policy = await withRoles();
      return policy.ok ? mayOpenReview(policy.value, person) : no(unreadablePolicy(policy.error));
    },
    judgeExtension: async (request, wanted) => {
      const policy = await current();
      return policy.ok
        ? judgeExtension(policy.value, request, wanted)
        : no({ code: 'not-allowed', why: unreadablePolicy(policy.error) });
    },
    extensionStillAllowed: async (approved) => {
      const policy = await current();
      return policy.ok ? extensionStillAllowed(policy.value, approved) : no(unreadablePolicy(policy.error));
    },
    isWhatWasApproved: (request) => Promise.resolve(requestDigest(request) === request.details.digest),
    stillAllowed: async (approved) => {
      const policy = await current();
      return policy.ok ? stillAllowed(policy.value, approved) : no(unreadablePolicy(policy.error));
    },
  };
}

const unreadablePolicy = ([first]: readonly Problem[]): string =>
  `the policy cannot be read${first ? ` (${formatProblem(first)})` : ''}`;
