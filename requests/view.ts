import type { Instant, LeaseId, PersonId, RequestId } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { RequestState } from '../core/request/state.ts';
import type { Ledger, Via, RequestFilter } from '../ledger/index.ts';
import type { Policy, PolicySet } from '../policy/index.ts';
import type { EnforcementClass } from '../core/target.ts';
import type { Provider } from '../providers/provider.ts';

/** One target, described for people. */
export type TargetView = Readonly<{
  /** What the target is, in plain words. */
  plain: string;
  permissions: readonly string[];
  /** The level that it grants. It and `enforcement` are left out when the provider cannot read the target any more. */
  level?: string;
  enforcement?: EnforcementClass;
  /** How long a session can continue that is open when the access ends. */
  residualMs: number;
}>;

export type PersonName = Readonly<{ name: string; slack?: string }>;

/** All that a card or a Home tab shows of a request: its state, and the texts that the state lacks. */
export type RequestView = Readonly<{
  id: RequestId;
  state: Exclude<RequestState, { kind: 'blank' }>;
  title: string;
  about: string | undefined;
  /** How sensitive the entitlement is, as the catalogue says. */
  class: string;
  reason: string;
  denial?: string;
  targets: readonly TargetView[];
  /** Leases whose password the requester has not been shown yet. */
  secrets: readonly LeaseId[];
  trail: readonly Readonly<{ event: Event; via: Via }>[];
  now: Instant;
  nameOf: (person: PersonId) => PersonName;
}>;

export type ViewDeps = Readonly<{
  ledger: Ledger;
  policy: Policy;
  /** The providers by name. They only describe targets here; no vendor is called. */
  describers: ReadonlyMap<string, Provider>;
}>;

/** Reads the view of a request; undefined when there is no such request. */
export async function readRequestView(deps: ViewDeps, id: RequestId): Promise<RequestView | undefined> {
  const { ledger, policy, describers } = deps;
  const trail = await ledger.readTrail(id);
  const state = stateAfter(trail.map(({ event }) => event));
  if (state.kind === 'blank') return undefined;

  const [freeText, targets, leases, set, now] = await Promise.all([
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
    reason: freeText.reason ?? '(erased)',
    ...(freeText.denial === undefined ? {} : { denial: freeText.denial }),
    targets: targets.map(({ provider, spec }) => describeTarget(provider, describers.get(provider), spec)),
    secrets: waiting.flat(),
    trail,
    now,
    nameOf: personNames(set),
  };
}

/** The newest requests that match a filter, and how many match. */
export type RequestPage = Readonly<{ newest: readonly RequestView[]; count: number }>;

export async function readRequestPage(deps: ViewDeps, filter: RequestFilter): Promise<RequestPage> {
  const [found, count] = await Promise.all([
    deps.ledger.listRequests(filter),
    deps.ledger.countRequests(filter),
  ]);
  const views = await Promise.all(found.map(({ id }) => readRequestView(deps, id)));
  return { newest: views.flatMap((one) => one ?? []), count };
}

/** Names and Slack accounts of people. A person who left the people file is called by their id. */
export const personNames =
  (set: PolicySet | undefined) =>
  (person: PersonId): PersonName => {
    const known = set?.directory.people.get(person);
    const slack = known?.accounts['slack']?.[0];
    return { name: known?.name ?? person, ...(slack === undefined ? {} : { slack }) };
  };

/** A target as its provider describes it. A target that cannot be described still gets a line (B07). */
export function describeTarget(name: string, provider: Provider | undefined, json: unknown): TargetView {
  const target = provider?.parseTarget(json);
  if (!provider || !target?.ok)
    return {
      plain: `a target at ${name} that cannot be described any more`,
      permissions: [],
      residualMs: 0,
    };
  return {
    ...provider.describe(target.value),
    level: provider.level(target.value),
    enforcement: provider.enforcementClass(target.value),
    residualMs: provider.residualSessionMs(target.value),
  };
}
