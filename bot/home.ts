import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { PersonId } from '../core/ids.ts';
import type { Wanted } from '../ledger/index.ts';
import type { BotDeps } from './deps.ts';
import { type Facts, readFacts, whoIn } from './facts.ts';
import { home } from './views/home.ts';
import { refusalText } from './words.ts';
import { section } from './views/blocks.ts';

/** People whose Home is on a screen somewhere: only theirs is redrawn unasked. */
const opened = new Set<PersonId>();

export function homeTab(app: App, deps: BotDeps): void {
  app.event('app_home_opened', async ({ event, client, body }) => {
    if (event.tab !== 'home') return;
    const person = await deps.door.personOf({ user: event.user, team: body.team_id, channel: undefined });
    if (person) return publishHome(deps, client, person, { asked: true });
    const text = refusalText({ code: 'unknown-person' }, String);
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section(text)] } });
  });
}

/** Draws a person's Home from the ledger. Unless they asked for it, only where it was opened before. */
export async function publishHome(
  deps: BotDeps,
  client: WebClient,
  person: PersonId,
  { asked }: { asked: boolean },
): Promise<void> {
  if (asked) opened.add(person);
  if (!opened.has(person)) return;
  const set = await deps.policy.current();
  const { slack, name } = whoIn(set)(person);
  if (!slack) return;
  const facts = async (wanted: Wanted): Promise<readonly Facts[]> => {
    const found = await deps.ledger.listRequests({ limit: 20, ...wanted });
    return (await Promise.all(found.map(({ id }) => readFacts(deps, id)))).flatMap((one) => one ?? []);
  };
  const view = home({
    person,
    name,
    live: await facts({ requester: person, states: ['granting', 'active', 'revoking'] }),
    waitingForMe: await facts({ waitingFor: person }),
    mine: await facts({ requester: person, states: ['pending'] }),
    askable: await deps.policy.askableBy(person),
  });
  await client.views.publish({ user_id: slack, view });
}
