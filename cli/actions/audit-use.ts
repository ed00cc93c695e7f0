import type { Instant, LeaseId, PersonId } from '../../core/ids.ts';
import { linesOfUse, neverUsed, partlyUsed, type UseDeps, type UseLine } from '../../audit/questions/use.ts';
import { entitlementNamed, personIsKnown, sayIdsOnly } from '../terminal/known-names.ts';
import { periodTyped } from '../terminal/moments.ts';
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
import { type AuditContext, withQuickAudit } from '../terminal/reading-context.ts';
import { requestNamed } from '../terminal/request-argument.ts';

export type AuditUseOptions = OutputOptions &
  Readonly<{
    request?: string;
    from?: string;
    to?: string;
    person?: string;
    entitlement?: string;
    neverUsed?: true;
    partly?: true;
    limit: number;
    before?: LeaseId;
  }>;

const COLUMNS = {
  request: 'REQUEST',
  person: 'PERSON',
  entitlement: 'ENTITLEMENT',
  use: 'USE',
  first: 'FIRST (UTC)',
  last: 'LAST (UTC)',
  source: 'SOURCE',
  parts: 'PARTS',
} as const;

const FIELDS = [
  ...['lease', 'request', 'person', 'entitlement', 'provider', 'granted_at', 'ended_at', 'verdict'],
  ...[
    'first',
    'last',
    'amount',
    'unit',
    'source',
    'known_until',
    'read_at',
    'parts',
    'why_unknown',
    'narrower',
  ],
];

/** `curfew audit use` */
export const runAuditUse = (options: AuditUseOptions): Promise<void> =>
  withQuickAudit(async (context) => {
    if (options.person !== undefined || options.entitlement !== undefined) sayIdsOnly(context.config);
    const filter = await filterOf(context, options);
    const lines = await linesFor(context, options, filter);
    const format = formatOf(options);
    if (format !== 'table') return printRows(lines.map(rowOf), format, FIELDS);
    print(lines.map(lineOf), 'table', COLUMNS, emptyText(options));
    for (const line of firstOfRequests(lines))
      if (line.narrower)
        [
          '',
          `${line.request.slice(-8)}: ${line.narrower.title} (${line.narrower.id}) gives less and covers what was used.`,
        ].forEach(writeLine);
    const last = lines.length === options.limit ? lines.at(-1) : undefined;
    if (last) ['', `More: ${nextPageCommand(options, { ...filter, before: last.lease })}`].forEach(writeLine);
  });

async function linesFor(
  context: AuditContext,
  options: AuditUseOptions,
  filter: Filter,
): Promise<readonly UseLine[]> {
  const lines = options.partly
    ? await withPolicy((deps) => partlyUsed(deps, filter))
    : await (options.neverUsed ? neverUsed : linesOfUse)(context, filter);
  // Somebody who is no longer in people.yaml may still have leases, so the name is checked only when nothing is found.
  if (lines.length === 0 && options.person !== undefined) await personIsKnown(context.config, options.person);
  return lines;
}

/** Only a proposal needs the catalogue and the providers, which take longer to load. */
async function withPolicy<T>(work: (deps: UseDeps) => Promise<T>): Promise<T> {
  const { withContext } = await import('../terminal/context.ts');
  return withContext(({ deps }) => work(deps));
}

type Filter = Awaited<ReturnType<typeof filterOf>>;

async function filterOf(
  { ledger, config }: AuditContext,
  { request, person, entitlement, limit, before, ...options }: AuditUseOptions,
) {
  const { from, to } = periodTyped(options, await ledger.now());
  return {
    limit,
    ...(from === undefined ? {} : { grantedFrom: from }),
    ...(to === undefined ? {} : { grantedUntil: to }),
    ...(request === undefined ? {} : { request: await requestNamed(ledger, request) }),
    ...(person === undefined ? {} : { person: person as PersonId }),
    ...(entitlement === undefined
      ? {}
      : { entitlement: (await entitlementNamed(config, entitlement))?.id ?? entitlement }),
    ...(before === undefined ? {} : { before }),
  };
}

const lineOf = (line: UseLine): Row => ({
  request: line.request.slice(-8),
  person: line.person,
  entitlement: line.entitlement,
  use: useText(line),
  first: line.first === null ? null : utc(line.first),
  last: line.last === null ? null : utc(line.last),
  source: line.source,
  parts:
    line.parts.length === 0 ? null : line.parts.map(({ part, use }) => `${part}: ${WORDS[use]}`).join(', '),
});

const WORDS = { used: 'used', 'not-used': 'not used', unknown: 'unknown' } as const;

/** What is known of the use, in a few words. */
export function useText({ verdict, amount, unit, knownUntil, whyUnknown }: UseLine): string {
  switch (verdict) {
    case 'used':
      return `${amount} ${amount === 1 && unit?.endsWith('s') ? unit.slice(0, -1) : unit}`;
    case 'never-used':
      return 'never used';
    case 'not-used-so-far':
      return `not used until ${utc(knownUntil ?? 0)}`;
    case 'unknown':
      return `unknown: ${whyUnknown}`;
  }
}

const rowOf = (line: UseLine): Row => ({
  lease: line.lease,
  request: line.request,
  person: line.person,
  entitlement: line.entitlement,
  provider: line.provider,
  granted_at: rfc3339(line.grantedAt),
  ended_at: rfc3339(line.endedAt),
  verdict: line.verdict,
  first: rfc3339(line.first),
  last: rfc3339(line.last),
  amount: line.amount,
  unit: line.unit,
  source: line.source,
  known_until: rfc3339(line.knownUntil),
  read_at: rfc3339(line.readAt),
  parts: line.parts.map(({ part, use }) => `${part}: ${use}`),
  why_unknown: line.whyUnknown,
  narrower: line.narrower?.id ?? null,
});

const firstOfRequests = (lines: readonly UseLine[]): readonly UseLine[] =>
  lines.filter(({ request }, index) => lines.findIndex((each) => each.request === request) === index);

function emptyText({ neverUsed: never, partly }: AuditUseOptions): string {
  if (never) return 'No lease matches of which it is known that it was never used.';
  return partly
    ? 'No lease matches of which a part is known as not used.'
    : 'No lease that was granted matches.';
}

/** The command that prints the next page, which begins before the lease of the filter. */
function nextPageCommand(
  { request, person, entitlement, neverUsed: never, partly, limit }: AuditUseOptions,
  { grantedFrom, grantedUntil, before }: Filter & Readonly<{ before: LeaseId }>,
): string {
  const option = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name} ${value}`];
  const moment = (name: string, at: Instant | undefined): readonly string[] =>
    option(name, rfc3339(at ?? null) ?? undefined);
  return [
    'curfew audit use',
    ...option('request', request),
    ...option('person', person),
    ...option('entitlement', entitlement),
    ...moment('from', grantedFrom),
    ...moment('to', grantedUntil),
    ...(never ? ['--never-used'] : []),
    ...(partly ? ['--partly'] : []),
    `--limit ${limit}`,
    `--before ${before}`,
  ].join(' ');
}
