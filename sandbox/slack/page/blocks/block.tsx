import type { AnyBlock, ContextBlock, KnownBlock } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import { Mrkdwn, Plain } from '../mrkdwn-view.tsx';
import { domId, type RenderContext } from '../viewer.ts';
import { ElementView } from './element.tsx';
import { ImageView } from './image.tsx';
import { Input } from './input.tsx';
import { Alert, Card, Plan, Table, Task, Video } from './rare.tsx';
import { RichText } from './rich-text.tsx';
import { Section } from './section.tsx';
import { Text } from './text.tsx';
import { Unsupported } from './unsupported.tsx';

const Context: FC<{ block: ContextBlock; spot: RenderContext }> = ({ block, spot }) => (
  <div class="context">
    {block.elements.map((element) =>
      element.type === 'image' ? (
        <ImageView image={element} small />
      ) : (
        <span class="context__text">
          <Text text={element} viewer={spot.viewer} />
        </span>
      ),
    )}
  </div>
);

type BlockProps = { block: KnownBlock; id: string; spot: RenderContext };

const BlockContent: FC<BlockProps> = ({ block, id, spot }) => {
  const { viewer } = spot;
  switch (block.type) {
    case 'header':
      return (
        <h3 class="header" dir="auto">
          <Plain text={block.text.text} emoji={block.text.emoji} />
        </h3>
      );
    case 'section':
      return <Section block={block} id={id} spot={spot} />;
    case 'context':
      return <Context block={block} spot={spot} />;
    case 'divider':
      return <hr class="divider" />;
    case 'rich_text':
      return <RichText block={block} viewer={viewer} />;
    case 'input':
      return <Input block={block} id={id} spot={spot} />;
    case 'actions':
      return (
        <div class="actions">
          {block.elements.map((element) => (
            <ElementView element={element} held={{ block: id, spot, dispatch: 'change' }} />
          ))}
        </div>
      );
    case 'image':
      return (
        <figure class="figure">
          {block.title && <figcaption>{safeText(block.title.text)}</figcaption>}
          <ImageView image={block} />
        </figure>
      );
    case 'markdown':
      return <Mrkdwn text={block.text} viewer={viewer} />;
    case 'table':
    case 'data_table':
      return <Table block={block} spot={spot} />;
    case 'alert':
      return <Alert block={block} spot={spot} />;
    case 'card':
      return <Card block={block} id={id} spot={spot} />;
    case 'carousel':
      return (
        <>
          {block.elements.map((card) => (
            <Card block={card} id={id} spot={spot} />
          ))}
        </>
      );
    case 'container':
      return (
        <div class="card">
          {block.title && <div class="card__title">{safeText(block.title.text)}</div>}
          <Blocks blocks={block.child_blocks} spot={spot} />
        </div>
      );
    case 'plan':
      return <Plan block={block} />;
    case 'task_card':
      return <Task block={block} spot={spot} />;
    case 'video':
      return <Video block={block} />;
    case 'context_actions':
    case 'file':
    default:
      return <Unsupported type={block.type} />;
  }
};

// The union of Slack's types ends in a plain `Block`, which no switch can narrow; `Undrawn` catches the rest.
const known = (block: AnyBlock): KnownBlock => block as KnownBlock;

/** Renders Block Kit blocks for one person. */
export const Blocks: FC<{ blocks: readonly AnyBlock[]; spot: RenderContext }> = ({ blocks, spot }) => (
  <>
    {blocks.map((block, index) => (
      <div class="block" id={domId(spot.where, block.block_id ?? `b${index}`)}>
        <BlockContent block={known(block)} id={block.block_id ?? `b${index}`} spot={spot} />
      </div>
    ))}
  </>
);
