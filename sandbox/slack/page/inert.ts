// Bidi embeddings, overrides and isolates: they can make "approve 2 h" read as something else.
const BIDI = /[\u202a-\u202e\u2066-\u2069]/gu;
// Zero-width and directional marks, and C0/C1 controls but tab and newline. U+200D stays: it joins emoji.
const INVISIBLE = /[\u200b\u200c\u200e\u200f\u2060\ufeff\u061c]|(?![\t\n])\p{Cc}/gu;

/**
 * Text as it may be shown: overrides become a visible U+FFFD, invisible characters vanish. HTML needs
 * nothing here, since JSX escapes every string it is given.
 */
export const safeText = (text: string): string => text.replace(BIDI, '\ufffd').replace(INVISIBLE, '');

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The address when a person may be sent there (http, https, mailto, tel), else undefined: `javascript:` is text. */
export function safeUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return SAFE_SCHEMES.has(url.protocol) ? url.href : undefined;
}
