import type { SectionBlock } from '@slack/types';
import type { FC } from 'hono/jsx';
import type { RenderContext } from '../viewer.ts';
import { ElementView } from './element.tsx';
import { Text } from './text.tsx';

/** Text, up to ten fields in two columns, and one element on the right. */
export const Section: FC<{ block: SectionBlock; id: string; spot: RenderContext }> = ({
  block,
  id,
  spot,
}) => (
  <div class="section">
    <div class="section__body">
      {block.text && (
        <div class="section__text">
          <Text text={block.text} viewer={spot.viewer} />
        </div>
      )}
      {block.fields && (
        <div class="section__fields">
          {block.fields.map((field) => (
            <div class="section__field">
              <Text text={field} viewer={spot.viewer} />
            </div>
          ))}
        </div>
      )}
    </div>
    {block.accessory && (
      <div class="section__accessory">
        <ElementView element={block.accessory} held={{ block: id, spot, dispatch: 'change' }} />
      </div>
    )}
  </div>
);
