import { Fault } from '../core/faults.ts';
import type { AskedTarget } from '../core/target.ts';
import type { Ledger, Numbered, Recorded } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';

/** Keeps a password unreadable for everybody who has the ledger but not the key. */
export type Sealer = Readonly<{ seal(text: string): Buffer; open(sealed: Buffer): string }>;

/** What the effects work on. Handed in; nothing here is found by itself. */
export type Deps = Readonly<{
  ledger: Ledger;
  providers: ReadonlyMap<string, Provider>;
  policy: Policy;
  sealer: Sealer;
}>;

/** An event at its place, as it crosses into the workflow. */
export type Step = Readonly<Pick<Numbered, 'seq' | 'event'>>;
/** What happened to a request that the workflow does not know yet. */
export type Update = Readonly<{ events: readonly Step[] }>;

export const since = (trail: readonly Numbered[], version: number): readonly Step[] =>
  trail.filter(({ seq }) => seq >= version).map(({ seq, event }) => ({ seq, event }));

export const updateOf = ({ trail }: Recorded, version: number): Update => ({ events: since(trail, version) });

/** The provider of a target and the target in its own terms. */
export function providerOf(
  { providers }: Pick<Deps, 'providers'>,
  { provider: name, target: json }: AskedTarget,
): { provider: Provider; target: unknown } {
  const provider = providers.get(name);
  if (!provider) throw new Fault('unknown-provider', name);
  const target = provider.parseTarget(json);
  if (!target.ok) throw new Fault('target-missing', target.error);
  return { provider, target: target.value };
}

/** One serial lane for everything that touches one account at one target. */
export const laneOf = ({ provider, key, account }: AskedTarget): string => `${provider}\n${key}\n${account}`;
