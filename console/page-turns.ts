import type { MiddlewareHandler } from 'hono';
import type { PersonId } from '../core/ids.ts';
import type { SignedInEnv } from './page-context.ts';

/**
 * Makes the pages of a person one after another, so that somebody who opens many slow ones keeps the connections to the ledger from nobody else.
 * A page whose reader left before its turn is not made. Forms do not wait.
 */
export function pageTurns(): MiddlewareHandler<SignedInEnv> {
  const last = new Map<PersonId, Promise<void>>();
  return async (c, next) => {
    if (c.req.method === 'POST') return next();
    const { person } = c.get('reader');
    const before = last.get(person) ?? Promise.resolve();
    const made = before.then(() => (c.req.raw.signal.aborted ? undefined : next()));
    const over = made.catch(() => undefined);
    last.set(person, over);
    try {
      await made;
    } finally {
      if (last.get(person) === over) last.delete(person);
    }
    return undefined;
  };
}
