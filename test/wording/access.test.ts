import { expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { GrantedAccess } from '../../core/request/access.ts';
import type { GrantWait } from '../../core/request/grant-wait.ts';
import { accessOverLine, accessOverPhrase } from '../../wording/access.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { grantWaitWords } from '../../wording/grant-wait.ts';

test.each<[access: GrantedAccess, sentence: string, line: string | undefined]>([
  [{ kind: 'never-granted' }, 'No access was granted.', undefined],
  [
    { kind: 'unconfirmed' },
    'Curfew began to grant the access and never confirmed it. Verified: nothing of it is left.',
    'Verified: nothing is left of what Curfew began to grant.',
  ],
  [
    { kind: 'granted', targets: 2, of: 2 },
    'The access to Orders was revoked and verified.',
    'Access revoked and verified.',
  ],
  [
    { kind: 'granted', targets: 1, of: 2 },
    'The access to Orders at 1 of 2 targets was revoked and verified.',
    'Access at 1 of 2 targets revoked and verified.',
  ],
  [
    { kind: 'unreceipted', targets: 1 },
    'No receipt says that the access to Orders is gone at 1 target.',
    'No receipt says that the access is gone at 1 target.',
  ],
  [
    { kind: 'unreceipted', targets: 2 },
    'No receipt says that the access to Orders is gone at 2 targets.',
    'No receipt says that the access is gone at 2 targets.',
  ],
])('access that is over, in a sentence and on a line of a history: %j', (access, sentence, line) => {
  const over = accessOverLine(access);
  expect([terminalText(accessOverPhrase(access, 'Orders')), over && terminalText(over)]).toEqual([
    sentence,
    line,
  ]);
});

test.each<[GrantWait, string]>([
  [{ kind: 'log' }, 'the audit log'],
  [{ kind: 'rate', provider: 'github' }, 'its turn at github'],
  [{ kind: 'vendor', provider: 'github' }, 'github, which does not answer'],
  [{ kind: 'person', provider: 'github' }, 'the person, at github'],
  [{ kind: 'other', fault: 'clocks-differ' }, 'clocks-differ'],
])('what a grant waits for, in a list: %j', (wait, words) => expect(grantWaitWords(wait)).toBe(words));

test('a cut-off that leaves nothing to undo says nothing of it', () =>
  expect(
    terminalText(elsewherePhrase({ kind: 'cut-off', provider: 'github', seen: 'no session', toUndo: [] })),
  ).toBe('Cut off at once at "github": no session.'));
