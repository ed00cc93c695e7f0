/**
 * The person who sees the page, and the time. Components need both to show names and times for that person.
 */
export type Viewer = Readonly<{
  id: string;
  /** IANA time zone in which times are shown. */
  tz: string;
  /** Milliseconds since 1970, for "today", "yesterday" and countdowns. */
  now: number;
  /** Names by id, apps included. An unknown id is shown as it is. */
  people: ReadonlyMap<string, string>;
  channels: ReadonlyMap<string, string>;
}>;

/**
 * The viewer and the place in which blocks are rendered. `where` is the prefix of DOM ids ("m-1763.01",
 * "v-V01"), so that a block that is rendered twice has separate focus and typed text.
 */
export type RenderContext = Readonly<{ viewer: Viewer; where: string }>;

/** A DOM id from ids of the app. Characters that are special in CSS selectors become `_`. */
export const domId = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => (part ?? '').replace(/[^\w-]/g, '_')).join('.');
