import type { Instant } from '../../core/ids.ts';
import { everythingHeld, type Held, listed, refusals } from './oracle.fixture.ts';
import type { World, WorldEvent } from './world.fixture.ts';

/** Counts by going through every history, one by one. It shares no code with the statements. */

type Time = Readonly<{ from: Instant; to: Instant }>;
type Row = Readonly<{ label: string; values: Readonly<Record<string, number | null>> }>;

const isIn = (at: number, { from, to }: Time): boolean => at >= from && at <= to;

/** The seconds from when each request could be approved until it was decided, of those that were decided in the time. */
export const decisionSeconds = ({ requests }: World, time: Time): readonly number[] =>
  requests.flatMap(({ events }) => {
    const last = (isWanted: (event: WorldEvent) => boolean) => events.findLast(isWanted)?.at;
    const denied = last(
      ({ kind, ending }) => kind === 'closed' && (ending as { kind: string }).kind === 'denied',
    );
    const isGranted = events.some(({ kind }) => kind === 'grant-started');
    const decided = denied ?? (isGranted ? last(({ kind }) => kind === 'approved') : undefined);
    const asked = last(({ kind }) => kind === 'judged') ?? Number.NaN;
    return decided !== undefined && isIn(decided, time) ? [Math.max(0, decided - asked) / 1000] : [];
  });

/** The steps to which a time is rounded up, and until where each one counts, in seconds. */
const STEPS = [
  [120, 1],
  [1200, 10],
  [7200, 60],
  [72_000, 600],
  [Infinity, 3600],
] as const;

/** The least of the values, rounded up, that so much of them have at most. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = values.map(roundedUp).sort((a, b) => a - b);
  return sorted.find((_, place) => place + 1 >= part * sorted.length) ?? null;
}

function roundedUp(value: number): number {
  const step = STEPS.find(([until]) => value <= until)?.[1] ?? 1;
  return Math.ceil(value / step) * step;
}

const countIn = (
  values: readonly number[],
  key: string,
  bins: readonly (readonly [label: string, isIn: (value: number) => boolean])[],
): readonly Row[] =>
  bins.map(([label, is]) => ({ label, values: { [key]: values.filter((value) => is(value)).length } }));

const MINUTE = 60;
const HOUR = 3600;

export const decisionTimes = (world: World, time: Time): readonly Row[] =>
  countIn(decisionSeconds(world, time), 'requests', [
    ['up to 1 min', (s) => s <= MINUTE],
    ['1 to 5 min', (s) => s > MINUTE && s <= 5 * MINUTE],
    ['5 to 15 min', (s) => s > 5 * MINUTE && s <= 15 * MINUTE],
    ['15 to 60 min', (s) => s > 15 * MINUTE && s <= HOUR],
    ['1 to 4 h', (s) => s > HOUR && s <= 4 * HOUR],
    ['4 to 24 h', (s) => s > 4 * HOUR && s <= 24 * HOUR],
    ['over 24 h', (s) => s > 24 * HOUR],
  ]);

export const granted = (world: World): readonly Held[] =>
  everythingHeld(world).filter(({ basis }) => basis === 'granted');

/** The grants that began in the time, by the days of a zone that it has one of. */
export const grantsByDay = (world: World, time: Time, zone: string): ReadonlyMap<string, number> => {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const counts = new Map<string, number>();
  for (const { since } of granted(world).filter((each) => isIn(each.since, time))) {
    const label = day.format(since);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
};

/** The grants that began in the time and are over. */
export const overSince = (world: World, time: Time): readonly Required<Held>[] =>
  granted(world).filter((each): each is Required<Held> => isIn(each.since, time) && each.until !== undefined);

export function lengths(world: World, time: Time): readonly Row[] {
  const over = overSince(world, time).map(({ since, until, plannedEnd }) => ({
    approved: (plannedEnd - since) / 1000,
    held: (until - since) / 1000,
  }));
  const bins = [0, 15, 30, 60, 120, 240, 480, 1440, Infinity].map((minutes) => minutes * MINUTE);
  const names = [
    ...['up to 15 min', '15 to 30 min', '30 to 60 min', '1 to 2 h', '2 to 4 h', '4 to 8 h', '8 to 24 h'],
    'over 24 h',
  ];
  return names.map((label, place) => {
    const [low, high] = [place === 0 ? -Infinity : (bins[place] ?? 0), bins[place + 1] ?? Infinity];
    const found = over.filter(({ approved }) => approved > low && approved <= high);
    return {
      label,
      values: {
        grants: found.length,
        approved: percentile(
          found.map(({ approved }) => approved),
          0.5,
        ),
        held: percentile(
          found.map(({ held }) => held),
          0.5,
        ),
      },
    };
  });
}

/** The seconds after the approved end, of the grants that ended in the time. */
export const secondsAfterEnd = (world: World, time: Time): readonly number[] =>
  granted(world).flatMap(({ until, plannedEnd }) =>
    until !== undefined && plannedEnd !== undefined && isIn(until, time) ? [(until - plannedEnd) / 1000] : [],
  );

export const ends = (world: World, time: Time): readonly Row[] =>
  countIn(secondsAfterEnd(world, time), 'grants', [
    ['by its end', (s) => s <= 0],
    ['under 1 s after', (s) => s > 0 && s < 1],
    ['1 to 5 s after', (s) => s >= 1 && s < 5],
    ['5 to 15 s after', (s) => s >= 5 && s < 15],
    ['15 to 60 s after', (s) => s >= 15 && s <= 60],
    ['over 60 s after', (s) => s > 60],
  ]);

/** How often each text is there. */
export function counts(texts: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const text of texts) found[text] = (found[text] ?? 0) + 1;
  return found;
}

export const refusalCodes = (world: World, time: Time): readonly string[] => {
  const ids = new Set(refusals(world));
  return [
    ...world.requests.flatMap(({ id, events }) =>
      events.flatMap((event, seq) =>
        ids.has(`${id}/${seq}`) && isIn(event.at, time) ? [(event['refusal'] as { code: string }).code] : [],
      ),
    ),
    ...world.submissions.flatMap(({ at }) => (isIn(at, time) ? ['not-allowed'] : [])),
  ];
};

const listedIn = (world: World, time: Time) => listed(world).filter(({ at }) => isIn(Date.parse(at), time));

export const entitlementsRequested = (world: World, time: Time): readonly string[] =>
  listedIn(world, time).map(({ entitlement }) => entitlement);

export const endingsOf = (world: World, time: Time): readonly string[] =>
  listedIn(world, time).map(({ state, ending }) => (state === 'closed' ? String(ending) : state));

/** Rows in an order that no database decides. */
export const byLabel = <T extends Readonly<Record<string, unknown>>>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((one, other) => (String(one['label']) < String(other['label']) ? -1 : 1));
