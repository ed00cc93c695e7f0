import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { PersonId } from '../../core/ids.ts';
import type { BotDeps } from '../deps.ts';
import { personNames } from '../../requests/view.ts';
import { homeView } from '../blocks/home.ts';
import { NO_ROWS, readHomeParts, type ShownRows, shownRows } from '../home-rows.ts';
import { paragraph } from '../blocks/elements.ts';
import { strangerPhrase } from './stranger.ts';

/** A Home that was opened since this process started. A change of a request draws only these again. */
type OpenedHome = Readonly<{ accounts: ReadonlySet<string>; shown: ShownRows }>;

const openedBy = new Map<PersonId, OpenedHome>();

export function listenForHomeTab(app: App, deps: BotDeps): void {
  app.event('app_home_opened', async ({ event, client, body }) => {
    if (event.tab !== 'home') return;
    const person = await deps.inbox.personOf({ user: event.user, team: body.team_id, channel: undefined });
    if (person) {
      const accounts = new Set(openedBy.get(person)?.accounts).add(event.user);
      openedBy.set(person, { accounts, shown: NO_ROWS });
      return publishHome({ deps, client }, person, [event.user]);
    }
    const blocks = [paragraph(await strangerPhrase(deps, event.user))];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
}

type Tools = Readonly<{ deps: BotDeps; client: WebClient }>;

/** Draws the Homes again that a person opened before, in each account that is still theirs. */
export async function redrawHome(tools: Tools, person: PersonId): Promise<void> {
  const set = await tools.deps.policy.lastKnown();
  const theirs = set?.directory.people.get(person)?.accounts['slack'] ?? [];
  const opened = theirs.filter((account) => openedBy.get(person)?.accounts.has(account));
  if (opened.length > 0) await publishHome(tools, person, opened);
}

/** Draws a person's Home from the ledger, in these accounts. */
async function publishHome(
  { deps, client }: Tools,
  person: PersonId,
  accounts: readonly string[],
): Promise<void> {
  const { name } = personNames(await deps.policy.lastKnown())(person);
  const parts = await readHomeParts(deps, person, openedBy.get(person)?.shown ?? NO_ROWS);
  const view = homeView({
    person,
    name,
    ...parts,
    requestable: await deps.policy.requestableBy(person),
    policyProblem: await deps.policy.problem(),
  });
  await Promise.all(accounts.map((account) => client.views.publish({ user_id: account, view })));
  const opened = openedBy.get(person);
  if (opened) openedBy.set(person, { ...opened, shown: shownRows(parts) });
}
