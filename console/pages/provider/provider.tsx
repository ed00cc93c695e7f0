import type { FC } from 'hono/jsx';
import { QUESTIONS } from '../../../audit/questions/index.ts';
import type { PastAccess } from '../../../core/past-access.ts';
import { oneLine } from '../../../core/text.ts';
import type { OverdueLease, WatchedTarget } from '../../../ledger/index.ts';
import { targetWords } from '../../../wording/target-name.ts';
import type { PageContext } from '../../page.tsx';
import { shownColumns } from '../../parts/audit-columns.tsx';
import { BASIS_WORDS } from '../../parts/request-columns.tsx';
import { countText, PageLinks, partNote } from '../../parts/page-links.tsx';
import { Entitlement, type Names, Person, providerPath, RequestLink } from '../../parts/names.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { relative, Time } from '../../parts/time.tsx';
import {
  type PartOfList,
  MOST_ENTITLEMENTS,
  MOST_OVERDUE,
  MOST_TARGETS,
  type ProviderAnswer,
} from './read-provider.ts';

type ProviderProps = Readonly<{ context: PageContext; answer: ProviderAnswer; names: Names }>;

/** A provider: what is live there, what is overdue or not explained, and at which targets Curfew looks. */
export const ProviderPage: FC<ProviderProps> = ({ context, answer, names }) => {
  const { name, targets, live, overdue, findings, entitlements, sql } = answer;
  const { zone } = context.reader;
  return (
    <>
      <section aria-labelledby="overdue">
        <h2 id="overdue">Past its end and not confirmed gone {overdueNote(overdue)}</h2>
        <Table
          caption="Overdue leases"
          columns={overdueColumns(context)}
          rows={overdue}
          empty="Nothing. Of each lease past its end, a read showed that the access is gone."
        />
      </section>
      <section aria-labelledby="findings">
        <h2 id="findings">Open findings {countNote(findings)}</h2>
        <Table
          caption="Access that no request explains"
          columns={findingColumns(names, zone)}
          rows={findings.rows}
          empty="Nothing was found that no request explains and about which nobody has decided."
        />
      </section>
      <section aria-labelledby="live">
        <h2 id="live">Live access {countNote(live)}</h2>
        <Table
          caption="Live access, the newest first"
          columns={liveColumns(names, context)}
          rows={live.rows}
          empty="Nobody has access there, as far as receipts and looks show."
        />
      </section>
      <section aria-labelledby="targets">
        <h2 id="targets">Targets</h2>
        <Table
          caption="The targets at which Curfew looks"
          columns={targetColumns(names, context)}
          rows={targets.shown}
          empty="Curfew has not looked at a target there yet."
        />
        <PageLinks
          part={{ from: targets.from, shown: targets.shown.length, hasMore: targets.hasMore }}
          size={MOST_TARGETS}
          hrefFrom={(from) => partPath(name, { targets: from, entitlements: entitlements.from }, 'targets')}
          what="targets"
        />
      </section>
      <section aria-labelledby="entitlements">
        <h2 id="entitlements">
          Entitlements of the catalogue that use it{' '}
          {partNote({ from: entitlements.from, shown: entitlements.shown.length }, entitlements.count)}
        </h2>
        {entitlements.shown.length === 0 ? (
          <p class="empty">None.</p>
        ) : (
          <ul>
            {entitlements.shown.map(({ id }) => (
              <li>
                <Entitlement id={id} names={names} />
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
      </section>
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
const findingColumns = (names: Names, zone: string) =>
  shownColumns(
    QUESTIONS.findings.columns.filter(({ kind }) => kind !== 'provider'),
    { names, zone, isAuditor: true },
  );

const overdueNote = ({ length }: readonly OverdueLease[]): string =>
  length < MOST_OVERDUE ? `(${length})` : `(the first ${length})`;

function countNote({ rows, count }: PartOfList<unknown>): string {
  if (count === undefined) return `(the newest ${rows.length}; all of them were not counted)`;
  return count === rows.length ? `(${count})` : `(the newest ${rows.length} of ${countText(count, '')})`;
}

const overdueColumns = ({ reader: { zone }, now }: PageContext): readonly Column<OverdueLease>[] => [
  { name: 'Lease', of: ({ lease }) => <code>{lease}</code> },
  {
    name: 'Approved end',
    of: ({ endsAt }) => (
      <>
        <Time at={endsAt} zone={zone} seconds /> <span class="soft">{relative(endsAt, now)}</span>
      </>
    ),
  },
  { name: 'State', of: ({ state }) => <span class="state state--overdue">{state}</span> },
  { name: 'Why', of: ({ fault }) => oneLine(fault ?? 'It is tried again and again.') },
  { name: 'Request', of: ({ request }) => <RequestLink id={request} /> },
];

const liveColumns = (names: Names, { reader: { zone } }: PageContext): readonly Column<PastAccess>[] => [
  {
    name: 'Who',
    of: ({ person, account }) =>
      person === undefined ? oneLine(account) : <Person id={person} names={names} />,
  },
  {
    name: 'What',
    of: ({ entitlement }) =>
      entitlement === undefined ? '' : <Entitlement id={entitlement} names={names} />,
  },
  { name: 'Target', of: ({ target }) => oneLine(targetWords(target)) },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Since', of: ({ since }) => <Time at={since} zone={zone} seconds /> },
  {
    name: 'Approved end',
    of: ({ plannedEnd, basis }) =>
      plannedEnd === undefined ? BASIS_WORDS[basis] : <Time at={plannedEnd} zone={zone} seconds />,
  },
  { name: 'Request', of: ({ request }) => (request === undefined ? '' : <RequestLink id={request} />) },
];

const targetColumns = (
  names: Names,
  { reader: { zone }, now }: PageContext,
): readonly Column<WatchedTarget>[] => [
  { name: 'Target', of: ({ name }) => oneLine(targetWords(name)) },
  {
    name: 'Given by',
    of: ({ entitlements }) =>
      entitlements.map((id) => (
        <div>
          <Entitlement id={id} names={names} />
        </div>
      )),
  },
  {
    name: 'First look',
    of: ({ firstAt }) => (firstAt === null ? 'not yet' : <Time at={firstAt} zone={zone} seconds />),
  },
  {
    name: 'Last look',
    of: ({ lastAt }) =>
      lastAt === null ? (
        'not yet'
      ) : (
        <>
          <Time at={lastAt} zone={zone} seconds /> <span class="soft">{relative(lastAt, now)}</span>
        </>
      ),
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
