import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { Event } from '../../core/request/events.ts';
import type { KnownGrants } from '../../core/request/access.ts';
import { type LeaseId, leaseIdOf } from '../../core/ids.ts';
import { eventDetail, eventPhrase, type StoryOf } from '../../wording/events.ts';
import { bo, cy, demand, detailsOf, later, lease, noon, request } from '../core/request/request.fixture.ts';

const at = noon;
const DIGEST = '0123456789abcdef';
const refused = (tried: string): Event => ({
  kind: 'refused',
  at,
  by: bo,
  tried,
  refusal: { code: 'own-request' },
});
const ANSWER = 'Answer: This is your own request. Somebody else has to decide it.';

/** Each event with its sentence, and what an auditor reads besides. */
const TABLE: readonly [Event, string, string][] = [
  [{ kind: 'requested', at, details: detailsOf() }, 'ana requested Orders for 2 h.', ''],
  [
    { kind: 'judged', at, requirements: { ...demand([1, bo], [2, bo, cy]), policy: DIGEST } },
    'The policy requires approval by bo (owns orders-db), then bo (owns orders-db) and cy (owns orders-db). Without it the request lapses 2026-01-05 20:00 UTC.',
    'Policy: 0123456789ab.',
  ],
  [
    { kind: 'approved', at, by: bo, stage: 0, digest: DIGEST },
    'bo approved the request.',
    'Digest: 0123456789ab.',
  ],
  [
    { kind: 'grant-started', at, endsAt: later(120), leases: [lease] },
    'The request is approved. The access ends 2026-01-05 14:00 UTC at the latest.',
    '',
  ],
  [
    { kind: 'intended', at, lease, prior: 'none', level: 'member', subject: '7' },
    'Curfew starts to grant “member” to the account “7”, which had “none” before.',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'granted', at, lease, seen: 'member' },
    'Granted. The provider shows now: "member".',
    `Lease: ${lease}.`,
  ],
  [{ kind: 'activated', at }, 'Access granted and verified: Orders.', ''],
  [{ kind: 'delivered', at, by: bo, lease }, 'The password was released to bo.', `Lease: ${lease}.`],
  [
    { kind: 'undone', at, lease, undoneAt: later(121) },
    'While the ledger was unavailable, Curfew revoked the access without it 2026-01-05 14:01 UTC.',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'repaired', at, lease, generation: 2, seen: 'ana has write' },
    'The provider showed access that differs from the ledger, perhaps because an earlier write by Curfew took effect late. Curfew corrected it. The provider shows now: ana has write.',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'paused', at } as unknown as Event,
    'Something happened that a newer version of Curfew recorded: "paused".',
    '',
  ],
  [
    { kind: 'revoke-started', at, ending: { kind: 'ended', by: bo } },
    'Curfew revokes the access: ended by bo.',
    '',
  ],
  [
    { kind: 'revoked', at, lease, seen: 'none' },
    'Access revoked and verified. The provider shows now: "none".',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'revoked', at, lease, seen: 'none', note: 'It was late.' },
    'Access revoked and verified. The provider shows now: "none". Note: "It was late.".',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'drifted', at, lease, change: 'lowered', expected: 'write', found: 'none' },
    'Somebody lowered the access by hand: the ledger expected “write”, and the provider showed “none”. Curfew does not grant it again.',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'drifted', at, lease, change: 'raised', expected: 'write', found: 'admin' },
    'Somebody raised the access by hand: the ledger expected “write”, and the provider showed “admin”. Curfew also revokes the higher level when the access ends.',
    `Lease: ${lease}.`,
  ],
  [
    {
      kind: 'revoked',
      at,
      lease,
      seen: 'none',
      note: 'It was late.',
      drift: { change: 'raised', expected: 'write', found: 'admin' },
    },
    'Access revoked and verified. The provider shows now: "none". Note: "It was late.". Somebody raised the access by hand: the ledger expected “write”, and the provider showed “admin”.',
    `Lease: ${lease}.`,
  ],
  [
    { kind: 'tidied', at, lease, seen: 'no role', note: 'It owned a table.' },
    'What the access had left is cleaned up. The provider shows now: "no role". Note: "It owned a table.".',
    `Lease: ${lease}.`,
  ],
  [{ kind: 'closed', at, ending: { kind: 'expired' } }, 'The request is closed: expired.', ''],
  [
    { ...refused('approve'), by: null } as Event,
    'An unknown person tried to approve the request and was refused (own-request).',
    ANSWER,
  ],
  [refused('request'), 'bo tried to request access and was refused (own-request).', ANSWER],
  [refused('approve'), 'bo tried to approve the request and was refused (own-request).', ANSWER],
  [refused('deny'), 'bo tried to deny the request and was refused (own-request).', ANSWER],
  [refused('withdraw'), 'bo tried to withdraw the request and was refused (own-request).', ANSWER],
  [refused('end'), 'bo tried to end the access and was refused (own-request).', ANSWER],
  [refused('deliver'), 'bo tried to see the password and was refused (own-request).', ANSWER],
  [refused('dance'), 'bo tried to "dance" and was refused (own-request).', ANSWER],
];

describe('an ending as a sentence, after what was granted', () => {
  const failed = { kind: 'grant-failed', fault: 'log-behind' } as const;
  const told = (event: Event, granted: ReturnType<KnownGrants>): string =>
    terminalText(eventPhrase(event, { title: 'Orders', granted: () => granted }));
  test.each<[ReturnType<KnownGrants>, RegExp, string]>([
    [
      'never-granted',
      /^Nothing was granted: the access could not be granted \(The approval is not in a published/,
      'Nothing of this access was written to the provider: "none".',
    ],
    [
      'unconfirmed',
      /^Curfew revokes what may have been granted: the access could not be granted/,
      'Verified: nothing is left of what Curfew began to grant. The provider shows now: "none".',
    ],
    [
      'granted',
      /^Curfew revokes the access: the access could not be granted/,
      'Access revoked and verified. The provider shows now: "none".',
    ],
  ])('%s', (granted, started, receipt) => {
    expect(told({ kind: 'revoke-started', at, ending: failed }, granted)).toMatch(started);
    expect(told({ kind: 'revoked', at, lease, seen: 'none' }, granted)).toBe(receipt);
  });
});

test('a receipt tells of its own lease, and not of what was granted elsewhere', () => {
  const [first, middle, last] = [0, 1, 2].map((target) => leaseIdOf(request, target)) as [
    LeaseId,
    LeaseId,
    LeaseId,
  ];
  const known = new Map([
    [first, 'granted'],
    [middle, 'never-granted'],
    [last, 'unconfirmed'],
  ] as const);
  const story: StoryOf = { title: 'Orders', granted: (each) => (each && known.get(each)) ?? 'granted' };
  const receipt = (each: LeaseId): Event => ({ kind: 'revoked', at, lease: each, seen: 'none' });
  expect([...known.keys()].map((each) => terminalText(eventPhrase(receipt(each), story)))).toEqual([
    expect.stringMatching(/^Access revoked and verified\./),
    expect.stringMatching(/^Nothing of this access was written to the provider: /),
    expect.stringMatching(/^Verified: nothing is left of what Curfew began to grant\./),
  ]);
});

describe('an event as a sentence, and its detail', () => {
  test.each(TABLE)('%j', (event, sentence, detail) => {
    expect(terminalText(eventPhrase(event, { title: 'Orders', granted: () => 'granted' }))).toBe(sentence);
    expect(terminalText(eventDetail(event))).toBe(detail);
  });
});
