import { emojiOf } from './emoji.ts';

/** A part of a line. */
export type Inline = Readonly<
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; of: readonly Inline[] }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'person' | 'channel'; id: string; label: string | undefined }
  | { kind: 'mention'; label: string }
  | { kind: 'date'; at: number; format: string; url: string | undefined; fallback: string }
  | { kind: 'emoji'; name: string }
  | { kind: 'break' }
>;

export type Chunk = Readonly<
  { kind: 'lines' | 'quote'; of: readonly Inline[] } | { kind: 'pre'; text: string }
>;

// A limit of nesting, so that hostile text cannot cause deep recursion.
const DEEPEST = 6;
const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const isMarker = (letter: string): letter is keyof typeof STYLES => letter in STYLES;

/** Unescapes the three entities that Slack escapes. Every other ampersand is left unchanged. */
export const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const dateOf = (body: string, label: string | undefined): Inline => {
  const [, seconds = '', format = '', url] = body.split('^');
  return { kind: 'date', at: Number(seconds) * 1000, format: unescape(format), url, fallback: label ?? body };
};

/** Parses the text between `<` and `>`: a mention, a date or a link. */
function angle(inside: string): Inline {
  const bar = inside.indexOf('|');
  const body = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : unescape(inside.slice(bar + 1));
  if (body.startsWith('@')) return { kind: 'person', id: body.slice(1), label };
  if (body.startsWith('#')) return { kind: 'channel', id: body.slice(1), label };
  if (body.startsWith('!date^')) return dateOf(body, label);
  if (body.startsWith('!subteam^')) return { kind: 'mention', label: label ?? '@group' };
  if (body.startsWith('!')) return { kind: 'mention', label: label ?? `@${body.slice(1)}` };
  return { kind: 'link', url: unescape(body), label: label ?? unescape(body) };
}

type Found = Readonly<{ inline: Inline; length: number }>;

const at = (pattern: RegExp, text: string, place: number): RegExpExecArray | null => {
  pattern.lastIndex = place;
  return pattern.exec(text);
};

/**
 * Parses emphasis. It starts after a word boundary and before a non-space, and ends after a non-space and
 * before a word boundary.
 */
function styled(text: string, place: number, depth: number): Found | undefined {
  const marker = text.charAt(place);
  if (!isMarker(marker) || depth >= DEEPEST || /\w/.test(text.charAt(place - 1))) return undefined;
  const close =
    marker === '*'
      ? /\*(?=\S)([^\n*]*[^\s*])\*(?!\w)/y
      : marker === '_'
        ? /_(?=\S)([^\n]*?\S)_(?!\w)/y
        : /~(?=\S)([^\n~]*[^\s~])~(?!\w)/y;
  const match = at(close, text, place);
  if (!match) return undefined;
  return {
    inline: { kind: STYLES[marker], of: parseInline(match[1] ?? '', depth + 1) },
    length: match[0].length,
  };
}

function special(text: string, place: number, depth: number): Found | undefined {
  const letter = text.charAt(place);
  if (letter === '\n') return { inline: { kind: 'break' }, length: 1 };
  if (letter === '<') {
    const match = at(/<([^<>\n]+)>/y, text, place);
    return match ? { inline: angle(match[1] ?? ''), length: match[0].length } : undefined;
  }
  if (letter === '`') {
    const match = at(/`([^`\n]+)`/y, text, place);
    return match
      ? { inline: { kind: 'code', text: unescape(match[1] ?? '') }, length: match[0].length }
      : undefined;
  }
  if (letter === ':') {
    const match = at(/:([a-z0-9_+-]+(?:::skin-tone-[2-6])?):/y, text, place);
    const name = match?.[1] ?? '';
    return match && emojiOf(name) !== undefined
      ? { inline: { kind: 'emoji', name }, length: match[0].length }
      : undefined;
  }
  if (letter === 'h' && !/\w/.test(text.charAt(place - 1))) {
    const match = at(/https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"*_~]/y, text, place);
    const url = unescape(match?.[0] ?? '');
    return match ? { inline: { kind: 'link', url, label: url }, length: match[0].length } : undefined;
  }
  return styled(text, place, depth);
}

/** Parses mrkdwn without quotes and code blocks. */
export function parseInline(text: string, depth = 0): readonly Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') found.push({ kind: 'text', text: unescape(plain) });
    plain = '';
  };
  for (let place = 0; place < text.length;) {
    const hit = special(text, place, depth);
    if (hit) {
      flush();
      found.push(hit.inline);
      place += hit.length;
    } else {
      plain += text.charAt(place);
      place += 1;
    }
  }
  flush();
  return found;
}

// A line that begins with "> " or the escaped "&gt; " is a quote.
const QUOTED = /^(?:>|&gt;) ?/;

function parseLines(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let run: string[] = [];
  let quoted = false;
  const flush = () => {
    const body = run.map((line) => (quoted ? line.replace(QUOTED, '') : line)).join('\n');
    if (run.length > 0) chunks.push({ kind: quoted ? 'quote' : 'lines', of: parseInline(body) });
    run = [];
  };
  for (const line of text.split('\n')) {
    if (QUOTED.test(line) !== quoted) {
      flush();
      quoted = !quoted;
    }
    run.push(line);
  }
  flush();
  return chunks;
}

/** Parses Slack's mrkdwn into chunks. Never fails: what is not markup is text. */
export function parseMrkdwn(text: string): readonly Chunk[] {
  return text.split(/```([\s\S]+?)```/).flatMap((part, index): readonly Chunk[] => {
    if (index % 2 === 1) return [{ kind: 'pre', text: unescape(part.replace(/^\n/, '').replace(/\n$/, '')) }];
    const trimmed = part.replace(index === 0 ? /$^/ : /^\n/, '');
    return trimmed === '' ? [] : parseLines(trimmed);
  });
}
