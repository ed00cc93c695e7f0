import type { Instant } from '../../../core/ids.ts';
import type { PastAccess } from '../../../core/past-access.ts';
import type { RequestFacts } from '../../../ledger/index.ts';

/** An access with what was approved, and by whom. Access that Curfew did not grant has no facts. */
export type AccessRow = PastAccess & Readonly<{ facts?: RequestFacts }>;

/** The latest end that was approved at a moment; undefined when none was recorded then. */
export function approvedEndAt({ facts }: Pick<AccessRow, 'facts'>, moment: Instant): Instant | undefined {
  const ends = (facts?.ends ?? []).filter(({ at }) => at <= moment).map(({ endsAt }) => endsAt);
  return ends.length === 0 ? undefined : (Math.max(...ends) as Instant);
}

/** How an access ended, or that it is held. `gone`: a read showed that it was gone before its request ended, or no request gave it. */
export type AccessEnding = 'expired' | 'early' | 'held' | 'overdue' | 'gone';

/** What each ending is called, in the picture and in the lists. */
export const ENDING_NAMES: Readonly<Record<AccessEnding, string>> = {
  expired: 'ended at its approved end',
  early: 'ended early',
  held: 'still held',
  overdue: 'still held, past its end',
  gone: 'gone at the provider',
};

/** How an access ended, as it was known at a moment. What was gone before its request ended was removed at the provider. */
export function endingOf({ until, plannedEnd, facts }: AccessRow, knownAt: Instant): AccessEnding {
  if (until === undefined) return plannedEnd !== undefined && plannedEnd < knownAt ? 'overdue' : 'held';
  const endingAt = facts?.endingAt ?? null;
  if (endingAt === null || until < endingAt) return 'gone';
  if (isEarly(facts?.ending)) return 'early';
  return facts?.ending === 'expired' ? 'expired' : 'gone';
}

/** What is inside the time of the picture, as parts of its width from 0 to 1. */
export type Bar = Readonly<{
  row: AccessRow;
  start: number;
  end: number;
  /** Where the approved end is; undefined when it is outside of the picture, or when there is none. */
  plannedEnd?: number;
  /** `granted`: by Curfew. `overdue`: held after its approved end. `standing`: Curfew did not grant it. */
  kind: 'granted' | 'overdue' | 'standing';
  /** It is held still, or was at the end of the picture. */
  isOpen: boolean;
  ending: AccessEnding;
  /** Where it ended, or now while it is held; undefined when that is outside of the picture. */
  endMark?: number;
  /** Where its end was moved, and where somebody ended it early. */
  extended: readonly number[];
  cut?: number;
  /** Where an attempt about it was refused. */
  refused: readonly number[];
}>;

/** The accesses of a person, or of an account, at a target. */
export type Track = Readonly<{ id: string; bars: readonly Bar[] }>;

/** The time that a picture shows. */
export type Span = Readonly<{ from: Instant; to: Instant }>;

/** Whose track an access is in: that of its person at its entitlement, or of its account at its target when Curfew did not grant it. */
export const trackOf = ({ person, entitlement, account, provider, target }: AccessRow): string =>
  person !== undefined && entitlement !== undefined
    ? JSON.stringify([person, entitlement])
    : JSON.stringify([account, provider, target]);

/** The tracks of these accesses, in the order in which each was held first. */
export function tracksOf(rows: readonly AccessRow[], span: Span, now: Instant): readonly Track[] {
  const tracks = new Map<string, Bar[]>();
  for (const row of rows) {
    const id = trackOf(row);
    tracks.set(id, [...(tracks.get(id) ?? []), barOf(row, span, now)]);
  }
  return [...tracks].map(([id, bars]) => ({ id, bars }));
}

function barOf(row: AccessRow, span: Span, now: Instant): Bar {
  const { since, until, plannedEnd, basis, facts } = row;
  const end = until ?? Math.min(now, span.to);
  const planned = plannedEnd === undefined ? undefined : inside(plannedEnd, span);
  const ending = endingOf(row, now);
  const endMark = inside(until ?? now, span);
  const cut = isEarly(facts?.ending) ? inside(facts?.endingAt ?? undefined, span) : undefined;
  return {
    row,
    start: clamped(since, span),
    end: clamped(end, span),
    ...(planned === undefined ? {} : { plannedEnd: planned }),
    kind: basis === 'granted' ? (ending === 'overdue' ? 'overdue' : 'granted') : 'standing',
    isOpen: until === undefined || until > span.to,
    ending,
    ...(endMark === undefined ? {} : { endMark }),
    extended: allInside(facts?.extendedAt, span),
    refused: allInside(facts?.refusedAt, span),
    ...(cut === undefined ? {} : { cut }),
  };
}

/** True when a person, a mass ending or a failure ended it, and not its time. */
export const isEarly = (ending: string | null | undefined): boolean =>
  ending !== undefined && ending !== null && ending !== 'expired';

const part = (at: number, { from, to }: Span): number => (at - from) / (to - from);
const clamped = (at: number, span: Span): number => Math.min(1, Math.max(0, part(at, span)));

const allInside = (moments: readonly Instant[] = [], span: Span): readonly number[] =>
  moments.flatMap((at) => inside(at, span) ?? []);

function inside(at: Instant | undefined, span: Span): number | undefined {
  const place = at === undefined ? undefined : part(at, span);
  return place !== undefined && place >= 0 && place <= 1 ? place : undefined;
}
