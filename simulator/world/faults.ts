import { drawAims } from './aims.ts';
import {
  type FaultWindow,
  type Incident,
  THEMES,
  type Theme,
  type WindowKind,
  WINDOWS,
} from './fault-kinds.ts';
import type { FaultPlan } from './fault-plan.ts';
import { type Random, randomOf } from './random.ts';
import { scenarioOf } from './scenarios.ts';

/** People request until here. Faults begin before `LAST_FAULT_MS` and last at most `LONGEST_MS`. */
export const PEOPLE_ACT_MS = 120_000;
export const LAST_FAULT_MS = 280_000;
const LONGEST_MS = 60_000;
export const ALL_CALM_MS = LAST_FAULT_MS + LONGEST_MS;

/** One theme after the other, so that each comes as often as any other. */
export const themeOf = (seed: number): Theme => THEMES[seed % THEMES.length] ?? 'calm';

export function drawFaults(seed: number): FaultPlan {
  const scenario = scenarioOf(seed);
  if (scenario) return { ...scenario, skewOf: () => 0 };
  const random = randomOf(seed, 'faults');
  const theme = themeOf(seed);
  const isCalm = theme === 'calm';
  const isSkewed = theme === 'clocks' || random.chance(0.05);
  const skews = new Map<string, number>();
  return {
    consistencyWindowMs: random.chance(theme === 'overlap' ? 0.7 : 0.4) ? 4_000 : 0,
    windows: isCalm ? [] : drawWindows(random, theme),
    incidents: isCalm ? drawStanding(random) : [...drawStanding(random), ...drawIncidents(random, theme)],
    hasReaper: randomOf(seed, 'reaper').chance(0.5),
    aims: isCalm ? [] : drawAims(randomOf(seed, 'aims'), theme),
    skewOf(process) {
      const name = process.replace(/\.\d+$/, '');
      if (!skews.has(name))
        skews.set(name, isSkewed && !isCalm ? random.pick([0, 1_000, -1_000, 90_000, -90_000]) : 0);
      return skews.get(name) ?? 0;
    },
  };
}

/** The kind of the theme comes several times, and at times another one. */
function drawWindows(random: Random, theme: Theme): FaultWindow[] {
  const own = WINDOWS.find((kind) => kind === theme);
  const windows: FaultWindow[] = [];
  const add = (kind: WindowKind): void => {
    const from = random.whole(5_000, LAST_FAULT_MS);
    const longestMs = kind === 'ledger-away' ? 3 * LONGEST_MS : LONGEST_MS;
    windows.push({ kind, from, to: Math.min(from + random.whole(3_000, longestMs), ALL_CALM_MS) });
  };
  if (own) for (let left = random.whole(1, 3); left > 0; left -= 1) add(own);
  // While only the ledger is away, the undo must do it in time, and another fault would excuse it.
  if (theme !== 'ledger-away' && random.chance(0.3))
    for (let left = random.whole(1, 2); left > 0; left -= 1) add(random.pick(WINDOWS));
  return windows;
}

const byHand = (random: Random, at: number): Incident => ({
  kind: 'by-hand',
  at,
  account: random.pick(['ana', 'ana', 'dee']),
  resource: random.pick(['thing', 'thing', 'other']),
  level: random.pick(['none', 'read', 'write', 'admin']),
});

/** Access that somebody has by hand from before the first request. */
const drawStanding = (random: Random): Incident[] => (random.chance(0.6) ? [byHand(random, 0)] : []);

function drawIncidents(random: Random, theme: Theme): Incident[] {
  const incidents: Incident[] = [];
  const at = (): number => random.whole(10_000, LAST_FAULT_MS / 2);
  const some = (probability: number, draw: () => Incident): void => {
    if (random.chance(probability)) incidents.push(draw());
  };
  const account = (): string => random.pick(['ana', 'ana', 'dee']);
  const resource = (): string => random.pick(['thing', 'thing', 'other']);
  const often = (own: Theme, otherwise: number): number => (theme === own ? 0.8 : otherwise);
  some(often('termination', 0.1), () => ({ kind: 'workflows-terminated', at: at() }));
  some(often('failover', 0.06), () => ({ kind: 'failover', at: at(), losesMs: random.whole(200, 4_000) }));
  some(often('restore', 0), () => ({ kind: 'failover', at: at(), losesMs: random.whole(20_000, 90_000) }));
  some(often('clocks', 0.03), () => ({
    kind: 'ledger-clock-steps',
    at: at(),
    byMs: random.pick([-60_000, -5_000, 5_000, 60_000]),
  }));
  for (let times = 0; times < 4; times += 1) some(often('by-hand', 0.03), () => byHand(random, at()));
  some(often('names', 0.03), () => ({
    kind: 'account-renamed',
    at: at(),
    account: account(),
    isInPolicy: random.chance(0.5),
  }));
  some(often('names', 0.03), () => ({ kind: 'account-created-again', at: at(), account: account() }));
  some(often('names', 0.02), () => ({
    kind: 'target-created-again',
    at: at(),
    resource: resource(),
    afterMs: random.whole(0, 60_000),
  }));
  some(often('names', 0.02) / 4, () => ({ kind: 'target-gone', at: at(), resource: resource() }));
  some(often('policy', 0.05), () => ({ kind: 'approver-leaves', at: at() }));
  some(often('policy', 0.04), () => ({ kind: 'requester-leaves', at: at() }));
  some(often('policy', 0.04), () => ({ kind: 'policy-narrows', at: at() }));
  return incidents;
}
