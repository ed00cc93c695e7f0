// Bidirectional embeddings, overrides and isolates. They can reorder text, so that "approve 2 h" reads
// differently.
const BIDI = /[\u202a-\u202e\u2066-\u2069]/gu;
// Zero-width and directional marks, and control characters except tab and newline. U+200D is kept because it
// joins emoji.
const INVISIBLE = /[\u200b\u200c\u200e\u200f\u2060\ufeff\u061c]|(?![\t\n])\p{Cc}/gu;

/**
 * Text that is safe to show: bidirectional overrides become U+FFFD and invisible characters are removed. HTML
 * is not escaped here, because JSX escapes every string.
 */
export const safeText = (text: string): string => text.replace(BIDI, '\ufffd').replace(INVISIBLE, '');

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The URL if its scheme is safe for a link (http, https, mailto, tel), else undefined. */
export function safeUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return SAFE_SCHEMES.has(url.protocol) ? url.href : undefined;
}
