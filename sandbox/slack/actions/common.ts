/** What all actions share: who can act, and the result when the app does not respond. */
import { formatProblem, type Problem } from '../check.ts';
import type { ActionResult, User } from '../model.ts';
import type { Slack } from '../slack.ts';
import type { Delivery } from '../envelope.ts';
import { no, ok, type Result } from '../../../core/result.ts';

/** Who acts. `forged` skips the checks of Slack's clients, for tests. */
export type ActionContext = Readonly<{ slack: Slack; person: string; forged: boolean }>;

export const impossible = (why: string): ActionResult => ({ kind: 'impossible', why });

/** The user who acts. An error when the user cannot sign in. */
export function actingUser({ slack, person, forged }: ActionContext): Result<User, ActionResult> {
  const { users } = slack.store.state;
  const user = Object.hasOwn(users, person) ? users[person] : undefined;
  if (user === undefined) return no(impossible(`nobody here has the id ${person}`));
  if (forged) return ok(user);
  if (user.kind === 'deactivated') return no(impossible(`${user.real_name}'s account is deactivated`));
  if (user.kind === 'bot') return no(impossible(`${user.real_name} is an app, not a person`));
  return ok(user);
}

/** Slack's message for a modal or button when the app does not respond. */
export const NO_ANSWER_WARNING = 'We had some trouble connecting. Try again?';

export const failed = (
  delivery: Extract<Delivery, { kind: 'unacknowledged' }>,
  warning = NO_ANSWER_WARNING,
): ActionResult => ({
  kind: 'failed',
  code: delivery.code,
  warning,
});

export const problemsOf = (problems: readonly Problem[]): string => problems.map(formatProblem).join('; ');

export const refusedResponse = (detail: string): ActionResult => ({
  kind: 'failed',
  code: 'bad_response',
  warning: `${NO_ANSWER_WARNING} (The app's response was refused: ${detail})`,
});

/** Sends a payload and waits for the acknowledgement. Sends copies when a fault says so. */
export const send = (
  slack: Slack,
  type: 'interactive' | 'slash_commands',
  payload: Readonly<Record<string, unknown>>,
): Promise<Delivery> => slack.sockets.deliver(type, payload, undefined, slack.pendingFaults.copies());
