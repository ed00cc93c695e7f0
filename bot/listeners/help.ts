import type { BotDeps } from '../deps.ts';
import type { SlackCaller } from '../slack-inbox.ts';
import { helpMessage, type HelpReader } from '../blocks/help.ts';
import type { RenderedMessage } from '../blocks/rendered-message.ts';
import type { PersonId } from '../../core/ids.ts';

/** The answer to `/access help`, with the commands that fit this person. It asks Slack nothing, so it is there at once. */
export async function answerHelp(deps: BotDeps, caller: SlackCaller): Promise<RenderedMessage> {
  const person = await deps.inbox.personOf(caller);
  return helpMessage(person ? await helpReader(deps, person) : undefined);
}

export async function helpReader({ policy }: BotDeps, person: PersonId): Promise<HelpReader> {
  const requestable = await policy.requestableBy(person);
  return { sight: await policy.sightOf(person), requestable: requestable.map(({ id }) => id) };
}
