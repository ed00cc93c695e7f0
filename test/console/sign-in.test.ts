import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { consoleRoutes } from '../../console/routes.tsx';
import { identityProvider } from '../../console/sign-in/identity-provider.ts';
import { Fault } from '../../core/faults.ts';
import { MOST_SIGN_INS } from '../../ledger/console/sign-ins.ts';
import type { IdentityProvider } from '../../sandbox/oidc/server.ts';
import { CLIENT, startProvider } from '../../sandbox/test/oidc/provider.fixture.ts';
import { visitorOf } from '../../sandbox/test/oidc/visitor.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { browserWith, type ConsoleFixture, ORIGIN, startConsoleFixture } from './console.fixture.ts';

// The provider is the real one of the sandbox. The redirect address of its client is ORIGIN.

let fixture: ConsoleFixture;
let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startProvider();
  const client = { issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, claim: 'sub' };
  fixture = await startConsoleFixture({ identity: identityProvider(client, ORIGIN) });
});
afterAll(async () => {
  await fixture?.stop();
  await provider?.stop();
});

/** The value of a cookie that an answer sets. */
const cookieIn = (answer: Response, name: string): string =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

/** Begins a sign-in in a new browser. */
async function begun(path = '/access?entitlement=thing') {
  const answer = await browserWith(fixture.app, '').get(`/sign-in?path=${encodeURIComponent(path)}`);
  const url = new URL(answer.headers.get('location') ?? '');
  return { answer, url, browser: browserWith(fixture.app, cookieIn(answer, '__Host-curfew-sign-in')) };
}

/** The path with which the provider sends a browser back, after somebody was chosen there. */
async function returned(url: URL, person = 'lantern|ana'): Promise<string> {
  const visitor = visitorOf(provider.issuer);
  const back = await visitor.choose(await visitor.go(url), person);
  return `${back.url.pathname}${back.url.search}`;
}

const inDatabase = (sql: string) =>
  asAdmin(async (admin) => void (await admin.query(sql)), fixture.requests.url);
const sessions = () => rowsOf(fixture.requests.url, 'select person, account, zone from console_session');

describe('a sign-in (T27)', () => {
  test('sends the browser to the provider with PKCE, state and nonce, each new', async () => {
    const [first, second] = [await begun(), await begun()];
    expect(first.answer.status).toBe(303);
    expect(first.url.searchParams.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.url.searchParams.get(name)?.length).toBeGreaterThan(20);
      expect(second.url.searchParams.get(name)).not.toBe(first.url.searchParams.get(name));
    }
  });

  test('ends on the page where the person wanted to go, in a session of their own', async () => {
    const { url, browser } = await begun();
    const answer = await browser.get(await returned(url));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/access?entitlement=thing']);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-curfew-sign-in=; Max-Age=0;/),
      expect.stringMatching(/^__Host-curfew-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const page = await browserWith(fixture.app, cookieIn(answer, '__Host-curfew-session')).reads('/');
    expect(page).toMatch(/Europe\/Lisbon Show UTC Ana Sign out/);
    expect(await sessions()).toContainEqual({ person: 'ana', account: 'lantern|ana', zone: 'Europe/Lisbon' });
  });

  test('ends the session that the browser had', async () => {
    const before = `__Host-curfew-session=${await fixture.session('dee')}`;
    const { answer, url } = await begun();
    const both = browserWith(fixture.app, `${before}; ${cookieIn(answer, '__Host-curfew-sign-in')}`);
    await both.get(await returned(url));
    expect((await browserWith(fixture.app, before).get('/')).status).toBe(303);
  });
});

