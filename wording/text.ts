/** At most `most` code points. The last one is an ellipsis when something was cut off. */
export function capped(text: string, most: number): string {
  const points = [...text];
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}

/** The first letter in upper case, for a sentence that begins with text of the catalogue or of a provider. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A time in UTC, to the minute. */
export const utcMinute = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
