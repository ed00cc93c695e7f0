import { Command, InvalidArgumentError, Option } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { parseRequestId, type PersonId, type RequestId, shortOf } from '../../core/ids.ts';
import { OPEN_STATES, REQUEST_STATES } from '../../core/request/state.ts';
import type { RequestSummary } from '../../ledger/index.ts';
import { withContext } from '../terminal/context.ts';
import { personNamed } from '../terminal/person-argument.ts';

import { type Format, outputOption, print, rfc3339, utc } from '../terminal/output.ts';

const USUAL_LIMIT = 50;

type Options = Readonly<{
  all?: boolean;
  state?: RequestSummary['state'];
  person?: string;
  waitingFor?: string;
  limit: number;
  before?: RequestId;
  output: Format;
}>;

/** `curfew list` */
export const listCommand = (): Command =>
  new Command('list')
    .description('list the requests that are not closed, newest first')
    .option('-a, --all', 'also closed requests')
    .addOption(new Option('-s, --state <state>', 'only requests in this state').choices(REQUEST_STATES))
    .option('-p, --person <person>', 'only requests of this person')
    .option('-w, --waiting-for <person>', "only requests that wait for this person's approval")
    .option('-n, --limit <number>', 'at most this many requests (1 to 500)', parseLimit, USUAL_LIMIT)
    .option('--before <request>', 'the next page: give the last id of the page before it', parseBefore)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\n  curfew list --waiting-for cy\n  curfew list --all --output jsonl | jq .entitlement',
    )
    .action((options: Options) =>
      withContext(async ({ deps }) => {
        const { all, state, person, waitingFor, limit, before, output } = options;
        const states = state ? [state] : all ? undefined : OPEN_STATES;
        const found = await deps.ledger.listRequests({
          limit,
          ...(states ? { states } : {}),
          ...(person ? { requester: person as PersonId } : {}),
          ...(waitingFor ? { waitingFor: waitingFor as PersonId } : {}),
          ...(before ? { before } : {}),
        });
        // A person who is no longer in people.yaml may still have requests, so the name is checked only when there are none.
        const policy = found.length === 0 ? await deps.policy.lastKnown() : undefined;
        if (policy && person) personNamed(policy, person);
        if (policy && waitingFor) personNamed(policy, waitingFor);
        if (output === 'table')
          print(
            found.map(lineOf),
            output,
            COLUMNS,
            'No requests. Request access with /access in Slack, or with "curfew request".',
          );
        else print(found.map(rowOf), output, {}, '');
        const last = found.at(-1);
        if (output === 'table' && last && found.length === limit)
          console.log(`\nMore: ${nextPageCommand(options, last.id)}`);
      }),
    );

/** The command that prints the next page of the same list, after the request `last`. */
export const nextPageCommand = (
  { all, state, person, waitingFor, limit }: Options,
  last: RequestId,
): string =>
  [
    'curfew list',
    ...(all ? ['--all'] : []),
    ...(state ? [`--state ${state}`] : []),
    ...(person ? [`--person ${person}`] : []),
    ...(waitingFor ? [`--waiting-for ${waitingFor}`] : []),
    ...(limit === USUAL_LIMIT ? [] : [`--limit ${limit}`]),
    `--before ${last}`,
  ].join(' ');

const COLUMNS = { id: 'REQUEST', who: 'WHO', what: 'WHAT', length: 'LENGTH', state: 'STATE', when: 'UNTIL' };

const lineOf = ({
  id,
  requester,
  entitlement,
  minutes,
  state,
  lapsesAt,
  endsAt,
  closedAt,
}: RequestSummary) => ({
  id: shortOf(id),
  who: requester,
  what: entitlement,
  length: formatDuration(minutes),
  state,
  when:
    state === 'pending'
      ? `lapses ${utc(lapsesAt)}`
      : closedAt
        ? `closed ${utc(closedAt)}`
        : endsAt
          ? `ends ${utc(endsAt)}`
          : '-',
});

const rowOf = ({
  id,
  requester,
  entitlement,
  minutes,
  state,
  openedAt,
  lapsesAt,
  endsAt,
  closedAt,
}: RequestSummary) => ({
  id,
  requester,
  entitlement,
  minutes,
  state,
  opened_at: rfc3339(openedAt),
  lapses_at: rfc3339(lapsesAt),
  ends_at: rfc3339(endsAt),
  closed_at: rfc3339(closedAt),
});

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError('The limit is a whole number from 1 to 500.');
}

function parseBefore(text: string): RequestId {
  const request = parseRequestId(text);
  if (request.ok) return request.value;
  throw new InvalidArgumentError(
    'The value is a complete request id, as "curfew list" prints it after More.',
  );
}
