import type { ImageBlock, ImageElement } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';

/**
 * An image is drawn as its words on a plate: the page loads nothing from other hosts (its policy forbids it),
 * and what an image says must be in `alt_text` anyway.
 */
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
