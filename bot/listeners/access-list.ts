import { LIMITS } from '../../core/limits.ts';
import type { BotDeps } from '../deps.ts';
import type { Caller } from '../slack-inbox.ts';
import { readRequestPage } from '../../requests/view.ts';
import { section } from '../blocks/elements.ts';
import { lists } from '../blocks/lists.ts';
import type { RenderedMessage } from '../blocks/request-card.ts';
import { unknownPersonText } from '../../wording/refusals.ts';

/** What this person has and what they may ask for, for their eyes only. */
export async function listing(deps: BotDeps, caller: Caller): Promise<RenderedMessage> {
  const person = await deps.inbox.personOf(caller);
  const unreadable = await deps.policy.problem();
  if (!person) {
    const text = unknownPersonText(unreadable);
    return { text, blocks: [section(text)] };
  }
  const open = await readRequestPage(deps, {
    requester: person,
    states: ['pending', 'granting', 'active', 'revoking'],
    limit: LIMITS.openRequestsPerPerson,
  });
  return lists(open, unreadable ?? (await deps.policy.requestableBy(person)));
}
