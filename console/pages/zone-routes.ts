import { Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import type { SignedInEnv } from '../page-context.ts';
import { idHashIn } from '../sign-in/cookies.ts';
import { pathAfterSignIn } from '../sign-in/path.ts';

/** Changes the zone in which somebody sees times: UTC, or the one that their identity provider has. */
export function zoneRoutes({ ledger }: Pick<ConsoleDeps, 'ledger'>): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.post('/zone', async (c) => {
    const { zone, back } = await c.req.parseBody();
    const idHash = idHashIn(c, '__Host-curfew-session');
    const isKnown = zone === 'UTC' || zone === c.get('reader').ownZone;
    if (idHash && isKnown) await ledger.setSessionZone(idHash, zone);
    return c.redirect(pathAfterSignIn(typeof back === 'string' ? back : undefined), 303);
  });
  return app;
}
