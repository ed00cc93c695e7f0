import { type Incident, type Theme, type WindowKind, WINDOWS } from './fault-kinds.ts';
import type { Random } from './random.ts';

/**
 * What a fault can be aimed at. `request`, `approval` and `ending` are clicks. `start` is that of a workflow. `grant` and `removal` are
 * the first write that gives access of a lease, and one that takes it, as the vendor's log shows them. `end` is five seconds before an
 * end that people read of.
 */
export type Moment = 'request' | 'start' | 'approval' | 'grant' | 'ending' | 'end' | 'removal';

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
  function add(moment: Moment, longestMs: number, faults: readonly Fault[]): void {
    const nth = random.whole(1, 4);
    for (const [index, fault] of faults.entries()) {
      const afterMs = index === 0 ? random.between(0, longestMs) : random.between(500, 3_000);
      aims.push({ moment, nth, afterMs, fault });
    }
  }
  const window = (kind: WindowKind): void =>
    add(random.pick(MEETS[kind] ?? ALL), 3_000, [{ window: kind, lastsMs: lastsMs(random, kind) }]);
  const own = WINDOWS.find((kind) => kind === theme);
  if (own) for (let left = random.whole(2, 5); left > 0; left -= 1) window(own);
  if (theme !== 'ledger-away' && random.chance(0.3)) window(random.pick(WINDOWS));
  for (let times = 0; times < 3; times += 1)
    for (const { of, chance, moment, longestMs, faults } of TOGETHER)
      if (of === theme && random.chance(chance)) add(moment, longestMs, faults(random));
  return aims;
}

const ALL: readonly Moment[] = ['request', 'approval', 'grant', 'ending', 'end', 'end', 'removal', 'removal'];
/** Where a kind of fault does the most harm; else at any moment. */
const MEETS: Readonly<Partial<Record<WindowKind, readonly Moment[]>>> = {
  'ledger-away': ['grant', 'end', 'end', 'removal'],
  'temporal-away': ['approval', 'end'],
  'answers-lost': ['request', 'approval', 'grant', 'ending', 'ending', 'end', 'removal'],
  'writes-late': ['approval', 'grant', 'end'],
  'writes-ignored': ['approval', 'grant', 'end', 'end'],
};

const lastsMs = (random: Random, kind: WindowKind): number => {
  // For a moment, or for longer than an end may wait for it.
  if (kind === 'ledger-away')
    return random.chance(0.5) ? random.whole(5_000, 30_000) : random.whole(100_000, 180_000);
  return random.chance(0.5) ? random.whole(1_000, 15_000) : random.whole(10_000, 60_000);
};

/** What comes together in a theme, at one moment: the first fault within `longestMs`, and others a little later. */
type Together = Readonly<{
  of: Theme;
  chance: number;
  moment: Moment;
  longestMs: number;
  faults: (random: Random) => readonly Fault[];
}>;

const OF_THE_MOMENT: Place = { account: 'ana', resource: 'thing' };
const TERMINATED: Fault = { incident: { kind: 'workflows-terminated' } };

const TOGETHER: readonly Together[] = [
  {
    of: 'ledger-away', // F07: only the reaper is left
    chance: 0.3,
    moment: 'end',
    longestMs: 3_000,
    faults: (random) => [
      { window: 'ledger-away', lastsMs: random.whole(90_000, 150_000) },
      { window: 'temporal-away', lastsMs: random.whole(60_000, 90_000) },
    ],
  },
  { of: 'termination', chance: 0.5, moment: 'start', longestMs: 10, faults: () => [TERMINATED] },
  { of: 'termination', chance: 0.8, moment: 'grant', longestMs: 1_000, faults: () => [TERMINATED] },
  {
    of: 'failover',
    chance: 0.5,
    moment: 'approval',
    longestMs: 300,
    faults: (random) => [{ incident: { kind: 'failover', losesMs: random.whole(500, 4_000) } }],
  },
  {
    of: 'by-hand',
    chance: 0.6,
    moment: 'grant',
    longestMs: 40_000,
    faults: (random) => [
      {
        incident: {
          kind: 'by-hand',
          ...OF_THE_MOMENT,
          level: random.pick(['none', 'none', 'read', 'admin']),
        },
      },
    ],
  },
  {
    of: 'names',
    chance: 0.4,
    moment: 'grant',
    longestMs: 500,
    faults: (random) => [
      { window: random.pick(['answers-lost', 'writes-ignored', 'vendor-fails']), lastsMs: 8_000 },
      { incident: { kind: 'account-created-again', account: OF_THE_MOMENT.account } },
    ],
  },
  {
    of: 'names',
    chance: 0.4,
    moment: 'approval',
    longestMs: 1_000,
    faults: () => [{ incident: { kind: 'account-renamed', account: 'ana', isInPolicy: true } }],
  },
  {
    of: 'policy',
    chance: 0.4,
    moment: 'request',
    longestMs: 10_000,
    faults: () => [{ incident: { kind: 'approver-leaves' } }],
  },
  {
    of: 'policy',
    chance: 0.5,
    moment: 'approval',
    longestMs: 100,
    faults: (random) => [
      {
        window: random.pick(['temporal-away', 'vendor-fails', 'vendor-throttles', 'credential-refused']),
        lastsMs: random.whole(40_000, 100_000),
      },
      { incident: { kind: random.pick(['policy-narrows', 'requester-leaves', 'approver-leaves']) } },
    ],
  },
];
