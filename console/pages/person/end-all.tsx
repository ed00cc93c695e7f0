import { Hono } from 'hono';
import { massEndingIdOf } from '../../../core/ids.ts';
import { isOwn } from '../../../core/mass-ending.ts';
import { act, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf } from '../../names-of.ts';
import { pageContext, type SignedInEnv } from '../../page-context.ts';
import { Page } from '../../page.tsx';
import { personPath } from '../../parts/names.tsx';
import { Outcome } from '../../parts/outcome.tsx';
import { recordReading } from '../../readings.ts';
import { showPage } from '../../show-page.tsx';
import { EndAllPage } from '../end-all.tsx';
import { EndAllProgress } from '../end-all-progress.tsx';
import { Locks } from './locks.tsx';
import { readEndAll } from './read-end-all.ts';

/** `/people/<id>/end`: everything of a person is ended at once, by themselves or by a security person. */
export function endAllRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.get('/people/:id/end', async (c) => {
    const { reader, address } = await pageContext(c, deps);
    const answer = await readEndAll(deps, reader, c.req.param('id'));
    if (!answer) return c.notFound();
    const own = isOwn(answer.scope, reader.person);
    await recordReading(deps, reader, { address: `${personPath(answer.person)}/end`, isOwn: own });
    const names = namesOf(await deps.policy.lastKnown());
    const acted = await readActed(
      deps,
      reader,
      c.req.query('click'),
      ({ kind, scope }) => kind === 'end-all' && (scope === null || isOwn(scope, answer.person)),
    );
    const shown = { names, zone: reader.zone };
    return showPage(
      c,
      <Page
        title={`End everything of ${names.person(answer.person)}`}
        scripts={acted ? ['live'] : []}
        {...{ reader, address }}
      >
        {acted && <Outcome of={acted} {...shown} />}
        <Locks locks={answer.locks} {...shown} />
        {acted?.outcome?.kind === 'answered' ? (
          <EndAllProgress
            {...{ ...shown, address, answer }}
            progress={await deps.ledger.massEndingProgress(massEndingIdOf(acted.click))}
          />
        ) : (
          <EndAllPage {...{ ...shown, answer, isOwn: own }} />
        )}
      </Page>,
    );
  });

  app.post('/people/:id/end', async (c) => {
    const reader = c.get('reader');
    const answer = await readEndAll(deps, reader, c.req.param('id'));
    if (!answer) return c.notFound();
    const { reason } = await c.req.parseBody();
    const body = { scope: answer.scope, ...(typeof reason === 'string' ? { reason } : {}) };
    const { click } = await act(deps, reader, { kind: 'end-all', body });
    return c.redirect(`${personPath(answer.person)}/end?click=${click}`, 303);
  });
  return app;
}
