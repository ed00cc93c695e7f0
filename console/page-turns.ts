import type { MiddlewareHandler } from 'hono';
import { idHashIn } from './sign-in/cookies.ts';
import { turns } from './turns.ts';

/** What a server answers when nobody reads the answer any more. Nginx has this status for it. */
const READER_LEFT = 499;

/**
 * Answers the pages of a session one after another, so that many slow ones of one person do not wait in front of those of others for a connection to
 * the ledger. A page whose reader left before its turn is not made. Forms do not wait for pages (`form-turns.ts`).
 */
export function pageTurns(): MiddlewareHandler {
  const inTurn = turns({ atOnce: 1, mostWaiting: Infinity });
  return async (c, next) => {
    const session = idHashIn(c, '__Host-curfew-session')?.toString('hex');
    if (session === undefined || c.req.method === 'POST') return next();
    await inTurn(session, async () => {
      if (c.req.raw.signal.aborted) c.res = new Response(null, { status: READER_LEFT });
      else await next();
    });
    return undefined;
  };
}
