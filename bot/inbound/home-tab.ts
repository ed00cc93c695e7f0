import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { accountRefusal } from '../../core/account.ts';
import type { PersonId } from '../../core/ids.ts';
import type { BotDeps } from '../deps.ts';
import { readAuditorOverview } from '../../requests/auditor-overview.ts';
import { personNames } from '../../requests/view.ts';
import { auditorHome, OVERVIEW_ENTRIES, overviewBlocks } from '../cards/auditor-home.ts';
import { type HomeContent, homeView } from '../cards/home.ts';
import { NO_ROWS, readHomeParts, type ShownRows, shownRows } from './home-rows.ts';
import { paragraph } from '../cards/elements.ts';
import { strangerPhrase } from './reader.ts';

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

/** Draws the Homes again that a person opened before, in each account that is still theirs. Each one waits for its turn. */
export async function redrawHome(
  tools: Tools,
  person: PersonId,
  takeTurn: () => Promise<void>,
): Promise<void> {
  const set = await tools.deps.policy.lastKnown();
  const theirs = set?.directory.people.get(person)?.accounts['slack'] ?? [];
  const opened = theirs.filter((account) => openedBy.get(person)?.accounts.has(account));
  for (const account of opened) {
    await takeTurn();
    await publishHome(tools, person, [account]);
  }
}

/** Draws a person's Home from the ledger, in these accounts. */
async function publishHome(
  { deps, client }: Tools,
  person: PersonId,
  accounts: readonly string[],
): Promise<void> {
  const { name } = personNames(await deps.policy.lastKnown())(person);
  const parts = await readHomeParts(deps, person, openedBy.get(person)?.shown ?? NO_ROWS);
  const content: HomeContent = {
    person,
    name,
    ...parts,
    requestable: await deps.policy.requestableBy(person),
    policyProblem: await deps.policy.problem(),
    mayEndAll: (await deps.policy.securityPeople()).includes(person),
  };
  const { isAuditor } = await deps.policy.sightOf(person);
  const seesAll = isAuditor && (await areMembers(deps, accounts));
  const view = seesAll ? await homeOfAuditor(deps, content) : homeView(content);
  await Promise.all(accounts.map((account) => client.views.publish({ user_id: account, view })));
  const opened = openedBy.get(person);
  if (opened) openedBy.set(person, { ...opened, shown: shownRows(parts) });
}

/** An auditor who has nothing of their own sees the requests of all. Others see their own Home, and the numbers of all. */
async function homeOfAuditor(deps: BotDeps, content: HomeContent): Promise<HomeView> {
  const { name, live, waitingForMe, myPending, requestable } = content;
  const overview = await readAuditorOverview(deps, OVERVIEW_ENTRIES);
  if (requestable.length + live.count + waitingForMe.count + myPending.count === 0)
    return auditorHome(name, overview);
  const { blocks } = homeView(content);
  return { type: 'home', blocks: [...blocks.slice(0, 1), ...overviewBlocks(overview), ...blocks.slice(1)] };
}

/** Whether each of the accounts is that of a member. An auditor whose account became that of a guest sees nothing of others. */
async function areMembers({ readAccount }: BotDeps, accounts: readonly string[]): Promise<boolean> {
  const facts = await Promise.all(
    accounts.map(async (account) => [await readAccount(account), account] as const),
  );
  return facts.every(([each, account]) => accountRefusal(each, account) === undefined);
}
