/**
 * Slack's date tokens, in the viewer's time zone. Slack formats `{time}` as the viewer prefers. This page
 * always uses 24 hours.
 */
type Parts = Readonly<{ y: number; mo: number; d: number }>;

const DAY = 86_400_000;
const LANGUAGE = 'en-US';

const format = (at: number, tz: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LANGUAGE, { timeZone: tz, ...options }).format(at);

const partOf = (at: number, tz: string, options: Intl.DateTimeFormatOptions): number =>
  Number(format(at, tz, options));

const partsOf = (at: number, tz: string): Parts => ({
  y: partOf(at, tz, { year: 'numeric' }),
  mo: partOf(at, tz, { month: 'numeric' }),
  d: partOf(at, tz, { day: 'numeric' }),
});

/** Calendar days from the viewer's today to the day of `at`. Yesterday is -1 at any hour. */
export function daysFromToday(at: number, now: number, tz: string): number {
  const [there, here] = [partsOf(at, tz), partsOf(now, tz)];
  return Math.round((Date.UTC(there.y, there.mo - 1, there.d) - Date.UTC(here.y, here.mo - 1, here.d)) / DAY);
}

const ordinal = (day: number): string => {
  const teen = day % 100 >= 11 && day % 100 <= 13;
  return `${day}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`;
};

const NEAR: Readonly<Record<number, string>> = { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' };

/** The time in the zone, for example "09:41". */
export const clock = (at: number, tz: string): string =>
  format(at, tz, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const clockWithSeconds = (at: number, tz: string): string =>
  format(at, tz, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

const numeric = (at: number, tz: string): string => {
  const { y, mo, d } = partsOf(at, tz);
  return `${y}-${String(mo).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
};

// Slack omits the year when it is the current one.
const yearTail = (at: number, now: number, tz: string): string =>
  partsOf(at, tz).y === partsOf(now, tz).y ? '' : `, ${partsOf(at, tz).y}`;

const medium = (at: number, now: number, tz: string): string =>
  `${format(at, tz, { month: 'long' })} ${ordinal(partsOf(at, tz).d)}${yearTail(at, now, tz)}`;

const short = (at: number, now: number, tz: string): string =>
  `${format(at, tz, { month: 'short', day: 'numeric' })}${yearTail(at, now, tz)}`;

const long = (at: number, now: number, tz: string): string =>
  `${format(at, tz, { weekday: 'long' })}, ${medium(at, now, tz)}`;

/** "12 min ago", "in 2 h", "just now". */
export function ago(at: number, now: number): string {
  const minutes = Math.round(Math.abs(now - at) / 60_000);
  if (minutes === 0) return 'just now';
  const words =
    minutes < 60
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`;
  return at > now ? `in ${words}` : `${words} ago`;
}

/** The name on the line between two days: "Today", "Yesterday", "Monday, November 23rd". */
export const dayName = (at: number, now: number, tz: string): string => {
  const near = NEAR[daysFromToday(at, now, tz)];
  return near === undefined ? long(at, now, tz) : `${near.charAt(0).toUpperCase()}${near.slice(1)}`;
};

/**
 * Fills Slack's date format ("{date_short_pretty} at {time}") for `at` (ms), for a reader in `tz` at `now`.
 * An unknown token is left unchanged, as in Slack.
 */
export function fillDate(pattern: string, at: number, now: number, tz: string): string {
  const near = NEAR[daysFromToday(at, now, tz)];
  const tokens: Readonly<Record<string, () => string>> = {
    date_num: () => numeric(at, tz),
    date: () => medium(at, now, tz),
    date_pretty: () => near ?? medium(at, now, tz),
    date_short: () => short(at, now, tz),
    date_short_pretty: () => near ?? short(at, now, tz),
    date_long: () => long(at, now, tz),
    date_long_pretty: () => near ?? long(at, now, tz),
    date_long_full: () => long(at, now, tz),
    day_divider_pretty: () => dayName(at, now, tz),
    time: () => clock(at, tz),
    time_secs: () => clockWithSeconds(at, tz),
    ago: () => ago(at, now),
  };
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, name: string) => tokens[name]?.() ?? whole);
  // Slack capitalises "today" and the like at the start of a format.
  return /^\{\w+_pretty\}/.test(pattern) ? filled.charAt(0).toUpperCase() + filled.slice(1) : filled;
}

/** Whether `Intl` can format it. A timestamp from an app can be any number. */
export const isInstant = (at: number): boolean => Number.isFinite(at) && Math.abs(at) <= 8.64e15;
