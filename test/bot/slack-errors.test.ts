import { expect, test } from '@jest/globals';
import { isFinal } from '../../bot/slack-errors.ts';

const answered = (error: string) => Object.assign(new Error(error), { data: { error } });

test.each([
  ...['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
  ...['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope'],
])('%s is never final, because the same message can be accepted later', (code) =>
  expect(isFinal(answered(code), 500)).toBe(false),
);

test('no answer at all is never final', () => expect(isFinal(new Error('no answer'), 500)).toBe(false));

test('an archived channel is final at once', () => expect(isFinal(answered('is_archived'), 1)).toBe(true));

test('a code that we do not know is final from the twentieth attempt on', () =>
  expect([19, 20, 21].map((attempt) => isFinal(answered('new_code'), attempt))).toEqual([false, true, true]));
