import { spellDuration } from '../../core/duration.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { OPEN_STATES } from '../../core/request/state.ts';
import { oneLine } from '../../core/text.ts';
import { messageOf } from '../../core/faults.ts';
import type { ListedRequest, RequestFilter } from '../../ledger/index.ts';
import { type FieldName, FIELD_NAMES, rowOf } from '../list/fields.ts';
import { type Since, sinceInstant, type States, USUAL_LIMIT } from '../list/filter-options.ts';
import { COLUMNS, fieldColumns } from '../list/list-table.ts';
import { USUAL_INTERVAL, watching } from '../list/watch.ts';
import { CommandError } from '../terminal/exit.ts';
import { entitlementNamed, personIsKnown } from '../terminal/known-names.ts';
import { formatOf, type OutputOptions, printRows, rfc3339, utc, writeStyled } from '../terminal/output.ts';
import { type ReadingContext, withLedger } from '../terminal/reading-context.ts';
import { stoppableWait } from '../terminal/signals.ts';
import { isColoured } from '../terminal/style.ts';
import { type Shape, tableLines } from '../terminal/table.ts';

export type ListOptions = OutputOptions &
  Readonly<{
    all?: true;
    state?: States;
    person?: string;
    entitlement?: string;
    waitingFor?: string;
    since?: Since;
    limit: number;
    before?: RequestId;
    fields?: readonly FieldName[];
    watch?: number | true;
  }>;

/** `curfew list` */
export async function runList(options: ListOptions): Promise<void> {
  const format = formatOf(options);
  if (options.watch !== undefined && (format !== 'table' || !process.stdout.isTTY))
    throw new CommandError(
      'usage',
      '--watch draws a table on a terminal, and this output is none.\n  to do: run "curfew list --output jsonl" as often as you need it.',
    );
  await withLedger(async (context) => {
    if (options.watch !== undefined) return watchList(context, options, options.watch);
    const found = await findRequests(context, options);
    if (format === 'table') return writeStyled(listLines(found, options, shapeNow()));
    const fields = options.fields ?? FIELD_NAMES;
    printRows(
      found.map((request) => rowOf(request, fields)),
      format,
      fields,
    );
  });
}

/** On a terminal a table fits its width. Another program gets every column whole. */
const shapeNow = (): Shape => ({ width: process.stdout.columns, coloured: isColoured(process.stdout) });

async function findRequests(
  context: ReadingContext,
  options: ListOptions,
): Promise<readonly ListedRequest[]> {
  const filter = await filterOf(context, options);
  const found = await context.ledger.listWithDecisions(filter);
  if (found.length > 0) return found;
  // Somebody who is no longer in people.yaml may still have requests, so names are checked only when nothing is found.
  const { config } = context;
  for (const person of [options.person, options.waitingFor])
    if (person !== undefined) await personIsKnown(config, person);
  if (options.entitlement === undefined) return found;
  const { id } = (await entitlementNamed(config, options.entitlement)) ?? { id: options.entitlement };
  return id === options.entitlement
    ? found
    : context.ledger.listWithDecisions({ ...filter, entitlement: id });
}

async function filterOf({ ledger }: ReadingContext, options: ListOptions): Promise<RequestFilter> {
  const { all, state, person, entitlement, waitingFor, since, limit, before } = options;
  return {
    limit,
    ...(state ?? (all ? {} : { states: OPEN_STATES })),
    ...(person === undefined ? {} : { requester: person as PersonId }),
    ...(entitlement === undefined ? {} : { entitlement }),
    ...(waitingFor === undefined ? {} : { waitingFor: waitingFor as PersonId }),
    ...(since === undefined ? {} : { since: sinceInstant(since, await ledger.now()) }),
    ...(before === undefined ? {} : { before }),
  };
}

/** The lines for people: the table, or what to do when there is none. */
function listLines(found: readonly ListedRequest[], options: ListOptions, shape: Shape): readonly string[] {
  if (found.length === 0) return [emptyText(options)];
  const columns = options.fields ? fieldColumns(options.fields) : COLUMNS;
  const last = found.length === options.limit ? found.at(-1) : undefined;
  return [
    ...tableLines(found, columns, shape),
    ...(last ? ['', `More: ${nextPageCommand(options, last.id)}`] : []),
  ];
}

function emptyText(options: ListOptions): string {
  const { all, state, person, entitlement, waitingFor, since, before } = options;
  if (before !== undefined) return 'No more requests.';
  const isNarrow = [state, person, entitlement, waitingFor, since].some((each) => each !== undefined);
  const which = all || state !== undefined ? 'request' : 'open request';
  if (!isNarrow)
    return `No ${which}s. Request access with /access in Slack, or with "curfew request".${all ? '' : ' --all also lists closed requests.'}`;
  const wider =
    all || state !== undefined ? 'Leave an option out to see more.' : '--all also lists closed ones.';
  return `No ${which} matches. ${wider}`;
}

async function watchList(context: ReadingContext, options: ListOptions, watch: number | true): Promise<void> {
  const seconds = watch === true ? USUAL_INTERVAL : watch;
  const draw = async (): Promise<readonly string[]> => {
    const at = `Every ${seconds} s, ${utc(Date.now())}. Ctrl-C ends it.`;
    return [at, '', ...listLines(await findRequests(context, options), options, shapeNow())];
  };
  await watching({
    // The ledger can be away for some time. A name that does not exist is an error at the first time.
    draw: () =>
      draw().catch((error: unknown) => {
        if (error instanceof CommandError) throw error;
        return [`${utc(Date.now())}: ${oneLine(messageOf(error))}`];
      }),
    wait: stoppableWait(seconds * 1000),
    height: () => process.stdout.rows,
    write: (text) => void process.stdout.write(text),
  });
}

/** The command that prints the next page of the same list, after the request `last`. */
export function nextPageCommand(options: ListOptions, last: RequestId): string {
  const { all, state, person, entitlement, waitingFor, since, limit, fields } = options;
  const option = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name} ${value}`];
  return [
    'curfew list',
    ...(all ? ['--all'] : []),
    ...option('state', state && Object.values(state).flat().join(',')),
    ...option('person', person),
    ...option('entitlement', entitlement),
    ...option('waiting-for', waitingFor),
    ...option(
      'since',
      since && (since.kind === 'ago' ? spellDuration(since.minutes) : (rfc3339(since.at) ?? '')),
    ),
    ...option('limit', limit === USUAL_LIMIT ? undefined : String(limit)),
    ...option('fields', fields?.join(',')),
    `--before ${last}`,
  ].join(' ');
}
