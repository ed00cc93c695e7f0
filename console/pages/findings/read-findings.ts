import { incompleteBefore } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import type { AuditPage } from '../../../ledger/index.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';
import type { FindingsQuestion } from './question.ts';
import { sectionRows } from './rows.ts';
import { type Section, SECTIONS } from './sections.ts';

type Deps = Pick<ConsoleDeps, 'ledger' | 'policy'>;

/** A count goes no further than this, so that no page is slow. */
export const MOST_COUNTED = 1000;
const ROWS_OF_A_PAGE = 50;

/** A line of the first page. `count` is undefined for a section that is only counted on its own page. */
export type SectionLine = Readonly<{ section: Section; count?: number; newest?: Instant }>;

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
): Promise<Overview> {
  const lines: (SectionLine & Readonly<{ isOwn: boolean }>)[] = [];
  for (const section of SECTIONS) {
    const rows = await sectionRows(deps, reader, section, question);
    if (!rows) continue;
    if (section.isSlow) {
      lines.push({ section, isOwn: rows.isOwn });
      continue;
    }
    const [count, { rows: newest }] = await Promise.all([rows.count(MOST_COUNTED), rows.page({ most: 1 })]);
    const at = newest[0]?.['at'];
    lines.push({
      ...{ section, count, isOwn: rows.isOwn || count === 0 },
      ...(typeof at === 'string' ? { newest: Date.parse(at) as Instant } : {}),
    });
  }
  return {
    lines,
    isOwn: !reader.sight.isAuditor && lines.every(({ isOwn }) => isOwn),
    ...(await incompleteIn(deps, question)),
  };
}

/** A section of findings, with one page of its rows. */
export type SectionAnswer = Readonly<{
  section: Section;
  page: AuditPage;
  count: number;
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
  question: FindingsQuestion,
): Promise<SectionAnswer | undefined> {
  const rows = await sectionRows(deps, reader, section, question);
  if (!rows) return undefined;
  const [page, count] = await Promise.all([
    rows.page({ after: question.after, most: ROWS_OF_A_PAGE }),
    rows.count(MOST_COUNTED),
  ]);
  return {
    ...{ section, page, count, sql: rows.sql, isNarrow: rows.isNarrow },
    isOwn: !reader.sight.isAuditor && (rows.isOwn || count === 0),
    ...(await incompleteIn(deps, question)),
  };
}

/** The requests that were made before this time are gone, when the period has a part of it. */
async function incompleteIn(
  { ledger }: Pick<Deps, 'ledger'>,
  { period: { from } }: Pick<FindingsQuestion, 'period'>,
): Promise<Pick<Overview, 'incompleteBefore'>> {
  const before = await incompleteBefore(ledger);
  return before !== undefined && from < before ? { incompleteBefore: before } : {};
}