describe('nobody is signed in (T27)', () => {
  const refused = async (answer: Response, status: number, words: RegExp) => {
    const text = await answer.text();
    expect([answer.status, text]).toEqual([status, expect.stringMatching(words)]);
    expect(cookieIn(answer, '__Host-curfew-session')).toBe('');
    return text;
  };

  test('whose account nobody in people.yaml has, and they read which account that is', async () => {
    const { url, browser } = await begun();
    await refused(
      await browser.get(await returned(url, 'lantern|gil')),
      403,
      /Nobody in people.yaml has the account “lantern\|gil”/,
    );
  });

  test('who has left by people.yaml', async () => {
    const { url, browser } = await begun();
    const restore = await fixture.requests.edit(
      'people.yaml',
      'id: bo, name: Bo,',
      'id: bo, name: Bo, active: false,',
    );
    await refused(await browser.get(await returned(url, 'lantern|bo')), 403, /says that you have left/);
    await restore();
  });

  test('when the policy cannot be read', async () => {
    const { url, browser } = await begun();
    const restore = await fixture.requests.edit('people.yaml', 'people:', 'people: broken');
    const words = await refused(
      await browser.get(await returned(url)),
      403,
      /Nobody can sign in, because the policy cannot be read/,
    );
    expect(words).not.toMatch(/people\.yaml|: /); // They may be nobody whom Curfew knows.
    await restore();
  });

  test('who cancels at the provider', async () => {
    const { url, browser } = await begun();
    await refused(await browser.get(await returned(url, '')), 400, /The identity provider: /);
  });

  test('in a browser that did not begin it', async () => {
    const { url } = await begun();
    await refused(
      await browserWith(fixture.app, '').get(await returned(url)),
      400,
      /was not begun in this browser/,
    );
  });

  test('by a return that is replayed', async () => {
    const { url, browser } = await begun();
    const path = await returned(url);
    expect((await browser.get(path)).status).toBe(303);
    await refused(await browser.get(path), 400, /was not begun in this browser, or it took too long/);
  });

  test('by a code that was redeemed, in a sign-in of its own', async () => {
    const [first, second] = [await begun(), await begun()];
    const path = await returned(first.url);
    await first.browser.get(path);
    const code = new URL(path, ORIGIN).searchParams.get('code') ?? '';
    const other = new URL(await returned(second.url), ORIGIN);
    other.searchParams.set('code', code);
    await refused(
      await second.browser.get(`${other.pathname}${other.search}`),
      400,
      /The identity provider: /,
    );
  });

  test('more than ten minutes after it began', async () => {
    const { url, browser } = await begun();
    const path = await returned(url);
    await inDatabase(`update console_sign_in set begun_at = ledger_now() - interval '11 minutes'`);
    await refused(await browser.get(path), 400, /took too long/);
  });

  test('when so many others began after it that the ledger keeps it no longer', async () => {
    const { url, browser } = await begun();
    const path = await returned(url);
    await inDatabase(
      `insert into console_sign_in (id_hash, state, nonce, verifier, path)
       select sha256(n::text::bytea), 's', 'n', 'v', '/' from generate_series(1, ${MOST_SIGN_INS}) n`,
    );
    const last = await begun();
    const [kept] = await rowsOf<{ count: number }>(
      fixture.requests.url,
      'select count(*)::integer as count from console_sign_in',
    );
    expect(kept?.count).toBeLessThanOrEqual(MOST_SIGN_INS);
    await refused(await browser.get(path), 400, /was not begun in this browser/);
    expect((await last.browser.get(await returned(last.url))).status).toBe(303);
    await inDatabase(`delete from console_sign_in`);
  });

  test.each([
    ['another state', `update console_sign_in set state = 'other'`],
    ['another nonce', `update console_sign_in set nonce = 'other'`],
    ['another verifier of PKCE', `update console_sign_in set verifier = repeat('x', 43)`],
  ])('by a return that belongs to %s', async (_what, sql) => {
    const { url, browser } = await begun();
    const path = await returned(url);
    await inDatabase(sql);
    await refused(await browser.get(path), 400, /The identity provider: /);
  });

  test.each([
    ['the state', 'state', 'forged'],
    ['the code', 'code', 'forged'],
    ['the issuer', 'iss', 'https://evil.example'],
  ])('by a return in which %s is forged', async (_what, name, value) => {
    const { url, browser } = await begun();
    const path = new URL(await returned(url), ORIGIN);
    path.searchParams.set(name, value);
    await refused(await browser.get(`${path.pathname}${path.search}`), 400, /The identity provider: /);
  });
});

