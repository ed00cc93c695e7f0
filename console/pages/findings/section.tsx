import type { FC } from 'hono/jsx';
import type { PageContext } from '../../page.tsx';
import { shownColumns } from '../../parts/audit-columns.tsx';
import type { Names } from '../../parts/names.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { NextPage, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { countText } from '../../parts/page-links.tsx';
import { PeriodHead } from './period-head.tsx';
import { findingsAddress, type FindingsQuestion, sectionAddress, sectionPath } from './question.ts';
import type { SectionAnswer } from './read-findings.ts';

type SectionProps = Readonly<{
  context: PageContext;
  question: FindingsQuestion;
  answer: SectionAnswer;
  names: Names;
}>;

/** One kind of what deserves a look: its rows, the newest first. */
export const SectionPage: FC<SectionProps> = ({ context, question, answer, names }) => {
  const { section, page, count, isNarrow } = answer;
  const { sight, zone } = context.reader;
  const { period, given, finding, after } = question;
  const isAboutOne = finding !== undefined;
  const following = page.next;
  return (
    <>
      <p class="lead">{section.about}</p>
      {!section.isWhole && !isAboutOne && (
        <PeriodHead
          action={sectionPath(section.id)}
          {...{ context, question }}
          incompleteBefore={answer.incompleteBefore}
        />
      )}
      <section aria-labelledby="rows">
        <h2 id="rows">
          <Scope {...{ section, question, zone }} /> ({countText(count, 'not counted')})
        </h2>
        {after !== undefined && (
          <p class="paging">
            <a href={sectionAddress(section.id, { ...given, finding })}>Newest rows</a>
          </p>
        )}
        <Table
          caption={section.title}
          columns={shownColumns(section.columns, { names, zone, isAuditor: sight.isAuditor })}
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
      </section>
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
const Scope: FC<Readonly<{ question: FindingsQuestion; zone: string }> & Pick<SectionAnswer, 'section'>> = ({
  section,
  question: {
    period: { from, to },
    finding,
  },
  zone,
}) => {
  if (section.isWhole) return <>All</>;
  if (finding !== undefined)
    return (
      <>
        About the finding <code>{finding}</code>
      </>
    );
  return (
    <>
      Since <Time at={from} zone={zone} />
      {to !== undefined && (
        <>
          {' '}
          until <Time at={to} zone={zone} />
        </>
      )}
    </>
  );
};
