import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { PersonId } from '../../core/ids.ts';
import type { BotDeps } from '../deps.ts';
import { mrkdwnWithIds } from '../mrkdwn.ts';
import { readRequestPage, personNames } from '../../requests/view.ts';
import { homeView, HOME_CARDS, HOME_ENTRIES } from '../blocks/home.ts';
import { section } from '../blocks/elements.ts';
import { strangerPhrase } from './stranger.ts';

/** The people who opened their Home since this process started. A change of a request draws only these Homes again. */
const openedBy = new Set<PersonId>();

export function listenForHomeTab(app: App, deps: BotDeps): void {
  app.event('app_home_opened', async ({ event, client, body }) => {
    if (event.tab !== 'home') return;
    const person = await deps.inbox.personOf({ user: event.user, team: body.team_id, channel: undefined });
    if (person) return publishHome({ deps, client }, person, 'always');
    const text = mrkdwnWithIds(await strangerPhrase(deps, event.user));
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section(text)] } });
  });
}

type Tools = Readonly<{ deps: BotDeps; client: WebClient }>;

/** Draws a person's Home from the ledger: always, or only if the person opened it before. */
export async function publishHome(
  { deps, client }: Tools,
  person: PersonId,
  when: 'always' | 'if-opened',
): Promise<void> {
  if (when === 'always') openedBy.add(person);
  if (!openedBy.has(person)) return;
  const { slack, name } = personNames(await deps.policy.lastKnown())(person);
  if (!slack) return;
  const view = homeView({
    person,
    name,
    live: await readRequestPage(deps, {
      requester: person,
      states: ['granting', 'active', 'revoking'],
      limit: HOME_ENTRIES,
    }),
    waitingForMe: await readRequestPage(deps, { waitingFor: person, limit: HOME_CARDS }),
    myPending: await readRequestPage(deps, { requester: person, states: ['pending'], limit: HOME_ENTRIES }),
    requestable: await deps.policy.requestableBy(person),
    policyProblem: await deps.policy.problem(),
  });
  await client.views.publish({ user_id: slack, view });
}
