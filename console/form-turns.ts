import type { MiddlewareHandler } from 'hono';
import { clicksIn } from '../core/click-kinds.ts';
import type { TurnKey } from './turn-key.ts';
import { turns } from './turns.ts';

/** Nobody presses so many buttons at the same time. */
const MOST = 10;

/** The form that ends everything of a person. It names no kind. */
const END_ALL = '/people/:id/end';

/** The forms that act. */
export const ACTING = [
  ...['/requests/:id/answers', '/requests/:id/extensions'],
  ...['/reviews', '/reviews/:id/lines', END_ALL],
];

const ENDING = clicksIn('ends', 'refuses');

/**
 * Receives the forms of a person one after another, from all their sessions, so that nobody fills the inbox with them, or makes the pages of others slow. Each is received when the
 * one before is decided, or after the time for which a browser waits. Too many are refused (`TooManyWaiting`). What ends access, or refuses it, waits for none of
 * them and is never refused (I14); ten of those are received at the same time. The session is read in the turn.
 */
export function formTurns(keyOf: TurnKey): MiddlewareHandler {
  const inTurn = turns({ atOnce: 1, mostWaiting: MOST });
  const atOnce = turns({ atOnce: MOST, mostWaiting: Infinity });
  return async (c, next) => {
    const key = c.req.method === 'POST' ? await keyOf(c) : undefined;
    if (key === undefined) return next();
    const { kind } = await c.req.parseBody();
    const isEnding = c.req.routePath === END_ALL || ENDING.some((each) => each === kind);
    await (isEnding ? atOnce : inTurn)(key, next);
    return undefined;
  };
}
