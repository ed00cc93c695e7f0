import { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { recordReading } from '../../readings.ts';
import { AccessFields, AccessRefused, choicesOf } from './fields.tsx';
import { accessAddress, parseAccessQuestion } from './question.ts';
import { AccessPage, accessTitle } from './access.tsx';
import { readAccess } from './read.ts';

/** `/access` */
export function accessRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();
  app.get('/access', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, now, address } = context;
    const policy = await deps.policy.lastKnown();
    const [names, choices] = [namesOf(policy), choicesOf(policy, reader)];
    const page = (title: string, content: Child) => (
      <Page {...{ title, reader, address }} scripts={['moment']}>
        {content}
      </Page>
    );
    const fields = (typed: Readonly<Record<string, string>>) => (
      <AccessFields typed={typed} choices={choices} />
    );

    const parsed = parseAccessQuestion(c.req.query(), { now, timeZone: reader.zone });
    if (!parsed.ok)
      return showPage(c, page('Access', [<AccessRefused why={parsed.error} />, fields(c.req.query())]), 400);
    const { question } = parsed.value;
    const answer = await readAccess(deps, reader, question);
    if (!answer.ok)
      return showPage(c, page('Access', [<AccessRefused why={answer.error} />, fields(c.req.query())]), 403);
    const { about } = answer.value;
    // By ids, so that the link works for everybody, and no typed text is recorded.
    const byIds = accessAddress({ ...parsed.value.given, ...about });
    if (byIds !== address) return c.redirect(byIds, 303);
    await recordReading(deps, reader, { address, isOwn: about.person === reader.person });
    return showPage(
      c,
      page(
        accessTitle(about, names),
        <AccessPage {...{ context, question, choices, names }} answer={answer.value} />,
      ),
    );
  });
  return app;
}
