import type { FC } from 'hono/jsx';
import type { Instant } from '../../../core/ids.ts';
import { usePage } from '../../page-context.ts';
import { shownColumns } from '../../parts/audit-columns.tsx';
import { countText } from '../../parts/page-links.tsx';
import { IncompleteBefore, PeriodFields } from '../../parts/period.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Section } from '../../parts/section.tsx';
import { NextPage, Table } from '../../parts/table.tsx';
import { localText, Time } from '../../parts/time.tsx';
import { findingsAddress, type FindingsQuestion, sectionAddress, sectionPath } from './question.ts';
import type { SectionAnswer } from './read-findings.ts';

type PeriodHeadProps = Readonly<{
  /** The path of the page. */
  action: string;
  question: FindingsQuestion;
  incompleteBefore: Instant | undefined;
}>;

/** The period of a page, and what is not in the ledger any more of it. */
export const PeriodHead: FC<PeriodHeadProps> = ({ action, question: { period }, incompleteBefore }) => {
  const { zone } = usePage().reader;
  const { from, to } = period;
  const end = to === undefined ? {} : { to: localText(to, zone, true) };
  return (
    <>
      <PeriodFields action={action} typed={{ from: localText(from, zone, true), ...end }} />
      <IncompleteBefore at={incompleteBefore} />
    </>
  );
};

type SectionProps = Readonly<{ question: FindingsQuestion; answer: SectionAnswer }>;

/** One kind of what deserves a look: its rows, the newest first. */
export const SectionPage: FC<SectionProps> = ({ question, answer }) => {
  const { section, page, count, isNarrow } = answer;
  const { period, given, finding, after } = question;
  const isAboutOne = finding !== undefined;
  const following = page.next;
  return (
    <>
      <p class="lead">{section.about}</p>
      {!section.isWhole && !isAboutOne && (
        <PeriodHead
          action={sectionPath(section.id)}
          {...{ question }}
          incompleteBefore={answer.incompleteBefore}
        />
      )}
      <Section
        id="rows"
        title={[<Scope {...{ section, question }} />, ` (${countText(count, 'not counted')})`]}
      >
        {after !== undefined && (
          <p class="paging">
            <a href={sectionAddress(section.id, { ...given, finding })}>Newest rows</a>
          </p>
        )}
        <Table
          caption={section.title}
          columns={shownColumns(section.columns)}
          rows={page.rows}
          empty={after === undefined ? section.empty : 'There are no more rows.'}
        />
        <NextPage
          href={
            following === undefined
              ? undefined
              : sectionAddress(section.id, {
                  ...(section.isWhole || isAboutOne ? {} : period),
                  finding,
                  after: following,
                })
          }
        />
        {isNarrow && <p class="soft">These are the rows that concern you. Auditors see all of them.</p>}
      </Section>
      <p class="links">
        <a href={findingsAddress(given)}>Everything that deserves a look</a>
      </p>
      <SameAnswerElsewhere
        same={{ command: isNarrow || isAboutOne ? undefined : section.command?.(period), sql: answer.sql }}
      />
    </>
  );
};

/** What the list has: everything, what is about one finding, or what is in the period. */
const Scope: FC<Pick<SectionProps, 'question'> & Pick<SectionAnswer, 'section'>> = ({
  section,
  question,
}) => {
  const { period, finding } = question;
  if (section.isWhole) return <>All</>;
  if (finding !== undefined)
    return (
      <>
        About the finding <code>{finding}</code>
      </>
    );
  return (
    <>
      Since <Time at={period.from} />
      {period.to !== undefined && (
        <>
          {' '}
          until <Time at={period.to} />
        </>
      )}
    </>
  );
};
