import { CLICKS, type LimitedClick } from './click-kinds.ts';
import { formatDuration } from './duration.ts';
import type { Minutes } from './ids.ts';

type Limit = Readonly<{ most: number; minutes: Minutes }>;
const anHour = (most: number): Limit => ({ most, minutes: 60 as Minutes });

/** The limits of the clicks. Their rows say the number for an hour. */
const CLICK_LIMITS = Object.fromEntries(
  Object.entries(CLICKS).flatMap(([kind, row]) => ('perHour' in row ? [[kind, anHour(row.perHour)]] : [])),
) as Readonly<Record<LimitedClick, Limit>>;

/**
 * How often one person can do what makes an entry for ever. `end-nothing`: the ending of a thing that the ledger has never had. `page` and
 * `export` are readings in the console, and `copy` the order of a copy of the log. The command line records no reading.
 */
export const PERSON_LIMITS = {
  ...CLICK_LIMITS,
  'end-nothing': anHour(100),
  'end-quarantine': anHour(100),
  'sign-in': anHour(100),
  page: anHour(3_000),
  export: anHour(60),
  copy: anHour(60),
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitedKind = keyof typeof PERSON_LIMITS;

export const isLimited = (kind: string): kind is LimitedKind => Object.hasOwn(PERSON_LIMITS, kind);

/**
 * A person did something more often than anybody does by hand. Nothing was stored but the count of such attempts. `isFirst`: it is the first one
 * within the time, so they are told. `again`: when it is possible again, in UTC.
 */
export class OverLimit extends Error {
  override readonly name = 'OverLimit';
  readonly isFirst: boolean;

  constructor(kind: LimitedKind, { again, isFirst }: Readonly<{ again: string; isFirst: boolean }>) {
    const { most, minutes } = PERSON_LIMITS[kind];
    super(
      `This was done ${most} times within ${formatDuration(minutes)}, which is the limit of one person. Nothing was stored. Try again after ${again} UTC. Access can be ended at any time.`,
    );
    this.isFirst = isFirst;
  }
}
