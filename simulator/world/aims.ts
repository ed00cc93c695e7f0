import { type Incident, type Theme, type WindowKind, WINDOWS } from './faults.ts';
import type { Random } from './random.ts';

/**
 * What a fault can be aimed at. `request` and `approval` are clicks. `grant` and `removal` are the first write that gives access of a
 * lease, and one that takes it, as the vendor's log shows them. `end` is five seconds before an end that people read of.
 */
export type Moment = 'request' | 'approval' | 'grant' | 'end' | 'removal';

/** Where a moment happens. The moments of people name no access. */
export type Place = Readonly<{ account: string; resource: string }>;

type WithoutTime<I> = I extends unknown ? Omit<I, 'at'> : never;

/** Something that goes wrong soon after a moment. A time that is drawn seldom meets one. */
export type Aim = Readonly<{
  moment: Moment;
  /** 1 is the first moment of this kind in the seed. */
  nth: number;
  afterMs: number;
  fault: Readonly<
    | { window: WindowKind; lastsMs: number }
    /** What the moment names takes the place of `account` and `resource`. */
    | { incident: WithoutTime<Incident> }
  >;
}>;

type Fault = Aim['fault'];

/** The faults of a theme come several times at moments that fit it, and at times another one. */
export function drawAims(random: Random, theme: Theme): readonly Aim[] {
  const aims: Aim[] = [];
  const add = (moment: Moment, longestMs: number, fault: Fault): void =>
    void aims.push({ moment, nth: random.whole(1, 4), afterMs: random.between(0, longestMs), fault });
  const window = (kind: WindowKind): void =>
    add(random.pick(MEETS[kind] ?? ALL), 3_000, { window: kind, lastsMs: lastsMs(random, kind) });
  const own = WINDOWS.find((kind) => kind === theme);
  if (own) for (let left = random.whole(2, 5); left > 0; left -= 1) window(own);
  if (random.chance(0.3)) window(random.pick(WINDOWS));
  for (let times = 0; times < 3; times += 1)
    for (const { of, chance, moment, longestMs, fault } of INCIDENTS)
      if (of === theme && random.chance(chance)) add(moment, longestMs, fault(random));
  return aims;
}

const ALL: readonly Moment[] = ['request', 'approval', 'grant', 'end', 'end', 'removal', 'removal'];
/** Where a kind of fault does the most harm; else at any moment. */
const MEETS: Readonly<Partial<Record<WindowKind, readonly Moment[]>>> = {
  'ledger-away': ['grant', 'end', 'end', 'removal'],
  'temporal-away': ['approval', 'end'],
  'writes-late': ['approval', 'grant', 'end'],
  'writes-ignored': ['approval', 'grant', 'end', 'end'],
};

/** Until when the ledger must be away, so that a removal cannot wait for it. */
const LEDGER_AWAY_MS = 180_000;

const lastsMs = (random: Random, kind: WindowKind): number => {
  if (kind === 'ledger-away') return random.whole(5_000, LEDGER_AWAY_MS);
  return random.chance(0.5) ? random.whole(1_000, 15_000) : random.whole(10_000, 60_000);
};

type AimedIncident = Readonly<{
  of: Theme;
  chance: number;
  moment: Moment;
  longestMs: number;
  fault: (random: Random) => Fault;
}>;

const OF_THE_MOMENT: Place = { account: 'ana', resource: 'thing' };
const incident =
  (what: WithoutTime<Incident>): (() => Fault) =>
  () => ({ incident: what });

const INCIDENTS: readonly AimedIncident[] = [
  {
    of: 'termination',
    chance: 0.5,
    moment: 'request',
    longestMs: 400,
    fault: incident({ kind: 'workflows-terminated' }),
  },
  {
    of: 'termination',
    chance: 0.4,
    moment: 'grant',
    longestMs: 1_000,
    fault: incident({ kind: 'workflows-terminated' }),
  },
  {
    of: 'failover',
    chance: 0.5,
    moment: 'approval',
    longestMs: 300,
    fault: (random) => ({ incident: { kind: 'failover', losesMs: random.whole(500, 4_000) } }),
  },
  {
    of: 'by-hand',
    chance: 0.6,
    moment: 'grant',
    longestMs: 40_000,
    fault: (random) => ({
      incident: { kind: 'by-hand', ...OF_THE_MOMENT, level: random.pick(['none', 'none', 'read', 'admin']) },
    }),
  },
  {
    of: 'names',
    chance: 0.4,
    moment: 'grant',
    longestMs: 300,
    fault: incident({ kind: 'account-created-again', account: 'ana' }),
  },
  {
    of: 'names',
    chance: 0.4,
    moment: 'approval',
    longestMs: 1_000,
    fault: incident({ kind: 'account-renamed', account: 'ana', isInPolicy: true }),
  },
  {
    of: 'names',
    chance: 0.3,
    moment: 'grant',
    longestMs: 2_000,
    fault: (random) => ({
      window: random.pick(['answers-lost', 'writes-ignored', 'vendor-fails']),
      lastsMs: 8_000,
    }),
  },
  {
    of: 'policy',
    chance: 0.4,
    moment: 'request',
    longestMs: 10_000,
    fault: incident({ kind: 'approver-leaves' }),
  },
  {
    of: 'policy',
    chance: 0.3,
    moment: 'approval',
    longestMs: 1_000,
    fault: incident({ kind: 'policy-narrows' }),
  },
  {
    of: 'policy',
    chance: 0.3,
    moment: 'approval',
    longestMs: 1_000,
    fault: incident({ kind: 'requester-leaves' }),
  },
  {
    of: 'policy',
    chance: 0.4,
    moment: 'approval',
    longestMs: 100,
    fault: (random) => ({
      window: random.pick(['temporal-away', 'vendor-fails', 'vendor-throttles', 'credential-refused']),
      lastsMs: random.whole(40_000, 100_000),
    }),
  },
];
