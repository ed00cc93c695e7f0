import type { Instant, LeaseId, PersonId, RequestId } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { RequestState } from '../core/request/state.ts';
import type { Ledger, Via, RequestFilter } from '../ledger/index.ts';
import type { Policy, PolicySet } from '../policy/index.ts';
import type { EnforcementClass, Provider } from '../providers/provider.ts';

/** One target in words. */
export type TargetView = Readonly<{
  plain: string;
  permissions: readonly string[];
  /** Left out where nobody can say. */
  enforcement?: EnforcementClass;
  residualMs: number;
}>;

export type PersonName = Readonly<{ name: string; slack?: string }>;

/** All that a card, a receipt or a Home needs to be drawn: the state, and the words that it does not hold. */
export type RequestView = Readonly<{
  id: RequestId;
  state: Exclude<RequestState, { kind: 'blank' }>;
  title: string;
  about: string | undefined;
  class: string;
  reason: string;
  denial?: string;
  targets: readonly TargetView[];
  /** Leases whose password waits to be taken by the requester. */
  secrets: readonly LeaseId[];
  trail: readonly Readonly<{ event: Event; via: Via }>[];
  now: Instant;
  nameOf: (person: PersonId) => PersonName;
}>;

export type ViewDeps = Readonly<{
  ledger: Ledger;
  policy: Policy;
  providers: ReadonlyMap<string, Provider>;
}>;

/** Reads all of a request's facts; nothing when there is no such request. */
export async function readRequestView(deps: ViewDeps, id: RequestId): Promise<RequestView | undefined> {
  const { ledger, policy, providers } = deps;
  const trail = await ledger.readTrail(id);
  const state = stateAfter(trail.map(({ event }) => event));
  if (state.kind === 'blank') return undefined;

  const [words, targets, leases, set, now] = await Promise.all([
    ledger.readFreeText(id),
    ledger.readTargets(id),
    state.kind === 'active' ? ledger.leasesOf(id) : [],
    policy.lastKnown(),
    ledger.now(),
  ]);
  const waiting = await Promise.all(
    leases.map(async ({ id: lease }) => ((await ledger.hasSecret(lease)) ? [lease] : [])),
  );
  const entitlement = set?.entitlements.get(state.details.entitlement);
  return {
    id,
    state,
    title: entitlement?.title ?? state.details.entitlement,
    about: entitlement?.about,
    class: entitlement?.class ?? 'internal',
    reason: words.reason ?? '(erased)',
    ...(words.denial === undefined ? {} : { denial: words.denial }),
    targets: targets.map(({ provider, spec }) => describeTarget(provider, providers.get(provider), spec)),
    secrets: waiting.flat(),
    trail,
    now,
    nameOf: personNames(set),
  };
}

/** The newest of some requests, and how many there are. */
export type RequestPage = Readonly<{ newest: readonly RequestView[]; count: number }>;

export async function readRequestPage(deps: ViewDeps, wanted: RequestFilter): Promise<RequestPage> {
  const [found, count] = await Promise.all([
    deps.ledger.listRequests(wanted),
    deps.ledger.countRequests(wanted),
  ]);
  const facts = await Promise.all(found.map(({ id }) => readRequestView(deps, id)));
  return { newest: facts.flatMap((one) => one ?? []), count };
}

/** Names and Slack accounts of people; somebody who is no longer in the file is still called by their id. */
export const personNames =
  (set: PolicySet | undefined) =>
  (person: PersonId): PersonName => {
    const known = set?.directory.people.get(person);
    const slack = known?.accounts['slack']?.[0];
    return { name: known?.name ?? person, ...(slack === undefined ? {} : { slack }) };
  };

/** A target in the words of its provider. One that is not there any more leaves a line, not a gap (B07). */
export function describeTarget(name: string, provider: Provider | undefined, json: unknown): TargetView {
  const target = provider?.parseTarget(json);
  if (!provider || !target?.ok)
    return {
      plain: `something at ${name} that cannot be described any more`,
      permissions: [],
      residualMs: 0,
    };
  return {
    ...provider.describe(target.value),
    enforcement: provider.enforcementClass(target.value),
    residualMs: provider.residualSessionMs(target.value),
  };
}
