import { LIMITS } from '../../core/limits.ts';
import type { BotDeps } from '../deps.ts';
import type { Caller } from '../../inbox/receive.ts';
import { readSome } from '../../requests/view.ts';
import { section } from '../blocks/elements.ts';
import { lists } from '../blocks/lists.ts';
import type { Drawn } from '../blocks/request-card.ts';
import { strangerText } from '../../wording/refusals.ts';

/** What this person has and what they may ask for, for their eyes only. */
export async function listing(deps: BotDeps, caller: Caller): Promise<Drawn> {
  const person = await deps.door.personOf(caller);
  const unreadable = await deps.policy.unreadable();
  if (!person) {
    const text = strangerText(unreadable);
    return { text, blocks: [section(text)] };
  }
  const open = await readSome(deps, {
    requester: person,
    states: ['pending', 'granting', 'active', 'revoking'],
    limit: LIMITS.openRequestsPerPerson,
  });
  return lists(open, unreadable ?? (await deps.policy.askableBy(person)));
}
