import { ALLOWED_SECONDS } from '../../../core/numbers.ts';
import {
  approvalPairs,
  drift,
  fastApprovals,
  findingDecisions,
  findings,
  massEndings,
  overstays,
  type Period,
  policies,
  policyGains,
  purges,
  readings,
  refusals,
} from '../../../audit/questions/index.ts';
import type { AuditQuery } from '../../../ledger/index.ts';
import * as cells from '../../parts/audit-columns.tsx';

/** One kind of thing that deserves a look. */
export type Section = Readonly<{
  /** Its part of the address. */
  id: string;
  title: string;
  /** What it is, and why it deserves a look. */
  about: string;
  /** Shown instead of rows: how it is known that there are none. */
  empty: string;
  /** What it reads. `never-used` is no view that has conditions of a time. */
  query: ((period: Period) => AuditQuery) | 'never-used';
  columns: cells.Columns;
  /** The command with the same answer, without the period. */
  command?: string;
  /** It has everything, whatever the period. */
  isWhole?: true;
}>;

const FAST_SECONDS = 10;

const openFindings = (): AuditQuery => ({
  view: 'finding',
  where: [{ kind: 'is', column: 'state', value: 'open' }],
});

/** How findings are listed, here and on the page of a provider. */
export const FINDING_COLUMNS = cells.columns(
  cells.time('First seen', 'at'),
  ...[cells.text('Account', 'account_name'), cells.text('Level', 'level'), cells.text('What', 'what')],
  ...[
    cells.provider,
    cells.findingState,
    cells.dealtWith,

    cells.decisions,
  ],
);

const approval = cells.columns(
  ...[
    cells.time('When', 'at'),
    cells.person('Approved by', 'person'),
    cells.person('Requester', 'requester'),
  ],
  ...[cells.entitlement('What'), cells.text('Kind', 'approved'), cells.number('After (s)', 'seconds')],
  ...[cells.text('Account', 'account'), cells.request],
);

