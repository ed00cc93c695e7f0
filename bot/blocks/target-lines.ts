import type { RichTextBlock } from '@slack/types';
import { oneLine } from '../../core/text.ts';
import type { TargetDetail } from '../../wording/target-details.ts';
import { capitalized } from '../../wording/text.ts';

/** A piece of a line. Slack reads no markup in it, so names are exact and can be copied. Only words of Curfew are bold. */
type Run = Readonly<{ type: 'text'; text: string; style?: Readonly<{ bold: true }> }>;
export type Line = readonly Run[];

const text = (shown: string): Run => ({ type: 'text', text: shown });

/** The line of a target in a list. */
export const targetLine = (plain: string): string => `• ${capitalized(oneLine(plain))}`;

export const nameLine = (plain: string): Line => [text(targetLine(plain))];

const INDENT = '      ◦ ';

/** The line of a detail, below its target. The label is bold, and no text of a provider is. */
export const detailLine = ({ label, text: what }: Pick<TargetDetail, 'label' | 'text'>): Line =>
  label === undefined
    ? [text(INDENT + oneLine(what))]
    : [text(INDENT), { ...text(label), style: { bold: true } }, text(` ${oneLine(what)}`)];

/** All lines in one paragraph. Neighbours of one style are one text, which is smaller. */
export function linesBlock(lines: readonly Line[]): RichTextBlock {
  const merged: Run[] = [];
  for (const run of lines.flatMap((line, index) => (index === 0 ? line : [text('\n'), ...line]))) {
    const last = merged.at(-1);
    if (last && last.style?.bold === run.style?.bold)
      merged.splice(-1, 1, { ...last, text: last.text + run.text });
    else merged.push(run);
  }
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: merged }] };
}

/** Some lines in paragraphs of at most `most` characters each. A longer line continues in the next paragraph. */
export function linesBlocks(lines: readonly Line[], most: number): readonly RichTextBlock[] {
  const blocks: Line[][] = [[]];
  let free = most;
  for (const line of lines.flatMap((each) => splitLine(each, most))) {
    const needs = lengthOf(line) + 1;
    if (needs > free) {
      blocks.push([]);
      free = most;
    }
    blocks.at(-1)?.push(line);
    free -= needs;
  }
  return blocks.filter(({ length }) => length > 0).map(linesBlock);
}

const lengthOf = (line: Line): number => line.reduce((sum, { text: shown }) => sum + shown.length, 0);

/** A line that fits is left as it is. The last run of another one is cut into pieces, which do not halve a character. */
function splitLine(line: Line, most: number): readonly Line[] {
  if (lengthOf(line) < most) return [line];
  const points = [...(line.at(-1)?.text ?? '')];
  const size = Math.floor(most / 2) - lengthOf(line.slice(0, -1));
  const pieces = Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    text(points.slice(index * size, (index + 1) * size).join('')),
  );
  const [first, ...rest] = pieces;
  return [[...line.slice(0, -1), ...(first ? [first] : [])], ...rest.map((piece) => [piece])];
}
