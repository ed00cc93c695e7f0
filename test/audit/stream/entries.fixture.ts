import { activityOf } from '../../../audit/stream/activity.ts';
import type { Activity } from '../../../audit/stream/activity.ts';
import { factsIn } from '../../../audit/stream/facts.ts';
import type { Event, EventKind } from '../../../core/request/events.ts';
import { storedEvent } from '../../../ledger/request/event-texts.ts';
import { LOG_NAME } from '../log.fixture.ts';

/** What people and vendors wrote. No record may have it. */
export const SECRET_TEXT = 'because Zoë Smith is ill';
export const REQUEST = 'req_00000000000000000000000001';
export const LEASE = 'lease_00000000000000000000000001_0';
export const AT = Date.parse('2026-11-28T10:00:00.123Z');
const at = AT;
const lease = LEASE;
const requirements = {
  stages: [{ needs: 1, approvers: [{ person: 'bo', because: SECRET_TEXT }] }],
  policy: 'p1',
  lapsesAt: at,
};

/** An event of each kind, without its kind and its time. */
const EVENTS: Readonly<Record<EventKind, object>> = {
  requested: {
    details: {
      ...{ id: REQUEST, requester: 'ana', entitlement: 'orders-db', minutes: 30, targets: ['postgres'] },
      ...{ reasonHash: 'r1', digest: 'd1' },
    },
  },
  judged: { requirements },
  asked: { by: 'bo' },
  answered: { by: 'ana' },
  approved: { by: 'bo', stage: 0, digest: 'd1' },
  'grant-started': { endsAt: at + 1_800_000, leases: [lease] },
  intended: { lease, prior: 'none', level: 'present', subject: 'ana@example.com' },
  granted: { lease, seen: SECRET_TEXT },
  activated: {},
  delivered: { by: 'ana', lease },
  'extension-requested': {
    by: 'ana',
    extension: { minutes: 15, endsAt: at + 2_700_000, reasonHash: 'r2', digest: 'd2' },
    requirements,
  },
  'extension-approved': { by: 'bo', stage: 0, digest: 'd2' },
  'extension-started': { endsAt: at },
  'lease-extended': { lease, endsAt: at, generation: 2, seen: SECRET_TEXT },
  extended: { endsAt: at },
  'extension-closed': { ending: { kind: 'failed', fault: 'provider-refused', why: SECRET_TEXT } },
  'end-adopted': { by: 'dee', endsAt: at },
  undone: { lease, undoneAt: at },
  repaired: { lease, generation: 2, seen: SECRET_TEXT },
  drifted: { lease, change: 'raised', expected: 'none', found: 'admin' },
  'revoke-started': { ending: { kind: 'ended', by: 'bo' } },
  revoked: { lease, seen: SECRET_TEXT, note: SECRET_TEXT },
  tidied: { lease, seen: SECRET_TEXT },
  closed: { ending: { kind: 'voided', why: SECRET_TEXT } },
  refused: { by: 'cy', tried: 'approve', refusal: { code: 'not-an-approver' } },
};

/** Entries of the other types, and one of a type that nobody knows yet. */
const OTHERS: readonly (readonly [type: string, id: string, body: object])[] = [
  ['finding-decision', 'click_1', { finding: 'f1', kind: 'accept', by: 'dee', via: 'slack', seen: null }],
  ['finding-decision', 'click_2', { finding: 'f1', kind: 'remove', by: 'cy', refusal: 'not-security' }],
  ['mass-ending', 'end_1', { scope: { kind: 'person', person: 'ana' }, by: 'dee', needs: 2 }],
  ['mass-ending-lift', 'end_1/dee', { click: 'click_3' }],
  [
    'mass-ending-cut-off',
    'end_1/1',
    { provider: 'github', text: { text: 0, hash: 'h' }, done: [], again: [] },
  ],
  ['log-beginning', LOG_NAME, { previous: null, note: null, by: 'root' }],
  ['quarantine', '1', { reason: 'the ledger was restored' }],
  ['quarantine-end', '1', { reason: 'the ledger was restored', by: 'dee', plan: 'd' }],
  [
    'review',
    'review_1',
    { by: 'dee', title: { text: 0, hash: 'h' }, scope: { person: ['ana'] }, sample: 25 },
  ],
  [
    'review-decision',
    'click_4',
    { review: 'review_1', line: LEASE, kind: 'certify', by: 'bo', via: 'console' },
  ],
  [
    'review-decision',
    'click_5',
    { review: 'review_1', line: LEASE, kind: 'object', by: 'ana', refusal: 'own-access' },
  ],
  ['visit', '1', { by: 'dee', readings: [{ kind: 'page', address: SECRET_TEXT }, { kind: 'export' }] }],
  ['visit', '2', { by: 'dee', readings: [{ kind: 'page', address: SECRET_TEXT }] }],
  ['of-the-future', 'x', { anything: SECRET_TEXT.repeat(20), by: { text: 0, hash: 'h' } }],
];

const entryOfEvent = ([kind, fields]: readonly [string, object], seq: number): object => ({
  at: new Date(at).toISOString(),
  type: 'event',
  id: `${REQUEST}/${seq}`,
  step: `step ${seq}`,
  via: 'slack',
  body: storedEvent({ kind, at, ...fields } as unknown as Event, 'salt').body,
});

export const ENTRIES: readonly object[] = [
  ...Object.entries(EVENTS).map(entryOfEvent),
  ...OTHERS.map(([type, id, body]) => ({ at: new Date(at).toISOString(), type, id, body })),
];

/** The activity of each entry. `level`: what the lease gives. `without`: kinds that the log does not have of the lease. */
export function activitiesOf(
  level = 'present',
  entries = ENTRIES,
  without: readonly string[] = [],
): readonly Activity[] {
  const kinds = (['intended', 'granted'] as const).filter((kind) => !without.includes(kind));
  const known = kinds.map((kind) => entryOfEvent([kind, { ...EVENTS[kind], level }], 6));
  const facts = factsIn([ENTRIES[0], ...known]);
  return entries.map((entry, index) =>
    activityOf(entry, { log: LOG_NAME, index, leafHash: index.toString(16).padStart(64, '0') }, facts),
  );
}
