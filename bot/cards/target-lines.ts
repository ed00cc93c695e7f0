import type { RichTextBlock, RichTextList } from '@slack/types';
import { oneLine } from '../../core/text.ts';
import type { TargetDetail } from '../../wording/target-details.ts';
import { capitalized } from '../../wording/text.ts';

/** A piece of a line. Slack reads no markup in it, so names are exact and can be copied. Only words of Curfew are bold. */
type Run = Readonly<{ type: 'text'; text: string; style?: Readonly<{ bold: true }> }>;
/** An item of a list: a target, or below it a detail. */
export type Line = Readonly<{ indent: 0 | 1; runs: readonly Run[] }>;

const text = (shown: string): Run => ({ type: 'text', text: shown });

/** The line of a target. */
export const nameLine = (plain: string): Line => ({ indent: 0, runs: [text(capitalized(oneLine(plain)))] });

/** The line of a detail, below its target. The label is bold, and no text of a provider is. */
export const detailLine = ({ label, text: what }: Pick<TargetDetail, 'label' | 'text'>): Line => ({
  indent: 1,
  runs:
    label === undefined
      ? [text(oneLine(what))]
      : [{ ...text(label), style: { bold: true } }, text(` ${oneLine(what)}`)],
});

/** All lines as a list of bullets. In Slack a list inside a list is one of its own, with an indent. */
export function listBlock(lines: readonly Line[]): RichTextBlock {
  const lists: RichTextList[] = [];
  for (const { indent, runs } of lines) {
    const item = { type: 'rich_text_section' as const, elements: [...runs] };
    const last = lists.at(-1);
    if (last?.indent === indent) last.elements.push(item);
    else lists.push({ type: 'rich_text_list', style: 'bullet', indent, elements: [item] });
  }
  return { type: 'rich_text', elements: lists };
}

const BULLET = { 0: '• ', 1: '      ◦ ' } as const;

/** The same in one paragraph, which needs half the bytes. Neighbours of one style are one text, which is smaller still. */
export function compactBlock(lines: readonly Line[]): RichTextBlock {
  const merged: Run[] = [];
  for (const run of lines.flatMap(({ indent, runs }, index) => [
    text(`${index === 0 ? '' : '\n'}${BULLET[indent]}`),
    ...runs,
  ])) {
    const last = merged.at(-1);
    if (last && last.style?.bold === run.style?.bold)
      merged.splice(-1, 1, { ...last, text: last.text + run.text });
    else merged.push(run);
  }
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: merged }] };
}

/** Some lines in lists of at most `most` characters each. A longer line continues in the next list. */
export function listBlocks(lines: readonly Line[], most: number): readonly RichTextBlock[] {
  const blocks: Line[][] = [[]];
  let free = most;
  for (const line of lines.flatMap((each) => splitLine(each, most))) {
    const needs = lengthOf(line.runs);
    if (needs > free) {
      blocks.push([]);
      free = most;
    }
    blocks.at(-1)?.push(line);
    free -= needs;
  }
  return blocks.filter(({ length }) => length > 0).map(listBlock);
}

const lengthOf = (runs: readonly Run[]): number =>
  runs.reduce((sum, { text: shown }) => sum + shown.length, 0);

/** A line that fits is left as it is. The last run of another one is cut into pieces, which do not halve a character. */
function splitLine(line: Line, most: number): readonly Line[] {
  const { indent, runs } = line;
  if (lengthOf(runs) <= most) return [line];
  const points = [...(runs.at(-1)?.text ?? '')];
  const size = Math.floor(most / 2) - lengthOf(runs.slice(0, -1));
  const pieces = Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    text(points.slice(index * size, (index + 1) * size).join('')),
  );
  const [first, ...rest] = pieces;
  return [
    { indent, runs: [...runs.slice(0, -1), ...(first ? [first] : [])] },
    ...rest.map((piece) => ({ indent, runs: [piece] })),
  ];
}
