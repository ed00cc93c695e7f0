import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextList } from '@slack/types';
import type { FC, PropsWithChildren } from 'hono/jsx';
import { Code } from '../code.tsx';
import { safeText } from '../inert.ts';
import { ChannelMention, Link, PersonMention, SlackDate } from '../mrkdwn-view.tsx';
import type { Viewer } from '../viewer.ts';
import { Emoji, Lines } from '../words.tsx';

type Style = NonNullable<RichTextElement['style']>;

const Styled: FC<PropsWithChildren<{ style: Style | undefined }>> = ({ style, children }) => {
  let node = <>{children}</>;
  if (style?.code) node = <code class="code">{node}</code>;
  if (style?.underline) node = <u>{node}</u>;
  if (style?.strike) node = <s>{node}</s>;
  if (style?.italic) node = <i>{node}</i>;
  if (style?.bold) node = <b>{node}</b>;
  return node;
};

/**
 * A connection string in code. `Code` renders it with a button for the terminal, so it is not styled again.
 */
const isSecret = (element: RichTextElement): boolean =>
  element.type === 'text' && element.style?.code === true && element.text.startsWith('postgres');

const Bare: FC<{ element: RichTextElement; viewer: Viewer }> = ({ element, viewer }) => {
  switch (element.type) {
    case 'text':
      return isSecret(element) ? <Code text={element.text} /> : <Lines text={element.text} />;
    case 'user':
      return <PersonMention id={element.user_id} viewer={viewer} />;
    case 'channel':
      return <ChannelMention id={element.channel_id} viewer={viewer} />;
    case 'link':
      return <Link url={element.url} label={element.text ?? element.url} />;
    case 'emoji':
      return <Emoji name={element.name} unicode={element.unicode} />;
    case 'date':
      return (
        <SlackDate
          at={element.timestamp * 1000}
          format={element.format}
          url={element.url}
          fallback={element.fallback ?? element.format}
          viewer={viewer}
        />
      );
    case 'usergroup':
      return <span class="mention">@{safeText(element.usergroup_id)}</span>;
    case 'team':
      return <span class="mention">@{safeText(element.team_id)}</span>;
    case 'broadcast':
      return <span class="mention">@{element.range}</span>;
    case 'color':
      return <code class="code">{safeText(element.value)}</code>;
    default:
      return <></>;
  }
};

const Runs: FC<{ elements: readonly RichTextElement[]; viewer: Viewer }> = ({ elements, viewer }) => (
  <>
    {elements.map((element) => {
      const secret = isSecret(element);
      return (
        <Styled style={secret ? undefined : element.style}>
          <Bare element={element} viewer={viewer} />
        </Styled>
      );
    })}
  </>
);

const classOf = (name: string, border: number | undefined): string => (border ? `${name} bordered` : name);

const List: FC<{ list: RichTextList; viewer: Viewer }> = ({ list, viewer }) => {
  const items = list.elements.map((section) => (
    <li dir="auto">
      <Runs elements={section.elements} viewer={viewer} />
    </li>
  ));
  const looks = classOf(`indent-${list.indent ?? 0}`, list.border);
  // How many items came before, in an ordered list that a list inside it interrupts.
  const before = 'offset' in list && typeof list.offset === 'number' ? list.offset : 0;
  return list.style === 'ordered' ? (
    <ol class={looks} start={before > 0 ? before + 1 : undefined}>
      {items}
    </ol>
  ) : (
    <ul class={looks}>{items}</ul>
  );
};

/** Slack allows text and links in preformatted text. */
const preText = (elements: readonly RichTextElement[]): string =>
  elements
    .map((element) =>
      element.type === 'text' ? element.text : element.type === 'link' ? (element.text ?? element.url) : '',
    )
    .join('');

const Part: FC<{ part: RichTextBlockElement; viewer: Viewer }> = ({ part, viewer }) => {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <div class="lines" dir="auto">
          <Runs elements={part.elements} viewer={viewer} />
        </div>
      );
    case 'rich_text_quote':
      return (
        <blockquote class={classOf('quote', part.border)} dir="auto">
          <Runs elements={part.elements} viewer={viewer} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return <Code text={preText(part.elements)} block />;
    case 'rich_text_list':
      return <List list={part} viewer={viewer} />;
    default:
      return <></>;
  }
};

/** Renders rich text. Nothing in its text is interpreted as markup. */
export const RichText: FC<{ block: RichTextBlock; viewer: Viewer }> = ({ block, viewer }) => (
  <div class="rich">
    {block.elements.map((part) => (
      <Part part={part} viewer={viewer} />
    ))}
  </div>
);
