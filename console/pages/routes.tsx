import { Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import type { SignedInEnv } from '../page-context.ts';
import { answerRoutes } from './answer-routes.ts';
import { accessRoutes } from './access/routes.tsx';
import { endAllRoutes } from './person/end-all.tsx';
import { findingsRoutes } from './findings/routes.tsx';
import { evidenceRoutes } from './evidence-routes.tsx';
import { nowRoutes } from './now-routes.tsx';
import { numbersRoutes } from './numbers-routes.tsx';
import { reviewsRoutes } from './reviews/routes.tsx';
import { requestsRoutes } from './requests/routes.tsx';
import { requestRoutes } from './request/routes.tsx';
import { subjectRoutes } from './subject-routes.tsx';
import { zoneRoutes } from './zone-routes.ts';

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
