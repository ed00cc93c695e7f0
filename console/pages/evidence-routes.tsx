import { Hono } from 'hono';
import { controlOf } from '../../audit/evidence/controls.ts';
import type { ConsoleDeps } from '../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../page.tsx';
import { PeriodFields } from '../parts/period.tsx';
import { recordReading } from '../readings.ts';
import { AccessRefused } from './access/fields.tsx';
import { evidenceFolderRoutes } from './evidence-folder-routes.tsx';
import { evidenceAddress, parseEvidencePeriod } from './evidence-period.ts';
import { ControlPage, ControlsPage } from './evidence.tsx';
import { readEvidence } from './read-evidence.ts';

const TITLE = 'Evidence';

/** `/evidence`, and the page of each control. They are for auditors. */
export function evidenceRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.use('/evidence/*', async (c, next) => {
    const { reader, address } = await pageContext(c, deps);
    if (reader.sight.isAuditor) return next();
    return showPage(
      c,
      <Page title={TITLE} {...{ reader, address }}>
        <AccessRefused why="Evidence is about everybody, so only auditors see it." />
      </Page>,
      403,
    );
  });

  app.get('/evidence', async (c) => {
    const { reader, address } = await pageContext(c, deps);
    return showPage(
      c,
      <Page title={TITLE} {...{ reader, address }}>
        <ControlsPage />
      </Page>,
    );
  });

  app.get('/evidence/:framework/:control', async (c) => {
    const control = controlOf(c.req.param());
    if (!control) return c.notFound();
    const context = await pageContext(c, deps);
    const { reader, now, address } = context;
    const title = `${control.id}: ${control.title}`;
    const period = parseEvidencePeriod(c.req.query(), { now, timeZone: reader.zone });
    if (!period.ok)
      return showPage(
        c,
        <Page title={title} {...{ reader, address }}>
          <AccessRefused why={period.error} />
          <PeriodFields action={evidenceAddress(control)} typed={c.req.query()} usual="90d ago" />
        </Page>,
        400,
      );
    const byTimes = evidenceAddress(control, period.value);
    if (byTimes !== address) return c.redirect(byTimes, 303);
    const names = namesOf(await deps.policy.lastKnown());
    const answer = await readEvidence(deps, control, period.value);
    await recordReading(deps, reader, { address, isOwn: false });
    return showPage(
      c,
      <Page title={title} {...{ reader, address }}>
        <ControlPage {...{ context, control, answer, names }} period={period.value} />
      </Page>,
    );
  });
  app.route('/', evidenceFolderRoutes(deps));
  return app;
}
