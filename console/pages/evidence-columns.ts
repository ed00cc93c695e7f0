import type { EvidenceName } from '../../audit/evidence/questions.ts';
import * as cells from '../parts/audit-columns.tsx';

const who = cells.person('Who', 'person');
const when = cells.time('When', 'at');
const what = cells.entitlement('What');

/** The columns of each answer that the page shows. The folder has every field. */
export const EVIDENCE_COLUMNS: Readonly<Record<EvidenceName, cells.Columns>> = {
  grants: cells.columns(
    ...[cells.time('Since', 'at'), cells.time('Until', 'until', 'still held')],
    ...[cells.time('Approved end', 'planned_end'), who, what, cells.target],
    ...[cells.people('Approved by', 'approved_by'), cells.request],
  ),
  approvals: cells.columns(
    ...[when, cells.person('Approved by', 'person'), cells.person('Requester', 'requester'), what],
    ...[cells.text('Kind', 'approved'), cells.text('Channel', 'via'), cells.text('Account', 'account')],
    cells.request,
  ),
  'self-approvals': cells.columns(when, who, what, cells.request),
  pairs: cells.columns(
    ...[who, cells.person('And', 'other'), cells.number('Approved', 'approved')],
    ...[cells.number('Was approved', 'was_approved'), cells.time('Last', 'at')],
  ),
  refusals: cells.columns(
    ...[when, who, cells.text('Tried', 'tried'), cells.text('Refused', 'code'), what, cells.request],
  ),
  overstays: cells.columns(
    ...[cells.time('Approved end', 'planned_end'), cells.time('Until', 'until', 'still held')],
    ...[cells.number('Seconds', 'seconds'), who, what, cells.target, cells.request],
  ),
  drift: cells.columns(
    ...[when, cells.text('Event', 'kind'), who, cells.target, cells.text('Expected', 'expected')],
    ...[cells.text('Found', 'found'), cells.request],
  ),
  findings: cells.columns(
    ...[cells.time('First seen', 'at'), cells.provider, cells.target, cells.text('Account', 'account_name')],
    ...[cells.text('Level', 'level'), cells.findingState, cells.person('Decided by', 'closed_by')],
  ),
  decisions: cells.columns(
    ...[when, who, cells.text('Decision', 'decision'), cells.text('Refused', 'refused'), cells.target],
    cells.text('Account', 'account_name'),
  ),
  'review-decisions': cells.columns(
    ...[when, who, cells.text('Decision', 'decision'), cells.text('Refused', 'refused')],
    ...[cells.text('Line', 'line_id'), cells.text('Review', 'review_id')],
  ),
  endings: cells.columns(when, who, cells.scope, cells.number('Requests', 'requests')),
  policies: cells.columns(
    ...[cells.time('First used', 'at'), cells.time('Last used', 'last_at'), cells.number('Judged', 'judged')],
    cells.code('Policy', 'id'),
  ),
  readings: cells.columns(
    ...[when, who, cells.text('Kind', 'kind'), cells.code('Address', 'address')],
    cells.code('Entry', 'entry'),
  ),
  purges: cells.columns(
    ...[when, cells.text('Who, at the operating system', 'person'), cells.time('Made before', 'before_at')],
    ...[cells.number('Requests', 'requests'), cells.number('Entries', 'entries')],
  ),
};
