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

/** Of seconds that are rounded up. */
export const DECISION_BINS: Bins = {
  first: 'up to 1 min',
  others: [
    [61, '1 to 5 min'],
    [301, '5 to 15 min'],
    [901, '15 to 60 min'],
    [3601, '1 to 4 h'],
    [14_401, '4 to 24 h'],
    [86_401, 'over 24 h'],
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

/** How long the calls that revoke access may take after its end (I3). */
export const ALLOWED_SECONDS = 60;

/** Of seconds after the approved end, which are known to the millisecond. */
export const END_BINS: Bins = {
  first: 'by its end',
  others: [
    [0.001, 'under 1 s after'],
    [1, '1 to 5 s after'],
    [5, '5 to 15 s after'],
    [15, `15 to ${ALLOWED_SECONDS} s after`],
    [ALLOWED_SECONDS + 0.001, `over ${ALLOWED_SECONDS} s after`],
  ],
};

/** The names of all parts, in their order. */
export const binNames = ({ first, others }: Bins): readonly string[] => [
  first,
  ...others.map(([, name]) => name),
];

/** The place of the bin of a value, from 0. */
export const binOf = (value: number, { others }: Bins): number =>
  others.filter(([from]) => value >= from).length;
