import { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ConsoleDeps } from '../deps.ts';
import { namesOf } from '../names-of.ts';
import { pageContext, type SignedInEnv } from '../page-context.ts';
import { Page } from '../page.tsx';
import { recordReading } from '../readings.ts';
import { showPage } from '../show-page.tsx';
import { numbersAddress, parseNumbersPeriod } from './numbers-question.ts';
import { NumbersFields, NumbersPage, NumbersRefused } from './numbers/numbers.tsx';
import { readNumbers } from './read-numbers.ts';

/** `/numbers` */
export function numbersRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.get('/numbers', async (c) => {
    const { reader, now, address } = await pageContext(c, deps);
    const page = (content: Child) => (
      <Page title="Numbers" {...{ reader, address }}>
        {content}
      </Page>
    );
    if (!reader.sight.isAuditor)
      return showPage(
        c,
        page(<NumbersRefused why="Only auditors see the numbers, because they are about everybody." />),
        403,
      );
    const parsed = parseNumbersPeriod(c.req.query(), { now, timeZone: reader.zone });
    if (!parsed.ok)
      return showPage(
        c,
        page([<NumbersRefused why={parsed.error} />, <NumbersFields typed={c.req.query()} />]),
        400,
      );
    const { period, given } = parsed.value;
    const canonical = numbersAddress(given);
    if (canonical !== address) return c.redirect(canonical, 303);
    await recordReading(deps, reader, { address, isOwn: false });
    const [answer, plots, policy] = await Promise.all([
      readNumbers(deps, { ...period, zone: reader.zone }),
      import('./numbers/plots.ts'),
      deps.policy.lastKnown(),
    ]);
    return showPage(
      c,
      page(<NumbersPage {...{ period, answer, plots }} zone={reader.zone} names={namesOf(policy)} />),
    );
  });
  return app;
}
