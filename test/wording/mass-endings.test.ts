import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { MassEndingId, PersonId } from '../../core/ids.ts';
import type { EndScope, MassEnding } from '../../core/mass-ending.ts';
import { endingPhrase } from '../../wording/endings.ts';
import {
  contentPhrase,
  elsewhereOf,
  isDone,
  latePhrase,
  lockHoldsPhrase,
  lockPhrase,
  lockStatePhrase,
  massEndingPhrase,
  progressPhrase,
} from '../../wording/mass-endings.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { massEnded, noon } from '../core/request/request.fixture.ts';

const ana: EndScope = { kind: 'person', person: 'ana' as PersonId };
const progress = {
  ...{ scope: null, left: 0, ended: 12, over: 5, granted: 5, unconfirmed: 0 },
  ...{ late: [], lateCount: 0, cutOffs: [], sessions: [] },
};
const massEnding: MassEnding = {
  ...{ id: `end_${'0'.repeat(26)}` as MassEndingId, scope: ana, by: 'sam' as PersonId },
  ...{ reason: 'stolen laptop', at: noon },
};

describe('what would end', () => {
  test.each<[EndScope, { total: number; withAccess: number; granting: number; people: number }, string]>([
    [
      ana,
      { total: 3, withAccess: 2, granting: 0, people: 1 },
      'This ends everything of ana: 3 requests of 1 person, 2 with access and 1 pending.',
    ],
    [
      { kind: 'everything' },
      { total: 1, withAccess: 0, granting: 0, people: 1 },
      'This ends everything: 1 request of 1 person, 1 pending.',
    ],
    [
      ana,
      { total: 1, withAccess: 0, granting: 1, people: 1 },
      'This ends everything of ana: 1 request of 1 person, 1 waiting for a grant.',
    ],
    [
      ana,
      { total: 6, withAccess: 1, granting: 2, people: 1 },
      'This ends everything of ana: 6 requests of 1 person, 1 with access, 2 waiting for a grant and 3 pending.',
    ],
    [
      { kind: 'provider', provider: 'github' },
      { total: 9, withAccess: 9, granting: 0, people: 4 },
      'This ends everything at "github": 9 requests of 4 people, 9 with access.',
    ],
    [
      { kind: 'entitlement', entitlement: 'orders-db' },
      { total: 0, withAccess: 0, granting: 0, people: 0 },
      'This would end everything of "orders-db", but there is nothing to end: nobody has or waits for access there.',
    ],
    [
      { kind: 'leavers', people: ['bo', 'cy'] as PersonId[] },
      { total: 2, withAccess: 2, granting: 0, people: 2 },
      'This ends everything of people who left: bo and cy: 2 requests of 2 people, 2 with access.',
    ],
    [
      { kind: 'leavers', people: [] },
      { total: 1, withAccess: 1, granting: 0, people: 1 },
      'This ends everything of accounts that nobody has: 1 request of 1 person, 1 with access.',
    ],
  ])('%j', (scope, content, expected) => expect(terminalText(contentPhrase(scope, content))).toBe(expected));

  test.each([
    [undefined, 'This makes no lock: people can request this access again, unless another lock holds.'],
    [1, 'Afterwards nothing of it is granted or extended until 1 security person lifts the lock.'],
    [2, 'Afterwards nothing of it is granted or extended until 2 security people lift the lock.'],
  ])('the lock that %s people must lift', (needs, expected) =>
    expect(terminalText(lockPhrase(needs))).toBe(expected),
  );
});

