import type { Instant } from './ids.ts';
import { localTime, type MinuteOfDay, nextLocal } from './local-time.ts';

/** When a person wants messages. */
export type MessagePreference = Readonly<{
  timeZone: string;
  /** No message comes from the first minute on until the second one, unless it cannot wait. */
  quiet?: Readonly<{ from: MinuteOfDay; to: MinuteOfDay }>;
  /** What is not urgent comes in one message a day at this minute. */
  digestAt?: MinuteOfDay;
  /** True when the person gets a weekly summary of what they approved. */
  weekly: boolean;
}>;

/** Who said nothing gets each message at once, and the weekly summary. */
export const NO_PREFERENCE: MessagePreference = { timeZone: 'UTC', weekly: true };

/**
 * How urgent a message is. `urgent`: somebody loses time or access when they read it late. `can-wait`: anything else.
 * `until`: it can wait for the end of quiet hours, but not as long as this instant.
 */
export type Urgency = Readonly<{ kind: 'urgent' } | { kind: 'can-wait' } | { kind: 'until'; at: Instant }>;

/** When a message to a person is sent: `now`, or at a later instant that the person prefers. */
export function sendAt(
  { timeZone, quiet, digestAt }: MessagePreference,
  urgency: Urgency,
  now: Instant,
): Instant {
  if (urgency.kind === 'urgent') return now;
  const wanted =
    urgency.kind === 'can-wait' && digestAt !== undefined ? nextLocal(now, timeZone, digestAt) : now;
  const at =
    quiet && isWithin(quiet, localTime(wanted, timeZone).minute)
      ? nextLocal(wanted, timeZone, quiet.to)
      : wanted;
  return urgency.kind === 'until' && at >= urgency.at ? now : at;
}

/** Quiet hours may go over midnight. From a minute until the same minute is no time at all. */
const isWithin = ({ from, to }: NonNullable<MessagePreference['quiet']>, minute: MinuteOfDay): boolean =>
  from <= to ? from <= minute && minute < to : minute >= from || minute < to;
