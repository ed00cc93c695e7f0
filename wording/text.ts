/**
 * Text that people wrote, made safe to show: it goes into `plain_text` or `rich_text` elements only, where Slack
 * reads no markup, and what could reorder or hide what is read is made visible (T18).
 */

// A joiner is part of an emoji only between two pictures.
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Variation_Selector}])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

// Bidirectional controls, zero-width characters, line separators and other invisible controls.
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

export const inert = (text: string): string =>
  text.toWellFormed().replaceAll(STRAY_JOINER, '\u25af').replaceAll(INVISIBLE, '\u25af');

/** At most `most` code points, the last of which then says that there was more. */
export function capped(text: string, most: number): string {
  const points = [...text];
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}

/** For our own sentences in mrkdwn that name something from the catalogue: Slack's three characters escaped. */
export const escaped = (text: string): string =>
  inert(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`]/g, (mark) => `${mark}\u2060`);

/**
 * A moment in the viewer's own zone, with UTC for clients that cannot. The words before it belong inside: Slack
 * writes "Today" with a capital where the format begins with it.
 */
export function moment(at: number, before: string): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1000)}^${before}{date_short_pretty} at {time}|${before}${utc} UTC>`;
}

const MOST_LISTED = 10;

/** "Ana, Bo and Cy", in whatever conjunction; of very many the first ten, and how many more. */
export function list(all: readonly string[], conjunction = 'and'): string {
  const more = all.length - MOST_LISTED;
  const items = more > 1 ? [...all.slice(0, MOST_LISTED), `${more} more`] : all;
  const last = items.at(-1) ?? 'nobody';
  return items.length <= 1 ? last : `${items.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** The first letter in upper case; our sentences begin with words from the catalogue or the providers. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
