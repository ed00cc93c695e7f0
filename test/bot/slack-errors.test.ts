import { expect, test } from '@jest/globals';
import { isFinal, isMessageGone } from '../../bot/courier/slack-errors.ts';

const answered = (error: string) => Object.assign(new Error(error), { data: { error } });

test.each([
  ...['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
  ...['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope'],
])('%s is never final, because the same message can be accepted later', (code) =>
  expect(isFinal(answered(code), 500)).toBe(false),
);

test('no answer at all is never final', () => expect(isFinal(new Error('no answer'), 500)).toBe(false));

test.each([
  ...['channel_not_found', 'not_in_channel', 'is_archived', 'user_not_found', 'user_not_in_channel'],
  ...['cannot_dm_bot', 'user_disabled', 'messages_tab_disabled', 'restricted_action', 'user_not_visible'],
  ...['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'not_allowed', 'edit_window_closed'],
])('%s is final at once, and the message is not gone', (code) =>
  expect([isFinal(answered(code), 1), isMessageGone(answered(code))]).toEqual([true, false]),
);

test.each(['message_not_found', 'cant_update_message', 'thread_not_found'])(
  '%s says that the message is gone',
  (code) => expect([isFinal(answered(code), 1), isMessageGone(answered(code))]).toEqual([false, true]),
);

test('a code that we do not know is final from the twentieth attempt on', () =>
  expect([19, 20, 21].map((attempt) => isFinal(answered('new_code'), attempt))).toEqual([false, true, true]));
