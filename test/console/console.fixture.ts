import { createHash, randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import type { ConsoleDeps, Health } from '../../console/deps.ts';
import { consoleRoutes } from '../../console/routes.tsx';
import type { IdentityProvider } from '../../console/sign-in/identity-provider.ts';
import type { PersonId } from '../../core/ids.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { trusted } from '../audit/log.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';

export const ORIGIN = 'http://127.0.0.1:4050';
const HEALTH: readonly Health[] = [{ part: 'ledger', state: 'ok', what: 'The database answers.' }];

/** Nobody signs in here. `test/console/sign-in.test.ts` does, at a real provider. */
const NO_PROVIDER: IdentityProvider = {
  begin: () => Promise.reject(new Error('no provider')),
  end: () => Promise.reject(new Error('no provider')),
  signOutUrl: () => Promise.resolve(undefined),
};

/** The account of a person at the OpenID provider of the sandbox. There, Dee is Ada. */
const accountOf = (person: string): string => `lantern|${person === 'dee' ? 'ada' : person}`;

/** A browser in which one person is signed in. */
export type Browser = Readonly<{
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** The text of a page, without its markup. Follows redirects. */
  reads(path: string): Promise<string>;
}>;

export type ConsoleFixture = Readonly<{
  requests: RequestsFixture;
  ledger: Ledger;
  deps: ConsoleDeps;
  app: Hono;
  errors: unknown[];
  /** Signs a person in. `account`: what they have at the identity provider. */
  as(person: string, account?: string): Promise<Browser>;
  /** Opens a session, and returns its id. */
  session(person: string, account?: string): Promise<string>;
  stop(): Promise<void>;
}>;

/** The console over a real ledger, as its role. Dee is an auditor, and Eli has no account. */
export async function startConsoleFixture(over: Partial<ConsoleDeps> = {}): Promise<ConsoleFixture> {
  const requests = await startRequestsFixture();
  await requests.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  for (const [person, slack] of Object.entries({ ana: 'U0ANA', bo: 'U0BO', cy: '[U0CY', dee: 'U0DEE' }))
    await requests.edit('people.yaml', `slack: ${slack}`, `oidc: ${accountOf(person)}, slack: ${slack}`);
  const ledger = openLedger(requests.url, { role: 'console' });
  const errors: unknown[] = [];
  const deps: ConsoleDeps = {
    ledger,
    policy: requests.deps.policy,
    identity: NO_PROVIDER,
    origin: ORIGIN,
    logKeys: trusted,
    health: () => Promise.resolve(HEALTH),
    report: (error) => void errors.push(error),
    ...over,
  };
  const app = consoleRoutes(deps);
  const session: ConsoleFixture['session'] = async (person, account = accountOf(person)) => {
    const id = randomBytes(32).toString('base64url');
    const opened = { person: person as PersonId, account, ownZone: 'Europe/Lisbon' };
    await ledger.openSession(createHash('sha256').update(id).digest(), opened);
    return id;
  };
  return {
    ...{ requests, ledger, deps, app, errors, session },
    as: async (person, account) =>
      browserWith(app, `__Host-curfew-session=${await session(person, account)}`),
    async stop() {
      await ledger.close();
      await requests.stop();
    },
  };
}

/** A browser with these cookies. */
export function browserWith(app: Hono, cookie: string): Browser {
  const host = new URL(ORIGIN).host;
  const get: Browser['get'] = async (path, headers = {}) =>
    app.request(`${ORIGIN}${path}`, { headers: { host, cookie, ...headers } });
  return {
    get,
    post: async (path, fields, headers = {}) =>
      app.request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: {
          host,
          cookie,
          origin: ORIGIN,
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      }),
    async reads(path) {
      let response = await get(path);
      for (let moves = 0; response.status === 303 && moves < 3; moves += 1)
        response = await get(response.headers.get('location') ?? '/');
      return textOf(await response.text());
    },
  };
}

/** What a reader of a page sees, roughly: its text, in one line. */
export const textOf = (html: string): string =>
  unescaped(
    html
      .replaceAll(/<(head|datalist|defs|title)\b.*?<\/\1>/gs, ' ')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' '),
  );

/** Text of a page without the entities of HTML. */
export const unescaped = (html: string): string =>
  html.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' },
};
