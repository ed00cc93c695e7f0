import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Configuration } from 'openid-client';
import type { IdentityProvider } from '../../oidc/server.ts';
import {
  begin,
  CLIENT,
  CONSOLE,
  discover,
  failures,
  PEOPLE,
  redeem,
  RETURN,
  signIn,
  startProvider,
} from './provider.fixture.ts';
import { visitorOf } from './visitor.fixture.ts';

const [ANA, BO] = ['lantern|ana', 'lantern|bo'];
let provider: IdentityProvider;
let config: Configuration;
beforeAll(async () => {
  provider = await startProvider();
  config = await discover(provider.issuer);
});
afterAll(async () => {
  await provider?.stop();
  expect(failures).toEqual([]);
});
const newVisitor = () => visitorOf(provider.issuer);

describe('a sign-in', () => {
  test('is possible for the members and the guest of the company, and for nobody who left or is of another company', () => {
    expect(PEOPLE.map(({ subject }) => subject)).toEqual(
      ['ana', 'bo', 'cy', 'sam', 'ada', 'gil'].map((name) => `lantern|${name}`),
    );
  });

  test.each(PEOPLE)(
    'of $name states the subject, the name and the time zone, and is for the console',
    async (person) => {
      const { claims, tokens } = await signIn(config, newVisitor(), person.subject);
      expect(claims).toMatchObject({
        ...{ sub: person.subject, name: person.name, zoneinfo: person.zone },
        ...{ iss: provider.issuer, aud: CLIENT.id },
      });
      expect(tokens.scope).toBe('openid profile');
      expect(tokens.refresh_token).toBeUndefined();
    },
  );

  test('asks nobody again in the same session of the browser', async () => {
    const visitor = newVisitor();
    await signIn(config, visitor, ANA);
    const begun = await begin(config);
    const returned = await visitor.go(begun.url);
    expect((await redeem(config, returned, begun)).claims()?.sub).toBe(ANA);
  });

  test('asks again when the client wants that, says who is signed in, and somebody else can be chosen', async () => {
    const visitor = newVisitor();
    await signIn(config, visitor, ANA);
    const begun = await begin(config, { prompt: 'login' });
    const page = await visitor.go(begun.url);
    expect(page.text.match(/signed in now/g)).toHaveLength(1);
    const returned = await visitor.choose(page, BO);
    expect((await redeem(config, returned, begun)).claims()?.sub).toBe(BO);
    const later = await begin(config);
    expect((await redeem(config, await visitor.go(later.url), later)).claims()?.sub).toBe(BO);
  });

  test('that the person cancels returns to the client as "access_denied"', async () => {
    const visitor = newVisitor();
    const begun = await begin(config);
    const { url } = await visitor.choose(await visitor.go(begun.url), '');
    expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:4050\/sign-in\/return\?error=access_denied&/);
    expect(url.searchParams.get('state')).toBe(begun.state);
  });

  test('without a question is refused when nobody is signed in', async () => {
    const { url } = await newVisitor().go((await begin(config, { prompt: 'none' })).url);
    expect(url.searchParams.get('error')).toBe('login_required');
  });
});

test('a nonce of another sign-in is noticed by the client', async () => {
  const visitor = newVisitor();
  const begun = await begin(config);
  const returned = await visitor.choose(await visitor.go(begun.url), ANA);
  await expect(redeem(config, returned, { ...begun, nonce: 'another' })).rejects.toMatchObject({
    code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  });
});

describe('the provider refuses', () => {
  test.each([
    ['an unknown client', { client_id: 'somebody' }, 'invalid_client'],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:4050/elsewhere' }, 'invalid_redirect_uri'],
    [
      'a redirect URI that begins like the right one',
      { redirect_uri: `${RETURN}/x` },
      'invalid_redirect_uri',
    ],
    [
      'the redirect URI at another port',
      { redirect_uri: 'http://127.0.0.1:9/sign-in/return' },
      'invalid_redirect_uri',
    ],
    ['the redirect URI of another host', { redirect_uri: 'https://evil.example/' }, 'invalid_redirect_uri'],
  ])('%s, with a page and without a redirect', async (_what, other, code) => {
    const { status, text, url } = await newVisitor().go((await begin(config, other)).url);
    expect(url.origin).toBe(provider.issuer);
    expect(status).toBe(400);
    expect(text).toContain(`<code>${code}</code>`);
    expect(text).not.toContain('evil.example');
  });

  test.each([
    [
      'a request without PKCE',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['PKCE with the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without a method, which means plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['an ID token in the address', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a request for consent', { prompt: 'consent' }, 'invalid_request'],
  ])('%s, at the client', async (_what, other, code) => {
    const { url } = await newVisitor().go((await begin(config, other)).url);
    const answer = new URLSearchParams(url.search || url.hash.slice(1));
    expect(`${url.origin}${url.pathname}`).toBe(RETURN);
    expect(answer.get('error')).toBe(code);
    expect(answer.get('code')).toBeNull();
  });

  test('a code that was redeemed before', async () => {
    const { begun, returned } = await signIn(config, newVisitor(), ANA);
    await expect(redeem(config, returned, begun)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('a code with the verifier of another sign-in', async () => {
    const visitor = newVisitor();
    const begun = await begin(config);
    const returned = await visitor.choose(await visitor.go(begun.url), ANA);
    const { verifier } = await begin(config);
    await expect(redeem(config, returned, { ...begun, verifier })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('a client with another secret', async () => {
    const other = await discover(provider.issuer, Buffer.alloc(32, 9).toString('base64url'));
    await expect(signIn(other, newVisitor(), ANA)).rejects.toMatchObject({ status: 401 });
  });

  test('a client that sends its secret in the body, or none', async () => {
    for (const secret of [{ client_secret: CLIENT.secret }, {}] as const) {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'x',
        client_id: CLIENT.id,
        ...secret,
      });
      const answer = await fetch(`${provider.issuer}/token`, { method: 'POST', body });
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_client' }]);
    }
  });

  test.each([
    ['of somebody who left', 'lantern|dan'],
    ['that it never had', 'lantern|eve'],
    ['in another spelling', 'lantern|ANA'],
  ])('an account %s', async (_what, subject) => {
    const visitor = newVisitor();
    const { status, text } = await visitor.choose(await visitor.go((await begin(config)).url), subject);
    expect([status, text.includes('unknown_account')]).toEqual([400, true]);
  });

  test('a choice in a browser that did not begin the sign-in, and one that was made before', async () => {
    const visitor = newVisitor();
    const page = await visitor.go((await begin(config)).url);
    expect((await newVisitor().choose(page, ANA)).text).toContain('This sign-in is over');
    expect((await visitor.choose(page, ANA)).url.origin).toBe(CONSOLE);
    expect(await visitor.choose(page, ANA)).toMatchObject({ status: 400 });
  });
});
