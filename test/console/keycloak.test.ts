import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { identityProvider } from '../../console/sign-in/identity-provider.ts';
import { type Arrival, type Visitor, visitorOf } from '../../sandbox/test/oidc/visitor.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  browserWith,
  type ConsoleFixture,
  ORIGIN,
  startConsoleFixture,
  unescaped,
} from './console.fixture.ts';
import {
  CLIENT,
  type Keycloak,
  PASSWORD,
  REALM,
  START_MS,
  startKeycloak,
  whyNoKeycloak,
} from './keycloak.fixture.ts';

// Keycloak is another provider than the one of the sandbox, made by other people. So what the console expects is what the standard says.

const missing = await whyNoKeycloak();
if (missing !== undefined) console.log(`skipped: ${missing}`);

(missing === undefined ? describe : describe.skip)('a sign-in at Keycloak (T27)', () => {
  const [ANA, GIL] = REALM.users.map(({ id }) => id);
  let keycloak: Keycloak;
  let fixture: ConsoleFixture;
  beforeAll(async () => {
    keycloak = await startKeycloak();
    const { issuer } = keycloak;
    const client = { issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, claim: 'sub' };
    fixture = await startConsoleFixture({ identity: identityProvider(client, ORIGIN) });
    await fixture.requests.edit('people.yaml', 'oidc: lantern|ana', `oidc: ${ANA}`);
  }, START_MS);
  afterAll(async () => {
    await fixture?.stop();
    await keycloak?.stop();
  });

  /** Begins a sign-in in a new browser. */
  async function begun() {
    const answer = await browserWith(fixture.app, '').get('/sign-in?path=/access?entitlement=thing');
    const url = new URL(answer.headers.get('location') ?? '');
    return { url, browser: browserWith(fixture.app, cookieIn(answer, '__Host-curfew-sign-in')) };
  }

  /** Sends the form of a page of Keycloak. */
  function submit(visitor: Visitor, page: Arrival, fields: Readonly<Record<string, string>>) {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined) throw new Error(`no form on the page: ${page.text}`);
    return visitor.go(unescaped(action), { ...hiddenFields(page.text), ...fields });
  }

  /** Signs in with the form of Keycloak, and returns where the browser is then. */
  async function signIn(url: URL, username = 'ana', password = PASSWORD) {
    const visitor = visitorOf(keycloak.origin);
    const arrival = await submit(visitor, await visitor.go(url), { username, password });
    return { visitor, arrival, path: `${arrival.url.pathname}${arrival.url.search}` };
  }

  test('a person of people.yaml with this account gets in, with their time zone', async () => {
    const { url, browser } = await begun();
    const answer = await browser.get((await signIn(url)).path);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/access?entitlement=thing']);
    const page = await browserWith(fixture.app, cookieIn(answer, '__Host-curfew-session')).reads('/');
    expect(page).toMatch(/Europe\/Lisbon Show UTC Ana Sign out/);
    expect(await rowsOf(fixture.requests.url, 'select person, account from console_session')).toEqual([
      { person: 'ana', account: ANA },
    ]);
  });

  test('a wrong password leads nowhere', async () => {
    const { url } = await begun();
    const { arrival } = await signIn(url, 'ana', 'wrong');
    expect([arrival.url.origin, arrival.text]).toEqual([
      keycloak.origin,
      expect.stringContaining('Invalid username or password.'),
    ]);
  });

  test('a person whose account nobody in people.yaml has is refused, and reads the account', async () => {
    const { url, browser } = await begun();
    await refused(
      await browser.get((await signIn(url, 'gil')).path),
      403,
      new RegExp(`Nobody in people.yaml has the account “${GIL}”`),
    );
  });

  test('a return that is replayed is refused', async () => {
    const { url, browser } = await begun();
    const { path } = await signIn(url);
    expect((await browser.get(path)).status).toBe(303);
    await refused(await browser.get(path), 400, /was not begun in this browser, or it took too long/);
  });

  test('Keycloak redeems a code once, also in a sign-in of its own', async () => {
    const [first, second] = [await begun(), await begun()];
    const { path } = await signIn(first.url);
    await first.browser.get(path);
    const other = new URL((await signIn(second.url)).path, ORIGIN);
    other.searchParams.set('code', new URL(path, ORIGIN).searchParams.get('code') ?? '');
    await refused(
      await second.browser.get(`${other.pathname}${other.search}`),
      400,
      /The identity provider: server responded with an error/,
    );
  });

  test('a return with the state of another sign-in is refused', async () => {
    const [first, second] = [await begun(), await begun()];
    const { path } = await signIn(first.url);
    await refused(await second.browser.get(path), 400, /The identity provider: invalid response encountered/);
  });

  test('Keycloak refuses a sign-in without PKCE', async () => {
    const { url, browser } = await begun();
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const { url: returned } = await visitorOf(keycloak.origin).go(url);
    expect(`${returned.origin}${returned.pathname}`).toBe(`${ORIGIN}/sign-in/return`);
    expect(returned.searchParams.get('error_description')).toBe('Missing parameter: code_challenge_method');
    await refused(
      await browser.get(`${returned.pathname}${returned.search}`),
      400,
      /The identity provider: authorization response from the server is an error/,
    );
  });

  test('who signs out has no session, and can sign out of Keycloak too', async () => {
    const { url, browser } = await begun();
    const { path, visitor } = await signIn(url);
    const session = cookieIn(await browser.get(path), '__Host-curfew-session');
    const signedIn = browserWith(fixture.app, session);
    const page = await signedIn.post('/sign-out', {});
    expect(page.headers.get('location')).toBe('/signed-out');
    expect((await browserWith(fixture.app, session).get('/')).headers.get('location')).toMatch(/^\/sign-in/);
    const text = await (await signedIn.get('/signed-out')).text();
    const confirm = await visitor.go(unescaped(/href="([^"]+\/logout[^"]*)"/.exec(text)?.[1] ?? ''));
    const done = await submit(visitor, confirm, {});
    expect(done.url.href).toBe(`${ORIGIN}/`);
    const again = await visitor.go((await begun()).url);
    expect(again.text).toContain('name="password"');
  });
});

/** The value of a cookie that an answer sets. */
const cookieIn = (answer: Response, name: string): string =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

const hiddenFields = (html: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? '',
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ]),
  );

async function refused(answer: Response, status: number, words: RegExp): Promise<void> {
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringMatching(words)]);
  expect(cookieIn(answer, '__Host-curfew-session')).toBe('');
}
