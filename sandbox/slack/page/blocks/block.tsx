import type { AnyBlock, ContextBlock, KnownBlock } from '@slack/types';
import type { FC } from 'hono/jsx';
import { Plain } from '../mrkdwn-view.tsx';
import { domId, type RenderContext } from '../viewer.ts';
import { ElementView } from './element.tsx';
import { Input } from './input.tsx';
import { RichText } from './rich-text.tsx';
import { Section } from './section.tsx';
import { Text } from './text.tsx';
import { Unsupported } from './unsupported.tsx';

const Context: FC<{ block: ContextBlock; spot: RenderContext }> = ({ block, spot }) => (
  <div class="context">
    {block.elements.map((element) =>
      element.type === 'image' ? (
        <Unsupported type={element.type} />
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
    default:
      return <Unsupported type={block.type} />;
  }
};

// The union of Slack's types ends in a plain `Block`, which no switch can narrow; `Unsupported` catches the rest.
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
