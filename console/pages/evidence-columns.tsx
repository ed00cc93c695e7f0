import type { Child } from 'hono/jsx';
import type { EvidenceName } from '../../audit/evidence/questions.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { AuditRow } from '../../ledger/index.ts';
import { targetWords } from '../../wording/target-name.ts';
import { Entitlement, type Names, Person, RequestLink } from '../parts/names.tsx';
import { People } from '../parts/request-columns.tsx';
import type { Column } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';

/** The fields of each answer that the page shows, with their headings. The folder has every field. */
const FIELDS: Readonly<Record<EvidenceName, Readonly<Record<string, string>>>> = {
  grants: {
    ...{ at: 'Since', until: 'Until', planned_end: 'Approved end', person: 'Who', entitlement: 'What' },
    ...{ target_name: 'Target', approved_by: 'Approved by', request_id: 'Evidence' },
  },
  approvals: {
    ...{ at: 'When', person: 'Approved by', requester: 'Requester', entitlement: 'What', approved: 'Kind' },
    ...{ via: 'Via', account: 'Account', request_id: 'Evidence' },
  },
  'self-approvals': { at: 'When', person: 'Who', entitlement: 'What', request_id: 'Evidence' },
  pairs: { person: 'Who', other: 'And', approved: 'Approved', was_approved: 'Was approved', at: 'Last' },
  refusals: {
    ...{ at: 'When', person: 'Who', tried: 'Tried', code: 'Refused', entitlement: 'What' },
    request_id: 'Evidence',
  },
  overstays: {
    ...{ planned_end: 'Approved end', until: 'Until', seconds: 'Seconds', person: 'Who' },
    ...{ entitlement: 'What', target_name: 'Target', request_id: 'Evidence' },
  },
  drift: {
    ...{ at: 'When', kind: 'Event', person: 'Who', target_name: 'Target', expected: 'Expected' },
    ...{ found: 'Found', request_id: 'Evidence' },
  },
  findings: {
    ...{ at: 'First seen', provider: 'Provider', target_name: 'Target', account_name: 'Account' },
    ...{ level: 'Level', state: 'State', closed_by: 'Decided by' },
  },
  decisions: {
    ...{ at: 'When', person: 'Who', decision: 'Decision', refused: 'Refused', target_name: 'Target' },
    account_name: 'Account',
  },
  endings: { at: 'When', person: 'Who', scope: 'Scope', scope_name: 'Of', requests: 'Requests' },
  policies: { at: 'First used', last_at: 'Last used', judged: 'Judged', id: 'Policy' },
  readings: { at: 'When', person: 'Who', kind: 'Kind', address: 'Address' },
  purges: { at: 'When', person: 'Who', before_at: 'Made before', requests: 'Requests', entries: 'Entries' },
};

const TIMES = ['at', 'until', 'planned_end', 'last_at', 'before_at'];
const PEOPLE = ['person', 'requester', 'other', 'closed_by'];

/** The columns of an answer. */
export const evidenceColumns = (
  name: EvidenceName,
  names: Names,
  zone: string,
): readonly Column<AuditRow>[] =>
  Object.entries(FIELDS[name]).map(([field, heading]) => ({
    name: heading,
    // Whoever purges is a login of the operating system.
    of: (row) => cell(field, row[field] ?? null, { names: name === 'purges' ? undefined : names, zone }),
  }));

type Shown = Readonly<{ names: Names | undefined; zone: string }>;

function cell(field: string, value: AuditRow[string], { names, zone }: Shown): Child {
  if (value === null) return field === 'until' ? 'still held' : '';
  if (TIMES.includes(field)) return <Time at={Date.parse(String(value)) as Instant} zone={zone} seconds />;
  if (field === 'request_id') return <RequestLink id={String(value)} />;
  if (field === 'target_name') return oneLine(targetWords(String(value)));
  if (names && Array.isArray(value)) return <People ids={value as readonly PersonId[]} names={names} />;
  if (names && PEOPLE.includes(field)) return <Person id={String(value) as PersonId} names={names} />;
  if (names && field === 'entitlement') return <Entitlement id={String(value)} names={names} />;
  return oneLine(String(value));
}
