import { Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import type { SignedInEnv } from '../page.tsx';
import { answerRoutes, requestRoutes } from './request/routes.tsx';
import { accessRoutes } from './access/routes.tsx';
import { endAllRoutes } from './person/end-all.tsx';
import { findingsRoutes } from './findings/routes.tsx';
import { evidenceRoutes } from './evidence-routes.tsx';
import { nowRoutes } from './now/now.tsx';
import { numbersRoutes } from './numbers/numbers.tsx';
import { reviewsRoutes } from './reviews/routes.tsx';
import { requestsRoutes } from './requests/routes.tsx';
import { subjectRoutes } from './subject-routes.tsx';
import { idHashIn, pathAfterSignIn } from '../sign-in/cookies.ts';

/** Every page of somebody who is signed in. */
export function pageRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.route('/', nowRoutes(deps));
  app.route('/', accessRoutes(deps));
  app.route('/', requestsRoutes(deps));
  app.route('/', findingsRoutes(deps));
  app.route('/', requestRoutes(deps));
  app.route('/', answerRoutes(deps));
  app.route('/', subjectRoutes(deps));
  app.route('/', numbersRoutes(deps));
  app.route('/', endAllRoutes(deps));
  app.route('/', evidenceRoutes(deps));
  app.route('/', reviewsRoutes(deps));
  app.route('/', zoneRoutes(deps));
  return app;
}

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
