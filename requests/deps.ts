import { Fault } from '../core/faults.ts';
import type { RequestedTarget } from '../core/target.ts';
import type { Ledger, NumberedEvent, Recorded } from '../ledger/index.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';

/** What the effects work on. Handed in; nothing here is found by itself. */
export type Deps = Readonly<{
  ledger: Ledger;
  providers: ReadonlyMap<string, Provider>;
  policy: Policy;
  sealer: Sealer;
}>;

/** An event at its place, as it crosses into the workflow. */
export type SequencedEvent = Readonly<Pick<NumberedEvent, 'seq' | 'event'>>;
/** What happened to a request that the workflow does not know yet. */
export type NewEvents = Readonly<{ events: readonly SequencedEvent[] }>;

export const eventsSince = (trail: readonly NumberedEvent[], version: number): readonly SequencedEvent[] =>
  trail.filter(({ seq }) => seq >= version).map(({ seq, event }) => ({ seq, event }));

export const newEventsOf = ({ trail }: Recorded, version: number): NewEvents => ({
  events: eventsSince(trail, version),
});

/** The provider of a target and the target in its own terms. */
export function providerFor(
  { providers }: Pick<Deps, 'providers'>,
  { provider: name, spec: json }: RequestedTarget,
): { provider: Provider; target: unknown } {
  const provider = providers.get(name);
  if (!provider) throw new Fault('unknown-provider', name);
  const target = provider.parseTarget(json);
  if (!target.ok) throw new Fault('target-missing', target.error);
  return { provider, target: target.value };
}

/** One serial lane for everything that touches one account at one target. */
export const lockKeyOf = ({ provider, lockKey, account }: RequestedTarget): string =>
  `${provider}\n${lockKey}\n${account}`;
