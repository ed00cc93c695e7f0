/** The lists of numbers about requests and access in a time. */
export const NUMBERS = [
  ...(['decisions', 'decision-times', 'grants', 'lengths', 'use', 'refusals', 'overstays', 'ends'] as const),
  ...(['entitlements', 'endings'] as const),
] as const;
export type NumberName = (typeof NUMBERS)[number];

/** The most grants of which the use is told, the newest ones. Each takes several look-ups. */
export const MOST_USES = 300;

/** The parts into which times are counted: where each begins, in seconds, and its name. The first one has everything below. */
export type Bins = Readonly<{ first: string; others: readonly (readonly [from: number, name: string])[] }>;

export const DECISION_BINS: Bins = {
  first: 'under 1 min',
  others: [
    [60, '1 to 5 min'],
    [300, '5 to 15 min'],
    [900, '15 to 60 min'],
    [3600, '1 to 4 h'],
    [14_400, '4 to 24 h'],
    [86_400, '24 h and more'],
  ],
};

/** Of minutes that are rounded up, so that 60 minutes are in "30 to 60 min". */
export const LENGTH_BINS: Bins = {
  first: 'up to 15 min',
  others: [
    [16, '15 to 30 min'],
    [31, '30 to 60 min'],
    [61, '1 to 2 h'],
    [121, '2 to 4 h'],
    [241, '4 to 8 h'],
    [481, '8 to 24 h'],
    [1441, 'over 24 h'],
  ],
};

/** Times are known to the millisecond. */
const MS = 0.001;

export const endBins = (allowedSeconds: number): Bins => ({
  first: 'by its end',
  others: [
    [MS, 'under 1 s after'],
    [1, '1 to 5 s after'],
    [5, '5 to 15 s after'],
    [15, `15 to ${allowedSeconds} s after`],
    [allowedSeconds + MS, `over ${allowedSeconds} s after`],
  ],
});

/** The names of all parts, in their order. */
export const binNames = ({ first, others }: Bins): readonly string[] => [
  first,
  ...others.map(([, name]) => name),
];
