import { describe, expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import type { VisibleRequests } from '../../ledger/index.ts';
import type { Sight } from '../../policy/index.ts';
import {
  maySeeAccessOf,
  maySeeHolders,
  maySeeLive,
  maySeeStory,
  type PeopleOfRequest,
  liveVisibleTo,
} from '../../requests/who-may-see.ts';

const [ana, bo, cy, dee, eve, sam] = ['ana', 'bo', 'cy', 'dee', 'eve', 'sam'] as unknown as [
  PersonId,
  PersonId,
  PersonId,
  PersonId,
  PersonId,
  PersonId,
];
/** A request of Ana for `db`, of which Bo was an approver when it was opened. */
const request: PeopleOfRequest = { requester: ana, entitlement: 'db', approvers: [bo] };
const sightOf = (reader: PersonId, more: Partial<Sight> = {}): Sight => ({
  reader,
  isAuditor: false,
  isSecurity: false,
  owns: new Set(),
  approves: new Set(),
  manages: new Set(),
  ...more,
});

type Seen = readonly [holders: boolean, access: boolean, story: boolean, live: boolean];
const ROLES: readonly (readonly [role: string, sight: Sight, seen: Seen])[] = [
  ['a bystander', sightOf(eve), [false, false, false, false]],
  ['its requester', sightOf(ana), [false, true, true, true]],
  ['an approver whom it names', sightOf(bo), [false, false, true, true]],
  [
    'who can approve others of its kind',
    sightOf(dee, { approves: new Set(['db']) }),
    [true, false, false, true],
  ],
  ['the owner of its entitlement', sightOf(cy, { owns: new Set(['db']) }), [true, false, true, true]],
  ['the manager of its requester', sightOf(sam, { manages: new Set([ana]) }), [false, true, false, true]],
  [
    'a security person, who sees what lives and nothing else of it',
    sightOf(eve, { isSecurity: true }),
    [false, false, false, true],
  ],
  ['an auditor', sightOf(eve, { isAuditor: true }), [true, true, true, true]],
  [
    'the owner and approver of another entitlement, and manager of somebody else',
    sightOf(eve, { owns: new Set(['other']), approves: new Set(['third']), manages: new Set([dee]) }),
    [false, false, false, false],
  ],
];

describe('who may see a request, its entitlement and its requester', () => {
  test.each(ROLES)('%s', (_role, sight, expected) =>
    expect([
      maySeeHolders(sight, request.entitlement),
      maySeeAccessOf(sight, request.requester),
      maySeeStory(sight, request),
      maySeeLive(sight, request),
    ]).toEqual(expected),
  );
});

/** What the ledger selects. The test of the ledger holds the SQL to the same rows. */
const isSelected = (
  visible: VisibleRequests,
  { requester, entitlement, approvers }: PeopleOfRequest,
): boolean =>
  visible === 'all' ||
  visible.requesters.includes(requester) ||
  visible.entitlements.includes(entitlement) ||
  approvers.includes(visible.reader);

test('the ledger lists for each reader exactly the live requests that they may see', () => {
  const requests = [ana, bo, dee, eve].flatMap((requester) =>
    ['db', 'other', 'third', 'fourth'].flatMap((entitlement) =>
      [[], [bo], [eve, cy]].map((approvers) => ({ requester, entitlement, approvers })),
    ),
  );
  for (const [, sight] of ROLES)
    expect(requests.filter((each) => isSelected(liveVisibleTo(sight), each))).toEqual(
      requests.filter((each) => maySeeLive(sight, each)),
    );
});
