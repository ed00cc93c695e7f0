import { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { PeriodFields } from '../../parts/period.tsx';
import { recordReading } from '../../readings.ts';
import { OverviewPage } from './overview.tsx';
import { FINDINGS_PATH, findingsAddress, parseFindingsQuestion, sectionAddress } from './question.ts';
import { readOverview, readSection } from './read-findings.ts';
import { SECTIONS } from './sections.ts';
import { SectionPage } from './section.tsx';

/** `/findings` and `/findings/<section>` */
export function findingsRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.get('/findings/:section?', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, now, address } = context;
    const page = (title: string, content: Child) => <Page {...{ title, reader, address }}>{content}</Page>;
    const id = c.req.param('section');
    const section = SECTIONS.find((each) => each.id === id);
    if (id !== undefined && !section) return c.notFound();
    const typed = c.req.query();
    const parsed = parseFindingsQuestion(id, typed, { now, timeZone: reader.zone });
    if (!parsed.ok)
      return showPage(c, page('Findings', <NotAPeriod why={parsed.error} typed={typed} />), 400);
    const question = parsed.value;
    const { given, finding, after } = question;
    // Without what was typed, so that the link works for everybody, and no typed text is recorded.
    const canonical = section
      ? sectionAddress(section.id, { ...given, finding, after })
      : findingsAddress(given);
    if (canonical !== address) return c.redirect(canonical, 303);

    if (!section) {
      const answer = await readOverview(deps, reader, question);
      await recordReading(deps, reader, { address, isOwn: answer.isOwn });
      return showPage(c, page('Findings', <OverviewPage {...{ context, question, answer }} />));
    }
    const answer = await readSection(deps, reader, section, question);
    if (!answer) return showPage(c, page('There is no such list that you can see', <NotVisible />), 404);
    await recordReading(deps, reader, { address, isOwn: answer.isOwn });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(c, page(answer.section.title, <SectionPage {...{ context, question, answer, names }} />));
  });
  return app;
}

const NotAPeriod = ({ why, typed }: Readonly<{ why: string; typed: Readonly<Record<string, string>> }>) => (
  <>
    <p class="notice notice--wrong" role="alert">
      {oneLine(why)}
    </p>
    <PeriodFields action={FINDINGS_PATH} typed={typed} />
  </>
);

const NotVisible = () => (
  <>
    <p>
      Auditors see every list. Others see what was refused of their own requests, what they approved, and
      access that no request explains at targets that concern them.
    </p>
    <p>
      <a href={FINDINGS_PATH}>What you can see</a>
    </p>
  </>
);
