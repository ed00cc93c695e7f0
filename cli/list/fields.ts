import { InvalidArgumentError } from 'commander';
import type { ListedRequest } from '../../ledger/index.ts';
import { rfc3339, type Row, type Value } from '../terminal/output.ts';
import { unknownWord } from './filter-options.ts';

/** The fields of a request for programs, by their stable names, in their order. */
const FIELDS = {
  id: ({ id }) => id,
  requester: ({ requester }) => requester,
  entitlement: ({ entitlement }) => entitlement,
  minutes: ({ minutes }) => minutes,
  state: ({ state }) => state,
  opened_at: ({ openedAt }) => rfc3339(openedAt),
  lapses_at: ({ lapsesAt }) => rfc3339(lapsesAt),
  ends_at: ({ endsAt }) => rfc3339(endsAt),
  closed_at: ({ closedAt }) => rfc3339(closedAt),
  approvers: ({ approvers }) => approvers,
  approved_by: ({ approvedBy }) => approvedBy,
  reason: ({ reason }) => reason,
  ending: ({ ending }) => ending,
  ended_by: ({ ending }) => (ending && 'by' in ending ? ending.by : null),
  denial: ({ denial }) => denial,
  waits_for: ({ wait }) => wait,
} as const satisfies Readonly<Record<string, (request: ListedRequest) => Value>>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** Reads `--fields`: names of fields, separated by commas. */
export const parseFields = (text: string): readonly FieldName[] =>
  text.split(',').map((written) => {
    const name = written.trim();
    if (isFieldName(name)) return name;
    throw new InvalidArgumentError(unknownWord('field', name, FIELD_NAMES));
  });

const isFieldName = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

/** The request with these fields only. */
export const rowOf = (request: ListedRequest, names: readonly FieldName[] = FIELD_NAMES): Row =>
  Object.fromEntries(names.map((name) => [name, FIELDS[name](request)]));
