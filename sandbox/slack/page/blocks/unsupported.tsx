import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';

/** What the renderer does not draw is named, so that nobody thinks the message ended there. */
export const Unsupported: FC<{ type: string }> = ({ type }) => (
  <p class="undrawn">Something of the kind “{safeText(type)}” stands here; this page does not draw it.</p>
);
