import { describe, expect, test } from '@jest/globals';
import { questionRefusalPhrase } from '../../wording/access-answers.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { endingPhrase } from '../../wording/endings.ts';
import { eventLine } from '../../cli/actions/audit-story.ts';
import { findingsOf } from '../../app/findings.ts';
import { nextPageCommand } from '../../cli/actions/list.ts';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { Instant, LeaseId, Minutes, PersonId, RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';

import { approvedLines } from '../../cli/terminal/targets.ts';
import type { Preflight } from '../../providers/provider.ts';
import type { RequestView } from '../../requests/view.ts';
import { viewAfter } from '../bot/request-view.fixture.ts';
import { ana, approve, confirmGranted, confirmRevoked, end } from '../core/request/request.fixture.ts';

const at = Date.UTC(2026, 2, 1, 12) as Instant;
const lease = 'lease_00000000000000000000000000_1' as LeaseId;
const bo = 'bo' as PersonId;

test('text from elsewhere is printed in a terminal as it was written', () => {
  const why = 'R&D <b> is *not* a `team`';
  expect(terminalText(endingPhrase({ kind: 'voided', why }))).toBe(`void, because ${why}`);
  expect(terminalText(questionRefusalPhrase({ code: 'unknown-entitlement', entitlement: '&lt;' }))).toBe(
    'There is no entitlement “&lt;”. Type "/access list" to see what you can request.',
  );
  expect(terminalText(refusalPhrase({ code: 'wrong-state', state: 'active', by: bo, since: at }))).toBe(
    'Already approved by bo, 2026-03-01 12:00 UTC. Nothing was changed.',
  );
});

describe('the audit trail', () => {
  test.each<[string, Event, string]>([
    [
      'the lease of an intent',
      { kind: 'intended', at, lease, prior: 'none', level: 'member', subject: '7' },
      `Curfew starts to grant “member” to the account “7”, which had “none” before. Lease: ${lease}.`,
    ],
    [
      'the lease of a grant',
      { kind: 'granted', at, lease, seen: 'member' },
      `Granted. The provider shows now: "member". Lease: ${lease}.`,
    ],
    [
      'the lease of a password',
      { kind: 'delivered', at, lease, by: bo },
      `The password was released to bo. Lease: ${lease}.`,
    ],
    [
      'the lease and the note of a receipt',
      { kind: 'revoked', at, lease, seen: 'none', note: 'It was late.' },
      `Access revoked and verified. The provider shows now: "none". Note: "It was late.". Lease: ${lease}.`,
    ],
    [
      'why a person was refused',
      { kind: 'refused', at, by: bo, tried: 'approve', refusal: { code: 'own-request' } },
      'bo tried to approve the request and was refused (own-request). Answer: This is your own request. Somebody else has to decide it.',
    ],
    [
      'why a request ended, exactly as it was written',
      { kind: 'closed', at, ending: { kind: 'voided', why: 'R&D is gone' } },
      'The request is closed: void, because R&D is gone.',
    ],
  ])('shows %s', (_what, event, line) => {
    expect(eventLine(event, { title: 'orders-db', granted: () => 'granted' })).toBe(line);
  });
});

test('an approval prints exactly what was approved (I11)', () => {
  const [target] = viewAfter([]).targets;
  const targets = [{ ...target, plain: 'a login\u202e', permissions: ['member of *r*'], level: 'present' }];
  const view = viewAfter([approve(bo)], { targets: targets as RequestView['targets'] });
  expect(approvedLines(view)).toEqual([
    'Approved: Orders database, read only for ana, 2 h.',
    '  Reason: incident 4312',
    '  a login\u25af (level: present)',
    '    member of *r*',
    '  The login expires. Nobody can log in with it after the end, even when Curfew is down.',
    expect.stringMatching(/^The access ends \d{4}-/),
  ]);
});

test('an approval shows every target, and no control character of what people wrote', () => {
  const targets: RequestView['targets'] = [
    {
      plain: 'a team',
      permissions: ['one\u001b[2J', 'two'],
      cautions: ['a clone stays'],
      atEnd: ['forks are deleted'],
      widens: true,
      level: 'mem\nber',
      enforcement: 'C',
      residualMs: 0,
    },
    {
      plain: 'a login',
      permissions: [],
      cautions: [],
      atEnd: [],
      widens: false,
      level: 'present',
      enforcement: 'C',
      residualMs: 3_600_000,
    },
  ];
  const view = viewAfter([approve(bo)], {
    ...{ title: 'Orders\rdatabase', reason: 'incident\n4312\u202e' },
    targets,
  });
  expect(approvedLines(view).slice(0, -1)).toEqual([
    'Approved: Orders▯database for ana, 2 h.',
    '  Reason: incident▯4312▯',
    '  a team (level: mem▯ber)',
    '    one▯[2J',
    '    two',
    '    Caution: a clone stays',
    '    At the end: forks are deleted',
    '  a login (level: present)',
    '  Curfew ends it. It revokes the access at the end, and tries again until the provider shows that it is gone. While Curfew is down, the access stays.',
    '  A session can outlast the end. One that is open at the end can continue for up to 1 h.',
  ]);
});

test('an approval shows the end of the access until the request is closed', () => {
  const last = (...more: Parameters<typeof viewAfter>[0]) =>
    approvedLines(viewAfter([approve(bo), confirmGranted(), ...more])).at(-1);
  expect(last()).toBe('The access ends 2026-01-05 14:01:00Z.');
  expect(last(end(ana))).toBe('The access ends 2026-01-05 14:01:00Z.');
  expect(last(end(ana), confirmRevoked())).toMatch(/^ {2}The login expires\. /);
});

test('the command for the next page of a list keeps the options', () => {
  const last = `req_${'0'.repeat(26)}` as RequestId;
  const plain = { limit: 50, output: 'table' } as const;
  expect(nextPageCommand(plain, last)).toBe(`curfew list --before ${last}`);
  expect(nextPageCommand({ ...plain, all: true, person: 'ana', limit: 2 }, last)).toBe(
    `curfew list --all --person ana --limit 2 --before ${last}`,
  );
  expect(nextPageCommand({ ...plain, state: { states: ['pending'] }, waitingFor: 'cy' }, last)).toBe(
    `curfew list --state pending --waiting-for cy --before ${last}`,
  );
  expect(
    nextPageCommand(
      {
        ...{ ...plain, state: { endings: ['denied', 'expired'] }, entitlement: 'db' },
        ...{ since: { kind: 'ago', minutes: 1590 as Minutes }, fields: ['id', 'reason'] },
      },
      last,
    ),
  ).toBe(
    `curfew list --state denied,expired --entitlement db --since 1d2h30m --fields id,reason --before ${last}`,
  );
  expect(nextPageCommand({ ...plain, since: { kind: 'at', at } }, last)).toBe(
    `curfew list --since 2026-03-01T12:00:00.000Z --before ${last}`,
  );
});

test.each<[string, Preflight['permissions']]>([
  ['when all is well', []],
  ['after what is missing', [{ severity: 'missing', what: 'a' }]],
])('the doctor shows advice about targets as notes, %s', (_when, permissions) => {
  const found = findingsOf('github', {
    permissions,
    note: 'It answers.',
    advice: ['Prefer b.', 'Prefer c.'],
  });
  expect(found.slice(-2)).toEqual([
    { part: 'github', state: 'note', what: 'Prefer b.' },
    { part: 'github', state: 'note', what: 'Prefer c.' },
  ]);
  expect(found).toHaveLength(permissions.length === 0 ? 3 : 4);
});

describe('the doctor shows what a provider says of its permissions', () => {
  const note = 'Permissions that are limited to some groups show as missing.';
  const right = 'iam:AddUserToGroup';
  test.each<[string, Preflight['permissions'], string, [string, string][]]>([
    ['all is well', [], note, [['ok', note]]],
    ['all is well, and there is no note', [], '', [['ok', 'The credential has the permissions it needs.']]],
    [
      'a permission is missing',
      [{ severity: 'missing', what: right }],
      note,
      [
        ['broken', `misses a permission: ${right}`],
        ['note', note],
      ],
    ],
    [
      'one is missing, one is not needed, and one could not be found out',
      [
        { severity: 'missing', what: 'a' },
        { severity: 'excess', what: 'b' },
        { severity: 'unknown', what: 'c' },
      ],
      '',
      [
        ['broken', 'misses a permission: a'],
        ['warning', 'has more permissions than needed: b'],
        ['warning', 'could not find out: c'],
      ],
    ],
    [
      'a permission is not needed',
      [{ severity: 'excess', what: right }],
      note,
      [
        ['warning', `has more permissions than needed: ${right}`],
        ['note', note],
      ],
    ],
  ])('%s', (_when, permissions, says, expected) => {
    expect(findingsOf('aws-iam', { permissions, note: says })).toEqual(
      expected.map(([state, what]) => ({ part: 'aws-iam', state, what })),
    );
  });
});