describe('an ID token (T27)', () => {
  type Fields = Readonly<Record<string, unknown>>;
  const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [own, other] = [keyPair(), keyPair()];
  const NOW = Math.floor(Date.now() / 1000);
  const part = (fields: Fields): string => Buffer.from(JSON.stringify(fields)).toString('base64url');
  const signed = (key: KeyObject) => (text: string) =>
    sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  const byItself = signed(own.privateKey);

  /** A provider of the test, which answers every code with this token. */
  let token = '';
  const server = createServer(({ url }, response) => {
    const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256', use: 'sig' };
    const answers: Readonly<Record<string, Fields>> = {
      '/.well-known/openid-configuration': {
        ...{
          issuer: issuer(),
          authorization_endpoint: `${issuer()}/auth`,
          token_endpoint: `${issuer()}/token`,
        },
        ...{ jwks_uri: `${issuer()}/jwks`, id_token_signing_alg_values_supported: ['ES256'] },
      },
      '/jwks': { keys: [jwk] },
      '/token': { access_token: 'x', token_type: 'Bearer', id_token: token },
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[url ?? ''] ?? {}));
  });
  const issuer = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  type Forged = Readonly<{
    header?: Fields;
    claims?: Fields;
    signature?: (text: string) => Buffer | string;
    /** What the claims are when they are signed already. */
    later?: Fields;
  }>;
  /** Signs Ana in with a token that is right but for these parts. */
  async function signedInWith({ header, claims, signature = byItself, later }: Forged): Promise<Response> {
    const client = { issuer: issuer(), clientId: CLIENT.id, clientSecret: CLIENT.secret, claim: 'sub' };
    const app = consoleRoutes({ ...fixture.deps, identity: identityProvider(client, ORIGIN) });
    const begin = await browserWith(app, '').get('/sign-in');
    const { searchParams: asked } = new URL(begin.headers.get('location') ?? '');
    const right = {
      ...{ iss: issuer(), sub: 'lantern|ana', aud: CLIENT.id, iat: NOW, exp: NOW + 600 },
      ...{ nonce: asked.get('nonce'), ...claims },
    };
    const head = part({ alg: 'ES256', kid: '1', ...header });
    const proof = Buffer.from(signature(`${head}.${part(right)}`)).toString('base64url');
    token = `${head}.${part({ ...right, ...later })}.${proof}`;
    return browserWith(app, cookieIn(begin, '__Host-curfew-sign-in')).get(
      `/sign-in/return?code=x&state=${asked.get('state')}`,
    );
  }

  test('that is right signs its person in', async () => {
    const answer = await signedInWith({});
    expect([answer.status, cookieIn(answer, '__Host-curfew-session')]).toEqual([
      303,
      expect.stringMatching(/=./),
    ]);
  });

  test.each<[string, Forged]>([
    ['with the signature of another key', { signature: signed(other.privateKey) }],
    ['with no signature', { signature: () => '' }],
    ['with a claim that was changed after it was signed', { later: { sub: 'lantern|bo' } }],
    [
      'of a key that the provider does not have',
      { header: { kid: '2' }, signature: signed(other.privateKey) },
    ],
    ['with the algorithm "none"', { header: { alg: 'none' }, signature: () => '' }],
    [
      'that the secret of the client signed',
      {
        header: { alg: 'HS256' },
        signature: (text) => createHmac('sha256', CLIENT.secret).update(text).digest(),
      },
    ],
    ['for another client', { claims: { aud: 'another-client' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['for several clients, with another one as its user', { claims: { aud: [CLIENT.id, 'x'], azp: 'x' } }],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['that has expired', { claims: { iat: NOW - 7200, exp: NOW - 3600 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['with the nonce of another sign-in', { claims: { nonce: 'other' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['without a person', { claims: { sub: undefined } }],
  ])('%s signs nobody in', async (_what, forged) => {
    const answer = await signedInWith(forged);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringMatching(/The identity provider: /),
    ]);
    expect(cookieIn(answer, '__Host-curfew-session')).toBe('');
  });
});

test('a sign-in that the provider refuses is reported to the operator', async () => {
  const { url, browser } = await begun();
  const path = new URL(await returned(url), ORIGIN);
  path.searchParams.set('state', 'forged');
  const before = fixture.errors.length;
  expect((await browser.get(`${path.pathname}${path.search}`)).status).toBe(400);
  expect(fixture.errors.slice(before).map(String)).toEqual([
    expect.stringMatching(/a sign-in was refused by the identity provider/),
  ]);
});

describe('while the ledger does not answer', () => {
  const away = () => Promise.reject(new Fault('ledger-unavailable', 'connect ECONNREFUSED 10.0.0.5:5432'));
  const browserAway = async () => {
    const ledger = { ...fixture.deps.ledger, endSession: away, now: away };
    return browserWith(
      consoleRoutes({ ...fixture.deps, ledger }),
      `__Host-curfew-session=${await fixture.session('dee')}`,
    );
  };

  test('a sign-out removes the cookie of the browser all the same', async () => {
    const answer = await (await browserAway()).post('/sign-out', {});
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([
      503,
      expect.stringMatching(/^__Host-curfew-session=; Max-Age=0/),
    ]);
  });

  test('a page says so, and not where the ledger is', async () => {
    const text = await (await (await browserAway()).get('/')).text();
    expect(text).toContain(
      'Access still ends on time. The people who run Curfew find the reason in its log, with the code ledger-unavailable.',
    );
    expect(text).toContain('Try again');
    expect(text).not.toContain('10.0.0.5');
  });

  test('a form says that it may have been received, and has no link to its own address', async () => {
    const text = await (await (await browserAway()).post('/sign-out', {})).text();
    expect(text).toContain('What you sent may have been received.');
    expect(text).not.toMatch(/Try again|href="\/sign-out"/);
  });
});

test('while the provider does not answer, a page says so, and who is signed in goes on', async () => {
  const client = { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x', claim: 'sub' };
  const other = await startConsoleFixture({ identity: identityProvider(client, ORIGIN) });
  try {
    const answer = await browserWith(other.app, '').get('/sign-in');
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('does not answer')]);
    expect(other.errors).toHaveLength(1);
    expect((await (await other.as('dee')).get('/')).status).toBe(200);
  } finally {
    await other.stop();
  }
});

test('who is signed out can sign out of the provider too', async () => {
  const page = await (await browserWith(fixture.app, '').get('/signed-out')).text();
  expect(page).toContain('You are signed out');
  expect(page).toContain(`href="${provider.issuer}/`);
});
