import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { PersonId } from '../../core/ids.ts';
import type { BotDeps } from '../deps.ts';
import { readRequestPage, personNames } from '../../requests/view.ts';
import { home, SHOWN } from '../blocks/home.ts';
import { unknownPersonText } from '../../wording/refusals.ts';
import { section } from '../blocks/elements.ts';

/** People whose Home is on a screen somewhere: only theirs is redrawn unasked. */
const opened = new Set<PersonId>();

export function homeTab(app: App, deps: BotDeps): void {
  app.event('app_home_opened', async ({ event, client, body }) => {
    if (event.tab !== 'home') return;
    const person = await deps.inbox.personOf({ user: event.user, team: body.team_id, channel: undefined });
    if (person) return publishHome(deps, client, person, { asked: true });
    const text = unknownPersonText(await deps.policy.problem());
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
  const { slack, name } = personNames(await deps.policy.lastKnown())(person);
  if (!slack) return;
  const view = home({
    person,
    name,
    live: await readRequestPage(deps, {
      requester: person,
      states: ['granting', 'active', 'revoking'],
      limit: SHOWN,
    }),
    waitingForMe: await readRequestPage(deps, { waitingFor: person, limit: SHOWN }),
    mine: await readRequestPage(deps, { requester: person, states: ['pending'], limit: SHOWN }),
    askable: await deps.policy.requestableBy(person),
    unreadable: await deps.policy.problem(),
  });
  await client.views.publish({ user_id: slack, view });
}
