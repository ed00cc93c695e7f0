import { LIMITS } from '../../core/limits.ts';
import { OPEN_STATES } from '../../core/request/state.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from '../slack-inbox.ts';
import { readRequestPage } from '../../requests/view.ts';
import { phraseMessage } from '../blocks/phrase-message.ts';
import { accessListMessage } from '../blocks/access-list.ts';
import type { RenderedMessage } from '../blocks/rendered-message.ts';
import { strangerPhrase } from './stranger.ts';

/** The answer to `/access list`, which only this person sees. */
export async function answerAccessList(deps: BotDeps, caller: SlackCaller): Promise<RenderedMessage> {
  const person = await deps.inbox.personOf(caller);
  if (!person) return phraseMessage([await strangerPhrase(deps, caller.user)]);
  const policyProblem = await deps.policy.problem();
  const open = await readRequestPage(deps, {
    requester: person,
    states: OPEN_STATES,
    limit: LIMITS.openRequestsPerPerson,
  });
  return accessListMessage(open, policyProblem ?? (await deps.policy.requestableBy(person)));
}
