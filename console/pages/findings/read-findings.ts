import { incompleteBefore } from '../../../audit/questions/index.ts';
import { atMost } from '../../../core/at-most.ts';
import type { Instant } from '../../../core/ids.ts';
import type { AuditPage, CountAndNewest, CountLimit } from '../../../ledger/index.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { PAGE_COUNT } from '../../parts/page-links.tsx';
import type { Reader } from '../../reader.ts';
import type { FindingsQuestion } from './question.ts';
import { sectionRows } from './rows.ts';
import { type Section, SECTIONS } from './sections.ts';

type Deps = Pick<ConsoleDeps, 'ledger' | 'policy'>;

const ROWS_OF_A_PAGE = 50;
/** So many sections are counted at once. The others wait, so that a page does not take every connection. */
const AT_ONCE = 2;

/** A line of the first page. Without a count when to count it takes too long. */
export type SectionLine = Readonly<{ section: Section }> & Partial<CountAndNewest>;

/** The first page of findings. */
export type Overview = Readonly<{
  lines: readonly SectionLine[];
  /** Whether every row behind the lines is about the reader. */
  isOwn: boolean;
  incompleteBefore?: Instant;
}>;

/** The sections that a reader may see, with how many rows each has in the period. */
export async function readOverview(
  deps: Deps,
  reader: Pick<Reader, 'sight'>,
  question: FindingsQuestion,
  limit: CountLimit = PAGE_COUNT,
): Promise<Overview> {
  const counted = await atMost(
    AT_ONCE,
    SECTIONS.map((section) => async () => {
      const rows = await sectionRows(deps, reader, section, question);
      return rows && { section, isOwn: rows.isOwn, ...(await rows.count(limit)) };
    }),
  );
  const lines = counted.filter((line) => line !== undefined);
  return {
    lines,
    isOwn: !reader.sight.isAuditor && lines.every(({ isOwn, count }) => isOwn || count === 0),
    ...(await incompleteIn(deps, question)),
  };
}

/** A section of findings, with one page of its rows. */
export type SectionAnswer = Readonly<{
  section: Section;
  page: AuditPage;
  /** Undefined when to count the rows takes too long. */
  count: number | undefined;
  sql: string;
  isOwn: boolean;
  isNarrow: boolean;
  incompleteBefore?: Instant;
}>;

/** A section. Undefined when the reader may see none of its rows. */
export async function readSection(
  deps: Deps,
  reader: Pick<Reader, 'sight'>,
  section: Section,
  { limit = PAGE_COUNT, ...question }: FindingsQuestion & Readonly<{ limit?: CountLimit }>,
): Promise<SectionAnswer | undefined> {
  const rows = await sectionRows(deps, reader, section, question);
  if (!rows) return undefined;
  const [page, counted] = await Promise.all([
    rows.page({ after: question.after, most: ROWS_OF_A_PAGE }),
    rows.count(limit),
  ]);
  return {
    ...{ section, page, count: counted?.count, sql: rows.sql, isNarrow: rows.isNarrow },
    isOwn: !reader.sight.isAuditor && (rows.isOwn || counted?.count === 0),
    ...(await incompleteIn(deps, question)),
  };
}

/** The requests that were made before this time are gone, when the period has a part of it. */
async function incompleteIn(
  { ledger }: Pick<Deps, 'ledger'>,
  { period: { from } }: Pick<FindingsQuestion, 'period'>,
): Promise<Pick<Overview, 'incompleteBefore'>> {
  const before = await incompleteBefore(ledger, from);
  return before === undefined ? {} : { incompleteBefore: before };
}
