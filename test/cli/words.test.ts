import { describe, expect, test } from '@jest/globals';
import { refusalText } from '../../wording/refusals.ts';
import { endingText } from '../../wording/phrases.ts';
import { tale } from '../../cli/commands/audit.ts';
import { findingsOf } from '../../cli/commands/doctor.ts';
import { moreOf } from '../../cli/commands/list.ts';
import { fromSlack } from '../../cli/terminal/output.ts';
import type { Instant, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';

const at = Date.UTC(2026, 2, 1, 12) as Instant;
const lease = 'lease_00000000000000000000000000_1' as LeaseId;
const bo = 'bo' as PersonId;

test('what is written for Slack is read at a terminal without its markup', () => {
  const why = 'R&D <b> is *not* a `team`';
  expect(fromSlack(endingText({ kind: 'voided', why }, String))).toBe(`void, because ${why}`);
  expect(fromSlack(refusalText({ code: 'unknown-entitlement', entitlement: '&lt;' }, String))).toBe(
    'There is nothing called “&lt;”. Type "/access" to see what you may ask for.',
  );
  expect(fromSlack(refusalText({ code: 'wrong-state', state: 'active', by: bo, since: at }, String))).toBe(
    'Already approved by bo, 2026-03-01 12:00 UTC. Nothing changed.',
  );
});

describe('the story', () => {
  test.each<[string, Event, string]>([
    [
      'whose intent it is',
      { kind: 'intended', at, lease, prior: 'none', level: 'member', subject: '7' },
      `${lease}: about to give "member" to 7, who had "none" before`,
    ],
    ['whose grant', { kind: 'granted', at, lease, seen: 'member' }, `${lease}: given, and read back: member`],
    ['whose password', { kind: 'delivered', at, lease, by: bo }, `bo took the password of ${lease}`],
    [
      'whose receipt',
      { kind: 'revoked', at, lease, seen: 'none', note: 'late' },
      `${lease}: taken away, and read back: none (late)`,
    ],
    [
      'why somebody was refused',
      { kind: 'refused', at, by: bo, tried: 'approve', refusal: { code: 'own-request' } },
      'bo tried to approve and was refused (own-request): This is your own request. Somebody else has to decide it.',
    ],
    [
      'why it ended, in the words that were written',
      { kind: 'closed', at, ending: { kind: 'voided', why: 'R&D is gone' } },
      'closed: void, because R&D is gone',
    ],
  ])('says %s', (_what, event, said) => {
    expect(tale(event)).toBe(said);
  });
});

test('the next page of a list keeps what was asked for', () => {
  const last = `req_${'0'.repeat(26)}` as RequestId;
  const plain = { limit: 50, output: 'table' } as const;
  expect(moreOf(plain, last)).toBe(`curfew list --before ${last}`);
  expect(moreOf({ ...plain, all: true, person: 'ana', limit: 2 }, last)).toBe(
    `curfew list --all --person ana --limit 2 --before ${last}`,
  );
  expect(moreOf({ ...plain, state: 'pending', waitingFor: 'cy' }, last)).toBe(
    `curfew list --state pending --waiting-for cy --before ${last}`,
  );
});

describe('the doctor says what a provider remarks on its rights', () => {
  const note = 'Rights limited to some groups show as missing.';
  const right = 'iam:AddUserToGroup';
  test.each([
    ['all is well', { ok: true, missing: [], excess: [], note }, [['ok', note]]],
    [
      'all is well, and it has nothing to remark',
      { ok: true, missing: [], excess: [], note: '' },
      [['ok', 'has the rights it needs']],
    ],
    [
      'a right is missing',
      { ok: false, missing: [right], excess: [], note },
      [
        ['broken', `may not: ${right}`],
        ['note', note],
      ],
    ],
    [
      'one is too many',
      { ok: true, missing: [], excess: [right], note },
      [
        ['warning', `may more than it needs: ${right}`],
        ['note', note],
      ],
    ],
  ])('%s', (_when, preflight, said) => {
    expect(findingsOf('aws-iam', preflight).map(({ state, what }) => [state, what])).toEqual(said);
  });
});
