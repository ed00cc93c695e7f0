import type { ImageBlock, ImageElement } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';

/** Shows the `alt_text` instead of the image, because the page's policy forbids content from other hosts. */
export const ImageView: FC<{ image: ImageBlock | ImageElement; small?: boolean }> = ({ image, small }) => (
  <span
    class={small ? 'image image--small' : 'image'}
    role="img"
    aria-label={safeText(image.alt_text)}
    title={safeText(image.alt_text)}
  >
    {small ? safeText(image.alt_text).slice(0, 1).toUpperCase() : safeText(image.alt_text)}
  </span>
);
