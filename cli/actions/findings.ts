import type { Finding, FindingId, FindingState } from '../../core/findings/finding.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import type { Ledger } from '../../ledger/index.ts';
import {
  formatOf,
  type OutputOptions,
  print,
  printRows,
  rfc3339,
  type Row,
  utc,
  writeLine,
} from '../terminal/output.ts';
import { withLedger } from '../terminal/reading-context.ts';

export type FindingsOptions = OutputOptions &
  Readonly<{
    state: readonly FindingState[];
    provider?: string;
    account?: string;
    limit: number;
    before?: FindingId;
  }>;

const COLUMNS = {
  finding: 'FINDING',
  provider: 'PROVIDER',
  account: 'ACCOUNT',
  level: 'LEVEL',
  what: 'WHAT',
  first_seen: 'FIRST SEEN (UTC)',
  state: 'STATE',
  closed_by: 'DECIDED BY',
} as const;

/** `curfew findings` */
export const runFindings = (options: FindingsOptions): Promise<void> =>
  withLedger(async ({ ledger }) => {
    const { state: states, provider, account, limit, before } = options;
    const found = await ledger.listFindings({
      states,
      limit,
      ...(provider === undefined ? {} : { provider }),
      ...(account === undefined ? {} : { account }),
      ...(before === undefined ? {} : { before }),
    });
    const format = formatOf(options);
    if (format !== 'table') return printRows(await rowsOf(ledger, found), format, FIELDS);
    print(found.map(lineOf), 'table', COLUMNS, await emptyText(ledger, options));
    const last = found.length === limit ? found.at(-1) : undefined;
    if (last) ['', `More: ${nextPageCommand(options, last.id)}`].forEach(writeLine);
  });

const lineOf = ({
  id,
  provider,
  subject,
  level,
  what,
  firstSeen,
  state,
  pending,
  closedBy,
}: Finding): Row => ({
  finding: id.slice(-8),
  provider,
  account: subject.name,
  level,
  what,
  first_seen: utc(firstSeen),
  state: pending ? `${pending.kind} pending` : state,
  closed_by: pending?.by ?? closedBy ?? null,
});

const FIELDS = [
  ...[
    'id',
    'kind',
    'provider',
    'account',
    'account_id',
    'level',
    'what',
    'sources',
    'lease',
    'first_seen',
    'last_seen',
  ],
  ...[
    'state',
    'pending',
    'closed_at',
    'closed_by',
    'why',
    'reason',
    'cannot_adopt',
    'cannot_revoke',
    'problem',
    'seen',
  ],
];

const rowsOf = (ledger: Ledger, found: readonly Finding[]): Promise<readonly Row[]> =>
  Promise.all(
    found.map(async (each): Promise<Row> => ({
      id: each.id,
      kind: each.kind,
      provider: each.provider,
      account: each.subject.name,
      account_id: each.subject.id,
      level: each.level,
      what: each.what,
      sources: each.sources.map(({ level, through }) => `${level} ${through}`),
      lease: each.lease ?? null,
      first_seen: rfc3339(each.firstSeen),
      last_seen: rfc3339(each.lastSeen),
      state: each.state,
      pending: each.pending?.kind ?? null,
      closed_at: rfc3339(each.closedAt ?? null),
      closed_by: each.closedBy ?? null,
      why: each.why ?? null,
      reason: each.state === 'adopted' ? ((await ledger.adoptReason(each.id)) ?? null) : null,
      cannot_adopt: each.whyNoAdopt ?? null,
      cannot_revoke: each.whyNoRevoke ?? null,
      problem: each.problem ?? null,
      seen: seenDigest(each),
    })),
  );

/** What was read, so that an empty list is not taken for a target that nobody read. */
async function emptyText(
  ledger: Ledger,
  { state, provider, account, before }: FindingsOptions,
): Promise<string> {
  if (before !== undefined) return 'No more findings.';
  const passes = (await ledger.passes()).filter(({ key }) => key !== 'marks');
  const failed = passes.filter(({ problem }) => problem !== null);
  const read = passes.filter(({ lastAt }) => lastAt !== null).length;
  const isNarrow = provider !== undefined || account !== undefined;
  const none = isNarrow ? 'No finding matches.' : `No finding is ${state.join(' or ')}.`;
  const problems = failed.map(
    ({ provider: where, key, problem }) => ` ${where} ${key} could not be read: ${problem}.`,
  );
  return `${none} ${read} of ${passes.length} targets were read.${problems.join('')}`;
}

/** The command that prints the next page of the same list, after the finding `last`. */
export function nextPageCommand(
  { state, provider, account, limit }: FindingsOptions,
  last: FindingId,
): string {
  return [
    'curfew findings',
    ...(state.join() === 'open' ? [] : [`--state ${state.join(',')}`]),
    ...(provider === undefined ? [] : [`--provider ${provider}`]),
    ...(account === undefined ? [] : [`--account ${account}`]),
    `--limit ${limit}`,
    `--before ${last}`,
  ].join(' ');
}
