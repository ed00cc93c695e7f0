import type { Aim, Moment, Place } from './aims.ts';
import type { Incident } from './fault-kinds.ts';
import { ALL_CALM_MS, LAST_FAULT_MS } from './faults.ts';
import { inWorld, type World } from './world.ts';

/** Counts the moments of a seed, and begins the faults that are aimed at one. */
export type Moments = Readonly<{ meet(moment: Moment, place?: Place): void }>;

/** `begin` lets an incident happen, now or later. */
export function openMoments(world: () => World, begin: (incident: Incident) => void): Moments {
  const counts = new Map<Moment, number>();
  function start({ fault }: Aim, place: Place | undefined): void {
    const { faults, elapsed, log } = world();
    const from = elapsed();
    if (from > LAST_FAULT_MS) return;
    if ('window' in fault) {
      const to = Math.min(from + fault.lastsMs, ALL_CALM_MS);
      log.say(`fault: ${fault.window} for ${((to - from) / 1000).toFixed(1)} s`);
      faults.windows.push({ kind: fault.window, from, to });
      return;
    }
    const named = { ...fault.incident, ...placeIn(fault.incident, place) };
    // A failover loses what was written from this moment on.
    const at = named.kind === 'failover' ? from + named.losesMs : from;
    const incident = { ...named, at } as Incident;
    faults.incidents.push(incident);
    begin(incident);
  }
  return {
    meet(moment, place) {
      const { faults, time } = world();
      const nth = (counts.get(moment) ?? 0) + 1;
      counts.set(moment, nth);
      for (const aim of faults.aims)
        if (aim.moment === moment && aim.nth === nth)
          inWorld(() => void time.plan(aim.afterMs, () => start(aim, place)));
    },
  };
}

/** The parts of a place that the incident names. */
const placeIn = (incident: object, place: Place | undefined): Partial<Place> =>
  place === undefined
    ? {}
    : {
        ...('account' in incident && { account: place.account }),
        ...('resource' in incident && { resource: place.resource }),
      };
