import { spellDuration } from '../../core/duration.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { ListedRequest } from '../../ledger/index.ts';
import { endingPhrase } from '../../wording/endings.ts';
import { grantWaitWords } from '../../wording/grant-wait.ts';
import { terminalText } from '../terminal/phrase.ts';
import { shortOf } from '../../core/ids.ts';
import { STATE_STYLES } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';
import { type FieldName, rowOf } from './fields.ts';

/** The columns for people. On a narrow terminal the reason is left out first, and who was or is asked after it. */
export const COLUMNS: readonly Column<ListedRequest>[] = [
  { heading: 'REQUEST', text: ({ id }) => shortOf(id), style: () => 'bold' },
  { heading: 'WHO', text: ({ requester }) => requester, least: 6 },
  { heading: 'WHAT', text: ({ entitlement }) => entitlement, least: 10 },
  { heading: 'LENGTH', text: ({ minutes }) => spellDuration(minutes), leftOut: 1 },
  { heading: 'STATE', text: stateWord, style: ({ state }) => STATE_STYLES[state] },
  { heading: 'WAITS FOR', text: waitText, least: 10, isOptional: true },
  { heading: 'UNTIL (UTC)', text: untilText },
  { heading: 'APPROVER', text: approverText, least: 8, leftOut: 3 },
  { heading: 'HOW IT ENDED', text: endingText, least: 16, isOptional: true, leftOut: 2 },
  { heading: 'REASON', text: ({ reason }) => reason ?? '(erased)', least: 12, leftOut: 4 },
];

/** The columns of `--fields`: the same values as for programs, in one line each. */
export const fieldColumns = (names: readonly FieldName[]): readonly Column<ListedRequest>[] =>
  names.map((name) => ({
    heading: name.toUpperCase().replaceAll('_', ' '),
    text: (request) => fieldText(request, name),
    ...(name === 'state' ? { style: ({ state }: ListedRequest) => STATE_STYLES[state] } : {}),
  }));

function fieldText(request: ListedRequest, name: FieldName): string | null {
  if (name === 'ending') return endingText(request);
  if (name === 'waits_for') return waitText(request);
  const value = rowOf(request, [name])[name] ?? null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** The state of an open request; of a closed one the way in which it ended. `--state` takes the same words. */
function stateWord({ state, ending }: ListedRequest): string {
  return state === 'closed' && ending !== null ? ending.kind : state;
}

/** For what an approved grant waits. */
function waitText({ wait }: ListedRequest): string | null {
  return wait && grantWaitWords(wait);
}

/** When a pending request lapses, an access ends, or when a request was closed. */
function untilText({ state, lapsesAt, endsAt, closedAt }: ListedRequest): string | null {
  const until = state === 'pending' ? lapsesAt : (closedAt ?? endsAt);
  return until === null ? null : minute(until);
}

/** Who approved it; while it is pending, who has approved and who still can. */
function approverText({ state, requester, approvers, approvedBy }: ListedRequest): string | null {
  const given = approvedBy.join(' and ');
  if (state !== 'pending') return given === '' ? null : given;
  const asked = approvers.filter((each: PersonId) => each !== requester && !approvedBy.includes(each));
  const open = asked.join(' or ');
  return [given, open].filter((part) => part !== '').join(', then ') || null;
}

function endingText({ ending, denial }: ListedRequest): string | null {
  if (ending === null) return null;
  const how = terminalText(endingPhrase(ending));
  return denial === null ? how : `${how}: ${denial}`;
}

/** A time in UTC, to the minute. The heading of its column says UTC. */
const minute = (at: Instant): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