describe('how far it is', () => {
  const late = [{ lease: 'lease_1', provider: 'github', fault: null }];
  test.each([
    [
      progress,
      false,
      'Ended: 5 of 12 requests. Curfew revokes the access of the others and tries again until each provider shows that it is gone.',
    ],
    [
      { ...progress, left: 3, late, lateCount: 1 },
      false,
      'Ended: 5 of 15 requests. Curfew revokes the access of the others and tries again until each provider shows that it is gone. 1 access is late.',
    ],
    [
      { ...progress, ended: 140, late: late.slice(0, 1), lateCount: 135 },
      false,
      'Ended: 5 of 140 requests. Curfew revokes the access of the others and tries again until each provider shows that it is gone. 135 accesses are late.',
    ],
    [
      { ...progress, over: 12, left: 1 },
      false,
      'Ended: 12 of 13 requests. Curfew revokes the access of the others and tries again until each provider shows that it is gone.',
    ],
    [
      { ...progress, over: 12, granted: 12 },
      true,
      'All 12 requests are ended, and their access is revoked and verified.',
    ],
    [
      { ...progress, over: 12, granted: 7, unconfirmed: 2 },
      true,
      'All 12 requests are ended. The access of 7 is revoked and verified. For 2, a grant began and was never confirmed. Verified: nothing of it is left. 3 had no access.',
    ],
    [
      { ...progress, ended: 3, over: 3, granted: 1 },
      true,
      'All 3 requests are ended. The access of 1 is revoked and verified. 2 had no access.',
    ],
    [
      { ...progress, ended: 3, over: 3, granted: 0 },
      true,
      'All 3 requests are ended. No access was granted.',
    ],
    [
      { ...progress, ended: 3, over: 3, granted: 0, unconfirmed: 1 },
      true,
      'All 3 requests are ended. For 1, a grant began and was never confirmed. Verified: nothing of it is left. 2 had no access.',
    ],
    [
      { ...progress, ended: 2, over: 2, granted: 1, unconfirmed: 1 },
      true,
      'All 2 requests are ended. The access of 1 is revoked and verified. For 1, a grant began and was never confirmed. Verified: nothing of it is left.',
    ],
    [{ ...progress, ended: 1, over: 1, granted: 0 }, true, 'The request is ended. No access was granted.'],
    [
      { ...progress, ended: 1, over: 1, granted: 0, unconfirmed: 1 },
      true,
      'The request is ended. Verified: nothing is left of what Curfew began to grant.',
    ],
    [
      { ...progress, ended: 1, over: 1, granted: 1 },
      true,
      'The request is ended, and its access is revoked and verified.',
    ],
    [
      { ...progress, ended: 1, over: 0 },
      false,
      'Curfew is ending the request. It revokes the access and tries again until each provider shows that the access is gone.',
    ],
    [{ ...progress, ended: 0, over: 0 }, true, 'Nothing had to be ended.'],
  ])('%j', (given, done, expected) =>
    expect([isDone(given), terminalText(progressPhrase(given))]).toEqual([done, expected]),
  );

  test('what is late, and what was cut off and has to be undone', () => {
    expect(late.map((each) => terminalText(latePhrase(each)))).toEqual([
      '"lease_1" at "github": it takes longer than a minute',
    ]);
    expect(terminalText(latePhrase({ lease: 'lease_1', provider: 'github', fault: 'HTTP 502' }))).toBe(
      '"lease_1" at "github": HTTP 502',
    );
    expect(elsewhereOf({ ...progress, scope: { kind: 'everything' } })).toEqual([]);
    const cutOff = {
      provider: 'aws-iam',
      seen: '1 access keys are deactivated',
      toUndo: ['Activate AKIA1.'],
    };
    const sessions = [
      { provider: 'postgres', until: null },
      { provider: 'aws-iam', until: noon },
    ];
    expect(
      elsewhereOf({ ...progress, scope: ana, cutOffs: [cutOff], sessions }).map((each) =>
        terminalText(elsewherePhrase(each)),
      ),
    ).toEqual([
      'Cut off at once at "aws-iam": 1 access keys are deactivated. To undo by hand at "aws-iam": Activate AKIA1.',
      'A session at "postgres" that was open at the end can continue for as long as it stays open.',
      'A session at "aws-iam" that was open at the end can continue until 2026-01-05 12:00 UTC.',
      'Access of ana that Curfew did not grant was not changed. "curfew audit held ana" shows it.',
    ]);
  });
});

test('who ended what, and whether the lock holds', () => {
  expect(terminalText(massEndingPhrase(massEnding))).toBe(
    'sam ended everything of ana, 2026-01-05 12:00 UTC: stolen laptop',
  );
  expect(terminalText(lockStatePhrase(massEnding))).toBe('No lock.');
  const lock = { needs: 2, liftedBy: ['bo' as PersonId] };
  expect(terminalText(lockStatePhrase({ lock }))).toBe('Lifted by 1 of 2: bo.');
  expect(terminalText(lockHoldsPhrase({ ...massEnding, lock }))).toBe(
    'sam ended everything of ana, 2026-01-05 12:00 UTC. Nothing of it is granted or extended until the lock is lifted. Lifted by 1 of 2: bo.',
  );
});

test('the ending and the refusals say who ended what', () => {
  expect(terminalText(endingPhrase(massEnded))).toBe('dee ended everything of ana: a stolen laptop');
  const refused = [
    refusalPhrase({ code: 'locked', scope: ana, by: 'sam' as PersonId }),
    refusalPhrase({ code: 'may-not-end-all', why: 'only security may' }),
    refusalPhrase({ code: 'may-not-lift', why: 'it locks your own access' }),
  ];
  expect(refused.map((each) => terminalText(each))).toEqual([
    'sam ended everything of ana, and nothing of it is granted until the lock is lifted. "curfew locks" shows who can lift it.',
    'You may not end this: only security may. Nothing was ended.',
    'You may not lift this lock: it locks your own access.',
  ]);
});
