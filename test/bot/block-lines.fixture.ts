/**
 * What a reader sees of some blocks: one line for each text, and the id and the buttons of each row of buttons. Rich text
 * is written as mrkdwn writes the same thing: *bold*, `code`, a mention, a time, an emoji. A list has a bullet before each item.
 */
export const linesOf = (blocks: readonly object[]): readonly string[] =>
  (blocks as readonly Block[]).flatMap(lines);

type Text = Readonly<{ text: string }>;
type Run = Readonly<
  { style?: Readonly<{ bold?: boolean; code?: boolean }> } & (
    | { type: 'text'; text: string }
    | { type: 'user'; user_id: string }
    | { type: 'emoji'; name: string }
    | { type: 'date'; timestamp: number; format: string; fallback: string }
  )
>;
type List = Readonly<{
  type: 'rich_text_list';
  indent?: number;
  elements: readonly Readonly<{ elements: readonly Run[] }>[];
}>;
type Element = Readonly<{ type: string; text: string | Text; elements?: readonly Run[] }>;
type Block = Readonly<{
  type: string;
  block_id?: string;
  text?: Text;
  accessory?: Readonly<{ text: Text }>;
  elements?: readonly (Element | List)[];
}>;

const isList = (element: Element | List): element is List => element.type === 'rich_text_list';

function lines({ type, block_id, text, accessory, elements = [] }: Block): readonly string[] {
  switch (type) {
    case 'section':
      return [text?.text ?? '', ...(accessory ? [`[${accessory.text.text}]`] : [])];
    case 'header':
      return [`# ${text?.text}`];
    case 'divider':
      return ['---'];
    case 'context':
      return elements.map((each) => `(${textIn(each)})`);
    case 'rich_text':
      return elements.flatMap((each) =>
        isList(each)
          ? each.elements.map((item) => `${BULLET[each.indent ?? 0]}${written(item.elements)}`)
          : [`${MARK[each.type] ?? ''}${written(each.elements ?? [])}`],
      );
    case 'actions':
      return [`${block_id}: ${elements.map((each) => `[${textIn(each)}]`).join(' ')}`];
    default:
      return [JSON.stringify({ type, block_id })];
  }
}

const MARK: Readonly<Record<string, string>> = { rich_text_quote: '> ', rich_text_preformatted: '``` ' };

const BULLET: Readonly<Record<number, string>> = { 0: '• ', 1: '      ◦ ' };

const textIn = (element: Text | Element | List): string => {
  if (!('text' in element)) return '';
  return typeof element.text === 'string' ? element.text : element.text.text;
};

/** Neighbours that are bold are one bold text. */
const written = (runs: readonly Run[]): string =>
  runs
    .map((run, index) => {
      const bold = (at: number): boolean => runs[at]?.style?.bold === true;
      const [before, after] = [bold(index) && !bold(index - 1), bold(index) && !bold(index + 1)];
      return `${before ? '*' : ''}${run.style?.code ? `\`${textOf(run)}\`` : textOf(run)}${after ? '*' : ''}`;
    })
    .join('');

function textOf(run: Run): string {
  switch (run.type) {
    case 'text':
      return run.text;
    case 'user':
      return `<@${run.user_id}>`;
    case 'emoji':
      return `:${run.name}:`;
    case 'date':
      return `<!date^${run.timestamp}^${run.format}|${run.fallback}>`;
  }
}
