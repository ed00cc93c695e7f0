import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

type Stream = Readonly<{ isTTY?: boolean }>;
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether to write colours: on a terminal only, and not while NO_COLOR is set (no-color.org). FORCE_COLOR wins over both, as
 * in Node itself; `0` and `false` force no colour.
 */
export function isColoured(stream: Stream, env: Env = process.env): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !env['NO_COLOR'] && stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The text in a style where colours are written. The text says the same without it. Node would look at its own stream only. */
export const styled = (style: Style | undefined, text: string, coloured: boolean): string =>
  style === undefined || !coloured ? text : styleText(style, text, { validateStream: false });

/** What `styled` writes before and after a text. */
const STYLE_CODE = /(\u001b\[(?:[12]|22|3[1236]|39)m)/;

/** The parts of a line: each is either a code that `styled` writes, or a text. */
export const partsOf = (line: string): readonly Readonly<{ text: string; isStyle: boolean }>[] =>
  line.split(STYLE_CODE).map((text, at) => ({ text, isStyle: at % 2 === 1 }));

/** The styles of the words of states and verdicts. */
export const STATE_STYLES: Readonly<Record<string, Style>> = {
  pending: 'yellow',
  granting: 'cyan',
  active: 'green',
  revoking: 'cyan',
  closed: 'dim',
  ok: 'green',
  note: 'cyan',
  warning: 'yellow',
  broken: 'red',
  pass: 'green',
  refuse: 'red',
  'not-reached': 'dim',
};
