import { LIMITS } from '../../core/limits.ts';
import type { BotDeps } from '../deps.ts';
import type { Caller } from '../door.ts';
import { readSome } from '../facts.ts';
import { section } from '../views/blocks.ts';
import { lists } from '../views/lists.ts';
import type { Drawn } from '../views/request-card.ts';
import { strangerText } from '../refusals.ts';

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
