/** Who looks at a page, and when: what a renderer needs to show names and times as that person sees them. */
export type Viewer = Readonly<{
  id: string;
  /** IANA name. Times are shown in it, wherever the server is. */
  tz: string;
  /** Milliseconds since 1970, for "today", "yesterday" and countdowns. */
  now: number;
  /** Names by id; an id this workspace does not know is shown as it is. Apps are among the people. */
  people: ReadonlyMap<string, string>;
  channels: ReadonlyMap<string, string>;
}>;

/**
 * Where blocks are drawn: `where` begins the DOM ids ("m-1763.01", "v-V01"), so that one block drawn in two
 * places keeps its focus and its typed text apart.
 */
export type RenderContext = Readonly<{ viewer: Viewer; where: string }>;

/** A DOM id from what apps call their things; letters that a selector would trip over become `_`. */
export const domId = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => (part ?? '').replace(/[^\w-]/g, '_')).join('.');
