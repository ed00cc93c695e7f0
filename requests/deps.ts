import type { Event } from '../core/request/events.ts';
import type { Ledger, NumberedEvent, Recorded } from '../ledger/index.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';

/** What the use cases work with. A use case opens no connection and reads no setting by itself. */
export type Deps = Readonly<{
  ledger: Ledger;
  providers: ReadonlyMap<string, Provider>;
  policy: Policy;
  sealer: Sealer;
}>;

/** The events of a request that the caller does not know yet, each with its number. */
export type NewEvents = Readonly<{ events: readonly Readonly<{ seq: number; event: Event }>[] }>;

export const eventsSince = (trail: readonly NumberedEvent[], version: number): NewEvents => ({
  events: trail.filter(({ seq }) => seq >= version).map(({ seq, event }) => ({ seq, event })),
});

export const newEventsOf = ({ trail }: Recorded, version: number): NewEvents => eventsSince(trail, version);
