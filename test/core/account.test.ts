import { expect, test } from '@jest/globals';
import { accountRefusal, isCheckNeeded, unexpectedFlags } from '../../core/account.ts';
import { endsAccess } from '../../core/request/commands.ts';
import { memberFacts } from './account.fixture.ts';

test.each([
  ['slack', 'request', true],
  ['slack', 'approve', true],
  ['slack', 'deliver', true],
  ['slack', 'end', false],
  ['slack', 'withdraw', false],
  ['cli', 'approve', false],
  ['cli', 'end', false],
])('whether Slack must say what the account is: via %s, to %s: %s (I14)', (via, kind, isNeeded) =>
  expect(isCheckNeeded({ via, kind })).toBe(isNeeded),
);

test.each([
  ['end', true],
  ['withdraw', true],
  ['deny', false],
  ['', false],
])('whether a command ends access: "%s": %s', (kind, ends) => expect(endsAccess(kind)).toBe(ends));

test.each([
  ['is_bot_owner', 'unknown'],
  ['was_is_bot', 'unknown'],
  ['is_bot', 'bot'],
  ['is_workflow_bot', 'bot'],
])('an account with the flag %s is refused as: %s (T07)', (flag, why) =>
  expect(accountRefusal(memberFacts('U1', { [flag]: true }), 'U1')).toBe(why),
);

test('the flags that are expected of some members are named nowhere', () => {
  const flags = {
    deleted: true,
    is_admin: true,
    is_owner: true,
    is_primary_owner: true,
    is_email_confirmed: true,
  };
  expect(unexpectedFlags(memberFacts('U1', { ...flags, is_new: true }))).toEqual(['is_new']);
});
