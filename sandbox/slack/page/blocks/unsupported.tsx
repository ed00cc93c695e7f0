import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';

/** Shown for a type that this page does not support, so that the person knows that something is missing. */
export const Unsupported: FC<{ type: string }> = ({ type }) => (
  <p class="undrawn">This page cannot show blocks of the type “{safeText(type)}”.</p>
);
