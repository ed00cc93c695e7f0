import type { FC } from 'hono/jsx';
import { inert } from '../inert.ts';

/** What the renderer does not draw is named, so that nobody thinks the message ended there. */
export const Undrawn: FC<{ type: string }> = ({ type }) => (
  <p class="undrawn">Something of the kind “{inert(type)}” stands here; this page does not draw it.</p>
);
