import { formatDuration } from '../../core/duration.ts';
import type { BotDeps } from '../deps.ts';
import type { Caller } from '../door.ts';
import { readFacts } from '../facts.ts';
import { escaped } from '../text.ts';
import { context, section } from '../views/blocks.ts';
import { type Drawn, mention, standing } from '../views/request-card.ts';
import { refusalText } from '../words.ts';

/** What this person has and what they may ask for, for their eyes only. */
export async function listing(deps: BotDeps, caller: Caller): Promise<Drawn> {
  const person = await deps.door.personOf(caller);
  if (!person) {
    const text = refusalText({ code: 'unknown-person' }, String);
    return { text, blocks: [section(text)] };
  }
  const open = await deps.ledger.listRequests({
    requester: person,
    states: ['pending', 'granting', 'active', 'revoking'],
    limit: 10,
  });
  const facts = (await Promise.all(open.map(({ id }) => readFacts(deps, id)))).flatMap((one) => one ?? []);
  const askable = await deps.policy.askableBy(person);
  return {
    text: `You have ${facts.length} open requests and may ask for ${askable.length} things.`,
    blocks: [
      section('*What you have and wait for*'),
      ...(facts.length === 0
        ? [context('Nothing right now.')]
        : facts.map((each) => section(`*${escaped(each.title)}*: ${standing(each, mention(each.who))}`))),
      section('*What you may ask for*'),
      ...(askable.length === 0
        ? [context('Nothing yet.')]
        : [
            section(
              askable
                .slice(0, 30)
                .map(
                  ({ id, title, longest }) =>
                    `\`/access ${id}\`  ${escaped(title)}, up to ${formatDuration(longest)}`,
                )
                .join('\n'),
            ),
          ]),
    ],
  };
}
