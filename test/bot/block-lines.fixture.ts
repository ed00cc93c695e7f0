/** What a reader sees of some blocks: one line for each text, and the id and the buttons of each row of buttons. */
export const linesOf = (blocks: readonly object[]): readonly string[] =>
  (blocks as readonly Block[]).flatMap(lines);

type Text = Readonly<{ text: string }>;
type Element = Readonly<{ type: string; text: string | Text; elements?: readonly Text[] }>;
type Block = Readonly<{
  type: string;
  block_id?: string;
  text?: Text;
  accessory?: Readonly<{ text: Text }>;
  elements?: readonly Element[];
}>;

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
      return elements.map((each) => `${MARK[each.type] ?? ''}${(each.elements ?? []).map(textIn).join('')}`);
    case 'actions':
      return [`${block_id}: ${elements.map((each) => `[${textIn(each)}]`).join(' ')}`];
    default:
      return [JSON.stringify({ type, block_id })];
  }
}

const MARK: Readonly<Record<string, string>> = { rich_text_quote: '> ', rich_text_preformatted: '``` ' };

const textIn = ({ text }: Text | Element): string => (typeof text === 'string' ? text : text.text);
