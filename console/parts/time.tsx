import type { FC } from 'hono/jsx';
import { localMoment } from '../../core/calendar.ts';
import type { Instant } from '../../core/ids.ts';
import { usePage } from '../page-context.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-29 14:05:09` in a zone. Without seconds when they are not wanted. */
export function localText(at: Instant, zone: string, withSeconds = false): string {
  const { year, month, day, ms } = localMoment(at, zone);
  const seconds = Math.floor(ms / 1000);
  const clock = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    ...(withSeconds ? [seconds % 60] : []),
  ];
  return `${year}-${two(month)}-${two(day)} ${clock.map(two).join(':')}`;
}

/** RFC 3339 in UTC. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();

/** A time in the zone of the page, which the page names. A program reads it in UTC. */
export const Time: FC<Readonly<{ at: Instant; seconds?: boolean }>> = ({ at, seconds = false }) => (
  <time datetime={rfc3339(at)}>{localText(at, usePage().reader.zone, seconds)}</time>
);

/** A time with its distance from now. */
export const TimeFromNow: FC<Readonly<{ at: Instant; seconds?: boolean }>> = ({ at, seconds = false }) => (
  <>
    <Time at={at} seconds={seconds} /> <span class="soft">{relative(at, usePage().now)}</span>
  </>
);

/** Each unit is used for less than `below` of it. */
const STEPS = [
  { ms: 1000, name: 's', below: 60 },
  { ms: 60_000, name: 'min', below: 60 },
  { ms: 3_600_000, name: 'h', below: 48 },
] as const;
const DAY_MS = 86_400_000;

/** How long something is, rounded to the nearest: "20 s", "5 min", "3 h", "2 d". */
export function roughly(ms: number): string {
  const length = Math.max(0, ms);
  const step = STEPS.find((each) => Math.round(length / each.ms) < each.below);
  return step ? `${Math.round(length / step.ms)} ${step.name}` : `${Math.round(length / DAY_MS)} d`;
}

/** How long something is, with its two largest units: "2 d 3 h", "1 h 5 min", "5 min 20 s", "3.2 s". */
export function lengthText(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  if (size < 9.95) return `${sign}${size.toFixed(1)} s`;
  const whole = Math.round(size);
  const place = UNITS.findIndex((unit) => whole >= unit.seconds);
  const [first, second] = [UNITS[place] ?? UNITS[3], UNITS[place + 1]];
  const rest = second ? Math.floor((whole % first.seconds) / second.seconds) : 0;
  const parts = [
    `${Math.floor(whole / first.seconds)} ${first.name}`,
    ...(second && rest > 0 ? [`${rest} ${second.name}`] : []),
  ];
  return `${sign}${parts.join(' ')}`;
}

const UNITS = [
  { seconds: 86_400, name: 'd' },
  { seconds: 3600, name: 'h' },
  { seconds: 60, name: 'min' },
  { seconds: 1, name: 's' },
] as const;

/** "in 2 h" or "2 h ago", beside a time. */
export const relative = (at: Instant, now: Instant): string =>
  at > now ? `in ${roughly(at - now)}` : `${roughly(now - at)} ago`;
