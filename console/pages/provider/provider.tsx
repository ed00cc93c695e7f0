import type { FC } from 'hono/jsx';
import { QUESTIONS } from '../../../audit/questions/index.ts';
import type { PastAccess } from '../../../core/past-access.ts';
import { oneLine } from '../../../core/text.ts';
import type { OverdueLease, WatchedTarget } from '../../../ledger/index.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { MISSING, type PageHandler } from '../../page-answer.ts';
import { shownColumns } from '../../parts/audit-columns.tsx';
import { Entitlement, Person, providerPath, RequestLink } from '../../parts/names.tsx';
import { countText, PageLinks, partFrom, partNote } from '../../parts/page-links.tsx';
import { BASIS_WORDS } from '../../parts/request-columns.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, TimeFromNow } from '../../parts/time.tsx';
import {
  type PartOfList,
  MOST_ENTITLEMENTS,
  MOST_OVERDUE,
  MOST_TARGETS,
  type ProviderAnswer,
  readProvider,
} from './read-provider.ts';

/** `/providers/<name>`: what is live there, what is overdue or not explained, and at which targets Curfew looks. */
export const providerPage: PageHandler = async (c, deps, { reader }) => {
  const { name = '' } = c.req.param();
  const { targets, entitlements } = c.req.query();
  const from = { targets: partFrom(targets), entitlements: partFrom(entitlements) };
  const answer = await readProvider(deps, reader, { name, from });
  if (!answer) return MISSING;
  return {
    ...{ kind: 'page', title: name, reading: { address: providerPath(name), isOwn: false } },
    content: <ProviderPage answer={answer} />,
  };
};

const ProviderPage: FC<Readonly<{ answer: ProviderAnswer }>> = ({ answer }) => {
  const { name, targets, live, overdue, findings, entitlements, sql } = answer;
  return (
    <>
      <Section id="overdue" title={`Past its end and not confirmed gone ${overdueNote(overdue)}`}>
        <Table
          caption="Overdue leases"
          columns={OVERDUE_COLUMNS}
          rows={overdue}
          empty="Nothing. Of each lease past its end, a read showed that the access is gone."
        />
      </Section>
      <Section id="findings" title={`Open findings ${countNote(findings)}`}>
        <Table
          caption="Access that no request explains"
          columns={FINDING_COLUMNS}
          rows={findings.rows}
          empty="Nothing was found that no request explains and about which nobody has decided."
        />
      </Section>
      <Section id="live" title={`Live access ${countNote(live)}`}>
        <Table
          caption="Live access, the newest first"
          columns={LIVE_COLUMNS}
          rows={live.rows}
          empty="Nobody has access there, as far as receipts and looks show."
        />
      </Section>
      <Section id="targets" title="Targets">
        <Table
          caption="The targets at which Curfew looks"
          columns={TARGET_COLUMNS}
          rows={targets.shown}
          empty="Curfew has not looked at a target there yet."
        />
        <PageLinks
          part={{ from: targets.from, shown: targets.shown.length, hasMore: targets.hasMore }}
          size={MOST_TARGETS}
          hrefFrom={(from) => partPath(name, { targets: from, entitlements: entitlements.from }, 'targets')}
          what="targets"
        />
      </Section>
      <Section
        id="entitlements"
        title={`Entitlements of the catalogue that use it ${partNote({ from: entitlements.from, shown: entitlements.shown.length }, entitlements.count)}`}
      >
        {entitlements.shown.length === 0 ? (
          <p class="empty">None.</p>
        ) : (
          <ul>
            {entitlements.shown.map(({ id }) => (
              <li>
                <Entitlement id={id} />
              </li>
            ))}
          </ul>
        )}
        <PageLinks
          part={{
            from: entitlements.from,
            shown: entitlements.shown.length,
            hasMore: entitlements.from + entitlements.shown.length < entitlements.count,
          }}
          size={MOST_ENTITLEMENTS}
          hrefFrom={(from) => partPath(name, { targets: targets.from, entitlements: from }, 'entitlements')}
          what="entitlements"
        />
      </Section>
      <SameAnswerElsewhere same={{ command: undefined, sql }} />
    </>
  );
};

/** The address of the page with other parts of its two long lists. */
function partPath(name: string, from: Readonly<Record<string, number>>, section: string): string {
  const asked = new URLSearchParams();
  for (const [list, at] of Object.entries(from)) if (at > 0) asked.append(list, String(at));
  return `${providerPath(name)}${asked.size === 0 ? '' : `?${asked.toString()}`}#${section}`;
}

/** The provider is the page itself. */
const FINDING_COLUMNS = shownColumns(QUESTIONS.findings.columns.filter(({ kind }) => kind !== 'provider'));

const overdueNote = ({ length }: readonly OverdueLease[]): string =>
  length < MOST_OVERDUE ? `(${length})` : `(the first ${length})`;

function countNote({ rows, count }: PartOfList<unknown>): string {
  if (count === undefined) return `(the newest ${rows.length}; all of them were not counted)`;
  return count === rows.length ? `(${count})` : `(the newest ${rows.length} of ${countText(count, '')})`;
}

const OVERDUE_COLUMNS: readonly Column<OverdueLease>[] = [
  { name: 'Lease', of: ({ lease }) => <code>{lease}</code> },
  { name: 'Approved end', of: ({ endsAt }) => <TimeFromNow at={endsAt} seconds /> },
  { name: 'State', of: ({ state }) => <span class="state state--overdue">{state}</span> },
  { name: 'Why', of: ({ fault }) => oneLine(fault ?? 'It is tried again and again.') },
  { name: 'Request', of: ({ request }) => <RequestLink id={request} /> },
];

const LIVE_COLUMNS: readonly Column<PastAccess>[] = [
  {
    name: 'Who',
    of: ({ person, account }) => (person === undefined ? oneLine(account) : <Person id={person} />),
  },
  {
    name: 'What',
    of: ({ entitlement }) => (entitlement === undefined ? '' : <Entitlement id={entitlement} />),
  },
  { name: 'Target', of: ({ target }) => oneLine(targetWords(target)) },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Since', of: ({ since }) => <Time at={since} seconds /> },
  {
    name: 'Approved end',
    of: ({ plannedEnd, basis }) =>
      plannedEnd === undefined ? BASIS_WORDS[basis] : <Time at={plannedEnd} seconds />,
  },
  { name: 'Request', of: ({ request }) => (request === undefined ? '' : <RequestLink id={request} />) },
];

const TARGET_COLUMNS: readonly Column<WatchedTarget>[] = [
  { name: 'Target', of: ({ name }) => oneLine(targetWords(name)) },
  {
    name: 'Given by',
    of: ({ entitlements }) =>
      entitlements.map((id) => (
        <div>
          <Entitlement id={id} />
        </div>
      )),
  },
  {
    name: 'First look',
    of: ({ firstAt }) => (firstAt === null ? 'not yet' : <Time at={firstAt} seconds />),
  },
  {
    name: 'Last look',
    of: ({ lastAt }) => (lastAt === null ? 'not yet' : <TimeFromNow at={lastAt} seconds />),
  },
  {
    name: 'Problem',
    of: ({ problem }) =>
      problem === null ? (
        ''
      ) : (
        <>
          <span class="state state--warning">the last look failed</span> {oneLine(problem)}
        </>
      ),
  },
];
