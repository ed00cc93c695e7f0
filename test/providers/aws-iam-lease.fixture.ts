import { clickIdOf, leaseIdOf, requestIdOf, type Instant } from '../../core/ids.ts';

/** The instant of an ISO 8601 text. */
export const instantOf = (text: string): Instant => Date.parse(text) as Instant;

/** The id of a lease that was requested at this time: a UUID of version 7 begins with its milliseconds (RFC 9562). */
export const leaseRequestedAt = (at: number) => {
  const time = at.toString(16).padStart(12, '0');
  return leaseIdOf(requestIdOf(clickIdOf(`${time}-7abc-9abc-0123456789ab`)), 0);
};

export const lease = leaseRequestedAt(Date.parse('2026-11-27T10:00:00.789Z'));
