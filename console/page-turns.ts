import type { MiddlewareHandler } from 'hono';
import type { TurnKey } from './turn-key.ts';
import { turns } from './turns.ts';

/** What a server answers when nobody reads the answer any more. Nginx has this status for it. */
const READER_LEFT = 499;

/**
 * Answers the pages of a person one after another, in all their sessions, so that many slow ones of one person do not wait in front of those of others for a connection to
 * the ledger. A page whose reader left before its turn is not made. Forms do not wait for pages (`form-turns.ts`).
 */
export function pageTurns(keyOf: TurnKey): MiddlewareHandler {
  const inTurn = turns({ atOnce: 1, mostWaiting: Infinity });
  return async (c, next) => {
    const key = c.req.method === 'POST' ? undefined : await keyOf(c);
    if (key === undefined) return next();
    await inTurn(key, async () => {
      if (c.req.raw.signal.aborted) c.res = new Response(null, { status: READER_LEFT });
      else await next();
    });
    return undefined;
  };
}
