import { describe, expect, test } from '@jest/globals';
import { auditorHome, overviewBlocks } from '../../bot/cards/auditor-home.ts';
import { homeView } from '../../bot/cards/home.ts';
import { paragraph } from '../../bot/cards/elements.ts';
import { listenForHomeTab, redrawHome } from '../../bot/inbound/home-tab.ts';
import type { Entitlement } from '../../policy/index.ts';
import { guestFacts } from '../core/account.fixture.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { code, phrase } from '../../wording/phrase.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { ANA, BO, fakeBot, type FakeBot } from './fake-bot.fixture.ts';

const entitlement = policyOf().entitlements.get('orders-db') as Entitlement;
const none = { newest: [], count: 0 };
const home = {
  person: ana,
  name: 'Ana Ferreira',
  live: none,
  waitingForMe: none,
  myPending: none,
  requestable: [entitlement],
  policyProblem: undefined,
};
const listening = (more: object = {}): FakeBot => {
  const { policy } = fakeBot(undefined).deps;
  const requestableBy = (person: string) => Promise.resolve(person === 'cy' ? [] : [entitlement]);
  const bot = fakeBot(undefined, { policy: { ...policy, requestableBy, ...more } });
  listenForHomeTab(bot.app, bot.deps);
  return bot;
};
const open = ({ send }: FakeBot, user: string, tab = 'home') =>
  send('event', 'app_home_opened', { event: { tab, user }, body: { team_id: 'T1' } });
const published = (user_id: string, view: object) => ['views.publish', { user_id, view }];

test('a Home that is opened shows the requests of its person, and asks the ledger for no more than it shows', async () => {
  const bot = listening();
  await open(bot, ANA);
  expect(bot.calls).toEqual([published(ANA, homeView(home))]);
  expect(bot.filters).toEqual([
    { requester: ana, states: ['granting', 'active', 'revoking'], limit: 6 },
    { waitingFor: ana, limit: 5 },
    { requester: ana, states: ['pending'], limit: 6 },
  ]);
});

test('a Home says why the policy cannot be read', async () => {
  const bot = listening({ problem: () => Promise.resolve('a <tab>') });
  await open(bot, ANA);
  expect(bot.calls).toEqual([published(ANA, homeView({ ...home, policyProblem: 'a <tab>' }))]);
});

test('another tab of the app draws nothing', async () => {
  const bot = listening();
  await open(bot, ANA, 'messages');
  expect(bot.calls).toEqual([]);
});

test('the workspace of the event counts when the person is looked up', async () => {
  const callers: unknown[] = [];
  const bot = fakeBot(undefined, {
    inbox: { personOf: (caller: object) => Promise.resolve((callers.push(caller), null)) },
  });
  listenForHomeTab(bot.app, bot.deps);
  await open(bot, BO);
  expect(callers).toEqual([{ user: BO, team: 'T1', channel: undefined }]);
});

test('somebody whom Curfew does not know reads why, and nothing else', async () => {
  const bot = listening();
  await open(bot, 'U0GIL');
  const blocks = [
    paragraph(
      phrase`Your account is not linked to an active person in Curfew. Ask the operator of Curfew, who keeps ${code('people.yaml')}.`,
    ),
  ];
  expect(bot.calls).toEqual([published('U0GIL', { type: 'home', blocks })]);
});

test('an opening draws one Home, and a change draws only those that were opened, of this person and in an account that is still theirs', async () => {
  const OTHER = 'U0ANAOTHER';
  const known = policyOf();
  const withAccounts = (slack: readonly string[]) => {
    const person = known.directory.people.get(ana);
    const people = new Map(known.directory.people);
    if (person) people.set(ana, { ...person, accounts: { ...person.accounts, slack } });
    return { ...known, directory: { ...known.directory, people } };
  };
  let accounts: readonly string[] = [ANA, OTHER];
  const bot = fakeBot(undefined, {
    policy: { ...fakeBot(undefined).deps.policy, lastKnown: () => Promise.resolve(withAccounts(accounts)) },
    inbox: { personOf: ({ user }: { user: string }) => Promise.resolve(user === BO ? bo : ana) },
  });
  listenForHomeTab(bot.app, bot.deps);
  const drawn = () => bot.calls.splice(0).map(([, call]) => (call as { user_id: string }).user_id);
  for (const user of [ANA, OTHER, BO]) {
    await open(bot, user);
    expect(drawn()).toEqual([user]);
  }
  const redrawn = async (person: typeof ana) => {
    await redrawHome(bot, person, () => Promise.resolve());
    return drawn();
  };
  expect(await redrawn(ana)).toEqual([ANA, OTHER]);
  expect(await redrawn(bo)).toEqual([BO]);
  expect(await redrawn(cy)).toEqual([]);
  accounts = [ANA, 'U0ANATHIRD'];
  expect(await redrawn(ana)).toEqual([ANA]);
});

describe('the Home of an auditor', () => {
  const AT = 1_767_614_400_000;
  const overview = {
    live: { views: [], from: 0, count: 3 },
    pending: { views: [], from: 0, count: 0 },
    closed: { views: [], from: 0, count: 2 },
    refused: { attempts: [], count: 1 },
    nameOf: () => ({ name: '' }),
    at: AT as never,
  };
  const auditor = (requestable: readonly Entitlement[], more: object = {}) => {
    const asked: unknown[] = [];
    const found =
      (count: number) =>
      (...about: readonly unknown[]) => (
        asked.push(about),
        Promise.resolve({ requests: [], attempts: [], count })
      );
    const { policy } = fakeBot(undefined).deps;
    const bot = fakeBot(undefined, {
      policy: {
        ...policy,
        requestableBy: () => Promise.resolve(requestable),
        sightOf: async (person: typeof ana) => ({ ...(await policy.sightOf(person)), isAuditor: true }),
      },
      ledger: {
        liveRequests: found(3),
        requestsClosedLately: found(2),
        attemptsRefusedLately: found(1),
        now: () => Promise.resolve(AT),
      },
      ...more,
    });
    listenForHomeTab(bot.app, bot.deps);
    return { bot, asked };
  };

  test('who requests nothing shows the requests of all', async () => {
    const { bot, asked } = auditor([]);
    await open(bot, ANA);
    expect(bot.calls).toEqual([published(ANA, auditorHome('Ana Ferreira', overview))]);
    const part = { from: 0, most: 8 };
    expect(asked).toEqual([
      ['all', part],
      [86_400_000, part],
      [86_400_000, part],
    ]);
    expect(bot.filters.at(-1)).toEqual({ states: ['pending'], limit: 8 });
  });

  test('whose account is that of a guest is their own', async () => {
    const { bot, asked } = auditor([], { readAccount: () => Promise.resolve(guestFacts(ANA)) });
    await open(bot, ANA);
    expect(bot.calls).toEqual([published(ANA, homeView({ ...home, requestable: [] }))]);
    expect(asked).toEqual([]);
  });

  test('who can request something is their own, with the numbers of all under the greeting', async () => {
    const { bot } = auditor([entitlement]);
    await open(bot, ANA);
    const [greeting, ...rest] = homeView(home).blocks;
    const blocks = [greeting, ...overviewBlocks(overview), ...rest];
    expect(bot.calls).toEqual([published(ANA, { type: 'home', blocks })]);
  });
});
