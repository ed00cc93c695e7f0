import type { Instant, LeaseId, PersonId, RequestId } from '../core/ids.ts';
import { type Event, type RequestState, stateOf } from '../core/request/request.ts';
import type { Ledger, Via, Wanted } from '../ledger/index.ts';
import type { Policy, PolicySet } from '../policy/index.ts';
import type { EnforcementClass, Provider } from '../providers/provider.ts';

/** One target in words. */
export type TargetFacts = Readonly<{
  plain: string;
  permissions: readonly string[];
  /** Left out where nobody can say. */
  enforcement?: EnforcementClass;
  residualMs: number;
}>;

export type Who = Readonly<{ name: string; slack?: string }>;

/** All that a card, a receipt or a Home needs to be drawn: the state, and the words that it does not hold. */
export type Facts = Readonly<{
  id: RequestId;
  state: Exclude<RequestState, { kind: 'blank' }>;
  title: string;
  about: string | undefined;
  class: string;
  reason: string;
  denial?: string;
  targets: readonly TargetFacts[];
  /** Leases whose password waits to be taken by the requester. */
  secrets: readonly LeaseId[];
  trail: readonly Readonly<{ event: Event; via: Via }>[];
  now: Instant;
  who: (person: PersonId) => Who;
}>;

export type FactsDeps = Readonly<{
  ledger: Ledger;
  policy: Policy;
  providers: ReadonlyMap<string, Provider>;
}>;

/** Reads all of a request's facts; nothing when there is no such request. */
export async function readFacts(deps: FactsDeps, id: RequestId): Promise<Facts | undefined> {
  const { ledger, policy, providers } = deps;
  const trail = await ledger.readTrail(id);
  const state = stateOf(trail.map(({ event }) => event));
  if (state.kind === 'blank') return undefined;

  const [words, targets, leases, set, now] = await Promise.all([
    ledger.readWords(id),
    ledger.readTargets(id),
    state.kind === 'active' ? ledger.leasesOf(id) : [],
    policy.lastKnown(),
    ledger.now(),
  ]);
  const waiting = await Promise.all(
    leases.map(async ({ id: lease }) => ((await ledger.secretWaits(lease)) ? [lease] : [])),
  );
  const entitlement = set?.entitlements.get(state.ask.entitlement);
  return {
    id,
    state,
    title: entitlement?.title ?? state.ask.entitlement,
    about: entitlement?.about,
    class: entitlement?.class ?? 'internal',
    reason: words.reason ?? '(erased)',
    ...(words.denial === undefined ? {} : { denial: words.denial }),
    targets: targets.map(({ provider, target }) => describe(provider, providers.get(provider), target)),
    secrets: waiting.flat(),
    trail,
    now,
    who: whoIn(set),
  };
}

/** The newest of some requests, and how many there are. */
export type Some = Readonly<{ newest: readonly Facts[]; count: number }>;

export async function readSome(deps: FactsDeps, wanted: Wanted): Promise<Some> {
  const [found, count] = await Promise.all([
    deps.ledger.listRequests(wanted),
    deps.ledger.countRequests(wanted),
  ]);
  const facts = await Promise.all(found.map(({ id }) => readFacts(deps, id)));
  return { newest: facts.flatMap((one) => one ?? []), count };
}

/** Names and Slack accounts of people; somebody who is no longer in the file is still called by their id. */
export const whoIn =
  (set: PolicySet | undefined) =>
  (person: PersonId): Who => {
    const known = set?.directory.people.get(person);
    const slack = known?.accounts['slack']?.[0];
    return { name: known?.name ?? person, ...(slack === undefined ? {} : { slack }) };
  };

/** A target in the words of its provider. One that is not there any more leaves a line, not a gap (B07). */
export function describe(name: string, provider: Provider | undefined, json: unknown): TargetFacts {
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
