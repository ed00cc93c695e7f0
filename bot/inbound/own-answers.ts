import { LIMITS } from '../../core/limits.ts';
import { OPEN_STATES } from '../../core/request/state.ts';
import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { readRequestPage } from '../../requests/view.ts';
import { phraseMessage, type RenderedMessage } from '../cards/rendered-message.ts';
import { accessListMessage } from '../cards/access-list.ts';
import { strangerPhrase } from './reader.ts';
import { helpMessage, type HelpReader } from '../cards/help.ts';
import type { PersonId } from '../../core/ids.ts';

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

/** The answer to `/access help`, with the commands that fit this person. It asks Slack nothing, so it is there at once. */
export async function answerHelp(deps: BotDeps, caller: SlackCaller): Promise<RenderedMessage> {
  const person = await deps.inbox.personOf(caller);
  return helpMessage(person ? await helpReader(deps, person) : undefined);
}

export async function helpReader({ policy }: BotDeps, person: PersonId): Promise<HelpReader> {
  const requestable = await policy.requestableBy(person);
  return { sight: await policy.sightOf(person), requestable: requestable.map(({ id }) => id) };
}
