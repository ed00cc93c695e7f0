import { type Random, randomOf } from './random.ts';

/** What can go wrong for a time. Outside of such a time, and after the last one, everything works. */
export const WINDOWS = [
  'ledger-away', // F04, F23
  'temporal-away', // F06
  'processes-killed', // F01, F02, F03
  'processes-frozen', // F16, F23: they lose their locks, and go on later
  'vendor-throttles', // F11
  'vendor-fails', // F12
  'answers-lost', // F13
  'writes-ignored', // F14
  'writes-late', // F41
  'slow', // F23
  'credential-refused', // F33
] as const;
export type WindowKind = (typeof WINDOWS)[number];

/** From `from` (inclusive) to `to` (exclusive), in milliseconds since the beginning of the seed. */
export type FaultWindow = Readonly<{ kind: WindowKind; from: number; to: number }>;

/** What happens once. */
export type Incident = Readonly<
  { at: number } & (
    | { kind: 'workflows-terminated' } // F08
    | { kind: 'failover'; losesMs: number } // F05
    | { kind: 'ledger-clock-steps'; byMs: number } // F22
    | { kind: 'by-hand'; account: string; resource: string; level: 'none' | 'read' | 'write' | 'admin' } // F24, F25
    | { kind: 'account-renamed' | 'account-created-again'; account: string } // F24
    | { kind: 'target-created-again'; resource: string; afterMs: number } // F24
    | { kind: 'approver-leaves' | 'requester-leaves' | 'policy-narrows' } // F27, F29
  )
>;

export type FaultPlan = Readonly<{
  windows: readonly FaultWindow[];
  incidents: readonly Incident[];
  /** How long a read may show an older state of the vendor (F15). */
  consistencyWindowMs: number;
  /** How far the clock of each process is off (F22). */
  skewOf: (process: string) => number;
}>;

/** People request until here. Faults begin before `LAST_FAULT_MS` and last at most `LONGEST_MS`. */
export const PEOPLE_ACT_MS = 150_000;
const LAST_FAULT_MS = 340_000;
const LONGEST_MS = 60_000;
export const ALL_CALM_MS = LAST_FAULT_MS + LONGEST_MS;

/** How often each kind of seed comes. In a calm seed nothing goes wrong, so the narrowest bounds hold. */
export function drawFaults(seed: number): FaultPlan {
  const random = randomOf(seed, 'faults');
  const skews = new Map<string, number>();
  const consistencyWindowMs = random.chance(0.4) ? 4_000 : 0;
  const isCalm = random.chance(0.15);
  const isSkewed = !isCalm && random.chance(0.15);
  return {
    consistencyWindowMs,
    windows: isCalm ? [] : drawWindows(random),
    incidents: isCalm ? [] : drawIncidents(random),
    skewOf(process) {
      const name = process.replace(/\.\d+$/, '');
      if (!skews.has(name)) skews.set(name, isSkewed ? random.pick([0, 1_000, -1_000, 90_000, -90_000]) : 0);
      return skews.get(name) ?? 0;
    },
  };
}

/** A seed is about one or two kinds, several times, so that they meet what happens. */
function drawWindows(random: Random): readonly FaultWindow[] {
  const kinds = [random.pick(WINDOWS), random.pick(WINDOWS)];
  const windows: FaultWindow[] = [];
  for (let left = random.whole(0, 6); left > 0; left -= 1) {
    const from = random.whole(5_000, LAST_FAULT_MS);
    windows.push({ kind: random.pick(kinds), from, to: from + random.whole(3_000, LONGEST_MS) });
  }
  return windows;
}

function drawIncidents(random: Random): readonly Incident[] {
  const incidents: Incident[] = [];
  const at = (): number => random.whole(10_000, LAST_FAULT_MS / 2);
  const some = (probability: number, draw: () => Incident): void => {
    if (random.chance(probability)) incidents.push(draw());
  };
  const account = (): string => random.pick(['ana', 'ana', 'dee']);
  const resource = (): string => random.pick(['thing', 'thing', 'other']);
  const isByHand = random.chance(0.35);
  const byHand = (when: number): Incident => ({
    kind: 'by-hand',
    at: when,
    account: account(),
    resource: resource(),
    level: random.pick(['none', 'read', 'write', 'admin']),
  });
  some(0.3, () => byHand(0)); // standing access, from before the first request
  some(0.25, () => ({ kind: 'workflows-terminated', at: at() }));
  some(0.2, () => ({ kind: 'failover', at: at(), losesMs: random.whole(200, 4_000) }));
  some(0.08, () => ({ kind: 'ledger-clock-steps', at: at(), byMs: random.pick([-60_000, -5_000, 5_000, 60_000]) }));
  for (let times = 0; times < 4; times += 1) some(isByHand ? 0.7 : 0, () => byHand(at()));
  some(0.06, () => ({ kind: 'account-renamed', at: at(), account: account() }));
  some(0.06, () => ({ kind: 'account-created-again', at: at(), account: account() }));
  some(0.04, () => ({
    kind: 'target-created-again',
    at: at(),
    resource: resource(),
    afterMs: random.whole(0, 60_000),
  }));
  some(0.15, () => ({ kind: 'approver-leaves', at: at() }));
  some(0.12, () => ({ kind: 'requester-leaves', at: at() }));
  some(0.12, () => ({ kind: 'policy-narrows', at: at() }));
  return incidents;
}
