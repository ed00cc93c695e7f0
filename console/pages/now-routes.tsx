import { Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import { namesOf } from '../names-of.ts';
import { pageContext, type SignedInEnv } from '../page-context.ts';
import { Page } from '../page.tsx';
import { recordReading } from '../readings.ts';
import { showPage } from '../show-page.tsx';
import { NowPage } from './now/now.tsx';
import { readNow } from './now/read-now.ts';

/** `/` */
export function nowRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.get('/', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const answer = await readNow(deps, reader);
    const shown = [...answer.live.requests, ...answer.pending.requests];
    await recordReading(deps, reader, {
      address: '/',
      isOwn:
        answer.overdue.length + answer.reviews.length === 0 &&
        shown.every(({ requester }) => requester === reader.person),
    });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title="Now" scripts={['live']} {...{ reader, address }}>
        <NowPage {...{ context, answer, names }} />
      </Page>,
    );
  });
  return app;
}
