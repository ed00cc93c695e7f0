// What the error codes of Slack's Web API mean for us. The codes are those that Slack documents for chat.postMessage, chat.update,
// conversations.open and users.info (https://docs.slack.dev/reference/methods).

/** The place does not exist or is closed to Curfew: the same message is never accepted. */
const FINAL = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'user_not_found',
  'user_not_in_channel',
  'cannot_dm_bot',
  'user_disabled',
  'messages_tab_disabled',
  'restricted_action',
  'user_not_visible',
  'invalid_blocks',
  'msg_too_long',
  'msg_blocks_too_long',
  'not_allowed',
  'edit_window_closed',
]);
/**
 * Slack is busy, or somebody must mend Curfew's access to Slack. The same message is accepted afterwards, however long that
 * takes.
 */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'access_denied',
  'accesslimited',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
]);
const MESSAGE_IS_GONE = new Set(['message_not_found', 'cant_update_message', 'thread_not_found']);
const NO_SUCH_ACCOUNT = new Set(['user_not_found', 'users_not_found', 'user_not_visible']);
/** A refusal with a code that we do not know counts as final from this attempt on. The attempts until then take about an hour. */
const MOST_REFUSALS = 20;

/** The code of Slack's answer; empty when Slack did not answer. */
export const slackErrorCode = (error: unknown): string =>
  (error as { data?: { error?: string } }).data?.error ?? '';

/**
 * Slack's own failures, of which it says that some aspect of the call may have succeeded before
 * (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
 */
const PERHAPS_DONE = new Set(['', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

/** Slack did not answer, or failed while it worked, so the message may be there. */
export const mayBePosted = (error: unknown): boolean => PERHAPS_DONE.has(slackErrorCode(error));

/** Slack will never accept this message, as far as anybody knows in this attempt. The first attempt is 1. */
export function isFinal(error: unknown, attempt: number): boolean {
  const code = slackErrorCode(error);
  const isUnknown = code !== '' && !PASSING.has(code);
  return FINAL.has(code) || (isUnknown && attempt >= MOST_REFUSALS);
}

/** The message that should be updated does not exist any more. */
export const isMessageGone = (error: unknown): boolean => MESSAGE_IS_GONE.has(slackErrorCode(error));

/** A definite answer: there is no such account, or Curfew may not see it. */
export const isNoSuchAccount = (error: unknown): boolean => NO_SUCH_ACCOUNT.has(slackErrorCode(error));

/** The wait that Slack states in a rate limit error, in milliseconds. */
export function retryAfterOf(error: unknown): number | undefined {
  const { retryAfter } = error as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? retryAfter * 1000 : undefined;
}
