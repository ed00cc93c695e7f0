import { join } from 'node:path';
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { BotDeps } from '../../bot/deps.ts';
import { BLANK } from '../../core/request/state.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { no, ok } from '../../core/result.ts';
import { memberFacts } from '../core/account.fixture.ts';
import { ana, bo, later, noon } from '../core/request/request.fixture.ts';
import { anyTarget } from '../policy/quickstart.fixture.ts';

/** Slack accounts of the quickstart. */
export const ANA: string = 'U0ANAFERR1';
export const BO: string = 'U0BOLIND01';

type Kind = 'action' | 'view' | 'options' | 'command' | 'event' | 'shortcut';
type Listener = Readonly<{
  kind: Kind;
  match: string | RegExp | Readonly<{ callback_id: string }>;
  handle: (args: object) => Promise<void>;
}>;
export type Call = readonly [what: string, ...with_: readonly unknown[]];

/** A bot without a server, for its listeners. Everything that they do is in `calls`, in order. */
export type FakeBot = Readonly<{
  app: App;
  client: WebClient;
  deps: BotDeps;
  calls: Call[];
  filters: RequestFilter[];
  /** Calls the listeners of this id, as Bolt does. Returns how many there are. */
  send(kind: Kind, id: string, args?: object): Promise<number>;
}>;

/** The name of a form is another one each time. */
export const withoutForm = (args: object): object =>
  JSON.parse(JSON.stringify(args), (field, value: unknown) =>
    field === 'private_metadata' ? String(value).replace(/"form":"[^"]*",?/, '') : value,
  ) as object;

export function fakeBot(
  view: RequestView | undefined,
  more: Partial<Record<keyof BotDeps, object>> = {},
): FakeBot {
  const calls: Call[] = [];
  const filters: RequestFilter[] = [];
  const listeners: Listener[] = [];
  const listen = (kind: Kind) => (match: string | RegExp, handle: Listener['handle']) =>
    void listeners.push({ kind, match, handle });
  const did =
    <T>(what: string, result?: T) =>
    (...args: readonly unknown[]) => {
      calls.push([what, ...args]);
      return Promise.resolve(result as T);
    };
  const client = {
    views: {
      open: (args: object) => did('views.open', { view: { id: 'V1' } })(withoutForm(args)),
      update: did('views.update'),
      push: did('views.push'),
      publish: did('views.publish'),
    },
    chat: {
      postEphemeral: did('chat.postEphemeral'),
      postMessage: (args: { channel: string }) =>
        did('chat.postMessage', { ts: '9.9', channel: args.channel.replace(/^U.*/, 'D9') })(args),
      update: did('chat.update'),
      getPermalink: did('chat.getPermalink', { permalink: 'https://lantern.slack.com/archives/C1/p17' }),
    },
    conversations: { open: did('conversations.open', { channel: { id: 'D9' } }) },
    users: {
      info: ({ user }: { user: string }) =>
        Promise.resolve({ user: { tz: user === ANA ? 'Europe/Lisbon' : undefined } }),
    },
  } as unknown as WebClient;
  const people: Readonly<Record<string, string>> = { [ANA]: ana, [BO]: bo };
  const { ledger, inbox, ...others } = more;
  const asked = {
    policy: openPolicy(join(import.meta.dirname, '../../examples/quickstart'), anyTarget),
    describers: new Map([['postgres', POSTGRES]]),
    readAccount: (account: string) => Promise.resolve(memberFacts(account)),
    openSecret: String,
    silence: () => undefined,
    warn: (message: string, about?: object) =>
      void calls.push(about === undefined ? ['warn', message] : ['warn', message, about]),
    channel: 'C0',
    ...others,
    inbox: {
      personOf: ({ user }: { user: string }) => Promise.resolve(people[user] ?? null),
      receive(caller: { user: string }, action: object) {
        calls.push(['receive', caller, action]);
        return Promise.resolve({
          ...action,
          id: 'click_1',
          via: 'slack',
          account: caller.user,
          person: people[caller.user] ?? null,
        });
      },
      refuseRequest: did('refuseRequest'),
      ...inbox,
    },
    ledger: {
      readTrail: () =>
        Promise.resolve((view?.trail ?? []).map((each, at) => ({ ...each, seq: each.seq ?? at }))),
      clickOutcome: () => Promise.resolve(undefined),
      readState: () => Promise.resolve({ state: view?.state ?? BLANK, at: later(5) }),
      readFreeText: () => Promise.resolve({ reason: view?.reason, denial: view?.denial?.text }),
      readQuestions: () => Promise.resolve([]),
      readShown: () => Promise.resolve(shownOf(view)),
      readLease: () => Promise.resolve(undefined),
      leasesOf: () => Promise.resolve([]),
      cutOffsInForce: () => Promise.resolve([]),
      hasSecret: () => Promise.resolve(false),
      now: () => Promise.resolve(noon),
      countOpenRequests: () => Promise.resolve(0),
      countRequests: () => Promise.resolve(0),
      listRequests: (filter: RequestFilter) => Promise.resolve((filters.push(filter), [])),
      postedMessages: () => Promise.resolve([]),
      savePostedMessage: did('savePostedMessage'),
      eraseSecret: did('eraseSecret'),
      claimPlace: () => Promise.resolve({ until: 'then' }),
      keepPlace: () => Promise.resolve(true),
      releasePlace: did('releasePlace'),
      unansweredPosts: () => Promise.resolve([]),
      addMessage: () => Promise.resolve(false),
      keepNotification: did('keepNotification'),
      markSent: did('markSent'),
      redrawCards: did('redrawCards'),
      retryLater: did('retryLater'),
      readClickBehind: () => Promise.resolve(undefined),
      readMessagePreference: () => Promise.resolve(undefined),
      storeMessagePreference: did('storeMessagePreference'),
      deferMessage: () => Promise.resolve(),
      markDeferredSent: did('markDeferredSent'),
      ...ledger,
    },
  };
  const deps = asked as unknown as BotDeps;
  const ack = did('ack');
  return {
    app: {
      action: listen('action'),
      view: listen('view'),
      options: listen('options'),
      command: listen('command'),
      event: listen('event'),
      shortcut: listen('shortcut'),
    } as unknown as App,
    client,
    deps,
    calls,
    filters,
    async send(kind, id, args = {}) {
      const found = listeners.filter(
        (each) =>
          each.kind === kind &&
          (each.match instanceof RegExp
            ? each.match.test(id)
            : (typeof each.match === 'string' ? each.match : each.match.callback_id) === id),
      );
      for (const { handle } of found) await handle({ ack, client, respond: did('respond'), ...args });
      return found.length;
    },
  };
}

/** What the quickstart shows of `orders-db`, or what the view has. */
const shownOf = (view: RequestView | undefined): CardContent => ({
  title: view?.title ?? 'Orders database, read only',
  class: view?.class ?? 'confidential',
  requester: { name: 'Ana Ferreira', slack: ANA },
  targets: view?.targets ?? [],
});

/** Describes the targets of the provider `postgres`. */
const POSTGRES = {
  parseTarget: (json: Readonly<{ role?: string }>) => (json.role === undefined ? no('no role') : ok(json)),
  describe: ({ role }: { role: string }) => ({
    plain: `the role ${role}`,
    permissions: [],
    cautions: [],
    atEnd: [],
    widens: false,
  }),
  level: () => 'present',
  enforcementClass: () => 'B',
  residualSessionMs: () => 0,
  widens: () => false,
};
