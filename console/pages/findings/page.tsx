import { MISSING, movedTo, type PageHandler } from '../../page-answer.ts';
import { PeriodFields } from '../../parts/period.tsx';
import { Problem } from '../../parts/section.tsx';
import { OverviewPage } from './overview.tsx';
import { FINDINGS_PATH, findingsAddress, parseFindingsQuestion, sectionAddress } from './question.ts';
import { readOverview, readSection } from './read-findings.ts';
import { SectionPage } from './section.tsx';
import { SECTIONS } from './sections.ts';

/** `/findings` and `/findings/<section>` */
export const findingsPage: PageHandler = async (c, deps, { reader, now, address }) => {
  const id = c.req.param('section');
  const section = SECTIONS.find((each) => each.id === id);
  if (id !== undefined && !section) return MISSING;
  const typed = c.req.query();
  const parsed = parseFindingsQuestion(id, typed, { now, timeZone: reader.zone });
  if (!parsed.ok)
    return {
      ...{ kind: 'refused', status: 400 },
      content: [<Problem why={parsed.error} />, <PeriodFields action={FINDINGS_PATH} typed={typed} />],
    };
  const question = parsed.value;
  const { given, finding, after } = question;
  // Without what was typed, so that the link works for everybody, and no typed text is recorded.
  const canonical = section
    ? sectionAddress(section.id, { ...given, finding, after })
    : findingsAddress(given);
  if (canonical !== address) return movedTo(canonical);
  if (!section) {
    const answer = await readOverview(deps, reader, question);
    return {
      ...{ kind: 'page', reading: { address, isOwn: answer.isOwn } },
      content: <OverviewPage {...{ question, answer }} />,
    };
  }
  const answer = await readSection(deps, reader, section, question);
  if (!answer)
    return {
      ...{ kind: 'refused', title: 'There is no such list that you can see', status: 404 },
      content: <NotVisible />,
    };
  return {
    ...{ kind: 'page', title: section.title, reading: { address, isOwn: answer.isOwn } },
    content: <SectionPage {...{ question, answer }} />,
  };
};

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
