import { accessOf, allAccess, answerPage } from '../../../audit/questions/index.ts';
import type { PastAccess } from '../../../core/past-access.ts';
import type {
  AuditCondition,
  AuditQuery,
  AuditRow,
  CountLimit,
  OverdueLease,
  WatchedTarget,
} from '../../../ledger/index.ts';
import type { Entitlement } from '../../../policy/index.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { PAGE_COUNT } from '../../parts/page-links.tsx';
import type { Reader } from '../../reader.ts';

/** A list of the page: its newest rows, and how many there are. Undefined when to count them takes too long. */
export type PartOfList<Row> = Readonly<{ rows: readonly Row[]; count: number | undefined }>;

/** A provider: what Curfew manages there, what is live, and what deserves a look. */
export type ProviderAnswer = Readonly<{
  name: string;
  targets: Readonly<{ from: number; shown: readonly WatchedTarget[]; hasMore: boolean }>;
  live: PartOfList<PastAccess>;
  /** The live access as SQL, for a login of an auditor. */
  sql: string;
  overdue: readonly OverdueLease[];
  findings: PartOfList<AuditRow>;
  entitlements: Readonly<{ from: number; shown: readonly Entitlement[]; count: number }>;
}>;

/** How many rows a list has at most. There may be more of each. */
const MOST = 25;
export const MOST_TARGETS = 25;
export const MOST_ENTITLEMENTS = 25;
export const MOST_OVERDUE = 50;

/** Which provider, and how many targets and entitlements are before the parts of the page. */
type ProviderQuestion = Readonly<{
  name: string;
  from: Readonly<{ targets: number; entitlements: number }>;
  limit?: CountLimit;
}>;

/** The provider. Undefined for everybody but auditors, and when nobody knows it. */
export async function readProvider(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
  { name, from, limit = PAGE_COUNT }: ProviderQuestion,
): Promise<ProviderAnswer | undefined> {
  if (!sight.isAuditor) return undefined;
  const now = await ledger.now();
  const here: AuditCondition = { kind: 'is', column: 'provider', value: name };
  const access = allAccess({ from: now, to: now });
  const held = { ...access, where: [here, ...access.where] };
  const open = { kind: 'is', column: 'state', value: 'open' } as const;
  const newest = async ({ view, where }: AuditQuery): Promise<readonly AuditRow[]> =>
    (await answerPage(ledger, { view, where }, { most: MOST, newestFirst: true })).rows;
  const liveAccess = async (): Promise<PartOfList<AuditRow>> => ({
    rows: await newest(held),
    count: (await ledger.countAccess(held, [now]))[0],
  });
  const openFindings = async (query: AuditQuery): Promise<PartOfList<AuditRow>> => ({
    rows: await newest(query),
    count: (await ledger.countAuditRows(query, limit))?.count,
  });
  const [targets, live, overdue, findings, known] = await Promise.all([
    ledger.watchedTargetsAt(name, { from: from.targets, most: MOST_TARGETS + 1 }),
    liveAccess(),
    ledger.overdueLeases(name),
    openFindings({ view: 'finding', where: [here, open] }),
    policy.lastKnown(),
  ]);
  const entitlements = [...(known?.entitlements.values() ?? [])].filter((each) =>
    each.targets.some(({ provider }) => provider === name),
  );
  const answer = {
    ...{ name, overdue, findings },
    targets: {
      from: from.targets,
      shown: targets.slice(0, MOST_TARGETS),
      hasMore: targets.length > MOST_TARGETS,
    },
    entitlements: {
      from: from.entitlements,
      shown: entitlements.slice(from.entitlements, from.entitlements + MOST_ENTITLEMENTS),
      count: entitlements.length,
    },
    live: { rows: live.rows.map(accessOf), count: live.count },
    sql: ledger.auditSql(held),
  };
  const isKnown =
    targets.length + live.rows.length + findings.rows.length + entitlements.length + overdue.length > 0 ||
    (await answerPage(ledger, { view: 'access', where: [here] }, { most: 1 })).rows.length > 0;
  return isKnown ? answer : undefined;
}