/** Every section, in the order of the first page. */
export const SECTIONS: readonly Section[] = [
  {
    id: 'open',
    title: 'Open findings',
    about:
      'Access that no request explains, and about which somebody must decide. All of them, whatever the period.',
    empty:
      'No finding is open. Curfew looks at every target of the catalogue for access that no request explains.',
    query: openFindings,
    columns: FINDING_COLUMNS,
    isWhole: true,
  },
  {
    id: 'unexplained',
    title: 'Access that no request explains',
    about:
      'Curfew saw it at a provider for the first time in this period. Somebody adopts it, or it is revoked.',
    empty: 'No look at a provider showed access that no request explains.',
    query: findings,
    columns: FINDING_COLUMNS,
    command: 'curfew audit findings',
  },
  {
    id: 'decisions',
    title: 'Decisions about findings',
    about: 'Who adopted or revoked access that no request explains. A refused decision did not count.',
    empty: 'Nobody decided about a finding.',
    query: findingDecisions,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.person('Who', 'person'), cells.text('Decision', 'decision')],
      ...[
        cells.text('Refused', 'refused'),
        cells.text('Account', 'account_name'),
        cells.text('Level', 'level'),
      ],
      ...[cells.target, cells.provider, cells.findingState],
    ),
    command: 'curfew audit decisions',
  },
  {
    id: 'drift',
    title: 'Changes by hand',
    about: 'A provider showed other access than the ledger expected. “repaired”: Curfew corrected it.',
    empty:
      'Curfew verifies access at the providers again and again. Each read showed what the ledger expected.',
    query: drift,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.text('Event', 'kind'), cells.text('Expected', 'expected')],
      ...[cells.text('Found', 'found'), cells.person('Whose access', 'person'), cells.entitlement('What')],
      ...[cells.provider, cells.request],
    ),
    command: 'curfew audit drift',
  },
  {
    id: 'overstays',
    title: 'Overstays',
    about: `Access that was held for more than ${ALLOWED_SECONDS} seconds after its approved end. There should be none.`,
    empty: `No access was held for more than ${ALLOWED_SECONDS} seconds after its approved end. Receipts show it: of each access that Curfew granted, the ledger has the read which showed that it was gone. Access without such a read counts as held until now.`,
    query: (period) => overstays(ALLOWED_SECONDS, period),
    columns: cells.columns(
      ...[cells.person('Who', 'person'), cells.entitlement('What'), cells.provider],
      ...[cells.time('Approved end', 'planned_end'), cells.time('Until', 'until', 'still held')],
      ...[cells.number('Too long (s)', 'seconds'), cells.request],
    ),
    command: `curfew audit overstays --over ${ALLOWED_SECONDS}s`,
  },
  {
    id: 'fast-approvals',
    title: 'Fast approvals',
    about: `Approved less than ${FAST_SECONDS} seconds after it could be approved. Nobody reads a request so fast.`,
    empty: `Nothing was approved in less than ${FAST_SECONDS} seconds.`,
    query: (period) => fastApprovals(FAST_SECONDS, period),
    columns: approval,
    command: `curfew audit fast --under ${FAST_SECONDS}s`,
  },
  {
    id: 'pairs',
    title: 'Pairs who approve each other',
    about: 'Two people who approved requests or extensions of each other, whenever that was.',
    empty: 'No two people approved requests of each other.',
    query: approvalPairs,
    columns: cells.columns(
      ...[cells.person('One', 'person'), cells.person('The other', 'other')],
      ...[
        cells.number('Approved of the other', 'approved'),
        cells.number('Approved by the other', 'was_approved'),
      ],
      ...[cells.time('First', 'first_at'), cells.time('Last', 'at')],
    ),
    command: 'curfew audit pairs',
    isWhole: true,
  },
  {
    id: 'refusals',
    title: 'Refusals',
    about: 'Somebody tried what the policy or the state of a request did not allow.',
    empty: 'Nothing was refused.',
    query: refusals,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.person('Who', 'person', 'nobody in people.yaml')],
      ...[
        cells.text('Tried', 'tried'),
        cells.code('Refused', 'code'),
        cells.person('Requester', 'requester'),
      ],
      ...[cells.entitlement('What'), cells.text('Through', 'via'), cells.request],
    ),
    command: 'curfew audit refusals',
  },
  {
    id: 'endings',
    title: 'Mass endings',
    about:
      'Somebody ended everything of a person, of an entitlement, at a provider, or all. Most have a lock.',
    empty: 'Nobody ended everything of a scope.',
    query: massEndings,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.person('Who', 'person'), cells.scope],
      ...[cells.number('Requests', 'requests'), cells.lock],
    ),
    command: 'curfew audit endings',
  },
  {
    id: 'policies',
    title: 'Changes of the policy',
    about: 'A policy is known from the first request or extension that was judged by it.',
    empty: 'No policy was used for the first time.',
    query: policies,
    columns: cells.columns(
      ...[
        cells.time('First used', 'at'),
        cells.time('Last used', 'last_at'),
        cells.number('Judged', 'judged'),
      ],
      cells.code('Digest of the policy', 'id'),
    ),
    command: 'curfew audit policies',
  },
  {
    id: 'gains',
    title: 'First requests',
    about:
      'A person requested an entitlement for the first time, so a policy let them. It may be a new right.',
    empty: 'Nobody requested an entitlement for the first time.',
    query: policyGains,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.person('Who', 'person'), cells.entitlement('What')],
      ...[cells.code('Digest of the policy', 'policy'), cells.request],
    ),
    command: 'curfew audit gains',
  },
  {
    id: 'never-used',
    title: 'Grants that were never used',
    about:
      'The vendor showed everything from the grant to the end, and nothing was done. An unknown use is not among them.',
    empty: 'No vendor showed that a grant was never used.',
    query: 'never-used',
    command: 'curfew audit use --never-used --limit 500',
    columns: cells.columns(
      ...[
        cells.time('Granted', 'granted_at'),
        cells.time('Ended', 'ended_at'),
        cells.person('Who', 'person'),
      ],
      ...[
        cells.entitlement('What'),
        cells.provider,
        cells.target,
        cells.text('Known from', 'source'),
        cells.request,
      ],
    ),
  },
  {
    id: 'readings',
    title: 'Who looked at what',
    about: 'Somebody saw in this console what is not their own, or took a copy of it.',
    empty: 'Nobody looked at what is not their own.',
    query: readings,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.person('Who', 'person'), cells.text('Kind', 'kind')],
      ...[cells.code('Page', 'address'), cells.code('Entry', 'entry')],
    ),
    command: 'curfew audit readings',
  },
  {
    id: 'purges',
    title: 'Removals of old requests',
    about: 'Somebody removed old requests from the ledger. Their export has them, with their proofs.',
    empty: 'Nothing was removed from the ledger.',
    query: purges,
    columns: cells.columns(
      ...[cells.time('When', 'at'), cells.text('Who, at the operating system', 'person')],
      ...[cells.time('Made before', 'before_at'), cells.number('Requests', 'requests')],
      ...[cells.number('Entries', 'entries'), cells.number('Size of the export', 'export_size')],
    ),
    command: 'curfew audit purges',
  },
];
