import { answerPage, type Period } from '../../../audit/questions/index.ts';
import { parseLeaseId } from '../../../core/ids.ts';
import type {
  AuditPage,
  AuditPart,
  AuditQuery,
  AuditRow,
  CountAndNewest,
  CountLimit,
  Ledger,
  LeaseUse,
} from '../../../ledger/index.ts';
import { visibleRows, type VisibleRows } from '../../../requests/visible-rows.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';
import { rfc3339 } from '../../parts/time.tsx';
import type { FindingsQuestion } from './question.ts';
import type { Section } from './sections.ts';

/** The rows of a section that a reader may see. */
export type SectionRows = Readonly<{
  /** The rows are about what the reader did or requested. */
  isOwn: boolean;
  /** Whether the reader sees a part of the rows only. */
  isNarrow: boolean;
  page: (part: Omit<AuditPart, 'newestFirst'>) => Promise<AuditPage>;
  /** How many rows there are, and when the newest was. Undefined when to count them takes too long. */
  count: (limit: CountLimit) => Promise<CountAndNewest | undefined>;
  sql: string;
}>;

/** The rows of a section in a period, or the decisions about one finding. Undefined when the reader may see none of them. */
export async function sectionRows(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
  section: Section,
  { period, finding }: Pick<FindingsQuestion, 'period' | 'finding'>,
): Promise<SectionRows | undefined> {
  if (section.query === 'never-used') return sight.isAuditor ? neverUsedRows(ledger, period) : undefined;
  const asked = section.query(period);
  const visible = await visibleRows(policy, sight, asked.view);
  if (visible.kind === 'none') return undefined;
  const about =
    finding !== undefined && asked.view === 'finding_decision' ? [ofFinding(finding)] : asked.where;
  const query = { ...asked, where: [...about, ...conditionOf(visible)] };
  return {
    isOwn: visible.kind === 'some' && visible.isOwn,
    isNarrow: visible.kind === 'some',
    page: (part) => answerPage(ledger, query, { ...part, newestFirst: true }),
    count: (limit) => ledger.countAuditRows(query, limit),
    sql: ledger.auditSql(query),
  };
}

const ofFinding = (value: string) => ({ kind: 'is', column: 'finding_id', value }) as const;

const conditionOf = (visible: VisibleRows): AuditQuery['where'] =>
  visible.kind === 'some' ? [visible.where] : [];

function neverUsedRows(ledger: Ledger, { from, to }: Period): SectionRows {
  const granted = {
    ...(from === undefined ? {} : { grantedFrom: from }),
    ...(to === undefined ? {} : { grantedUntil: to }),
  };
  const filter = { ...granted, verdicts: ['never-used'] } as const;
  return {
    ...{ isOwn: false, isNarrow: false },
    async page({ after, most }) {
      const lease = parseLeaseId(after ?? '');
      const before = lease.ok ? { before: lease.value } : {};
      const found = await ledger.leaseUses({ ...filter, ...before, limit: most + 1 });
      const shown = found.slice(0, most);
      const next = found.length > most ? shown.at(-1)?.lease : undefined;
      return { rows: shown.map(rowOfUse), ...(next === undefined ? {} : { next }) };
    },
    count: (limit) => ledger.countLeaseUses(filter, limit),
    sql: ledger.neverUsedSql(granted),
  };
}

const rowOfUse = (use: LeaseUse): AuditRow => ({
  ...{ id: use.lease, at: rfc3339(use.grantedAt), granted_at: rfc3339(use.grantedAt) },
  ended_at: use.endedAt === null ? null : rfc3339(use.endedAt),
  ...{ person: use.person, entitlement: use.entitlement, provider: use.provider },
  ...{ target_name: use.target.lockKey, source: use.source, request_id: use.request },
});
