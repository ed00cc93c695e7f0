import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildEndSessionUrl, type Configuration } from 'openid-client';
import type { IdentityProvider } from '../../oidc/server.ts';
import { begin, CONSOLE, discover, failures, signIn, startProvider } from './provider.fixture.ts';
import { visitorOf } from './visitor.fixture.ts';

const ANA = 'lantern|ana';
const HOME = { post_logout_redirect_uri: `${CONSOLE}/` };
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

/** A visitor who is signed in as Ana, and the address that ends the session. */
async function signedIn() {
  const visitor = visitorOf(provider.issuer);
  const { tokens } = await signIn(config, visitor, ANA);
  const end = (params: Readonly<Record<string, string>>) => visitor.go(buildEndSessionUrl(config, params));
  const isAsked = async () =>
    (await visitor.go((await begin(config)).url)).text.includes('Choose who you are');
  return { visitor, hint: { id_token_hint: tokens.id_token ?? '' }, end, isAsked };
}

describe('signing out', () => {
  test('with the ID token returns to the console at once, and the next sign-in asks who you are', async () => {
    const { end, hint, isAsked } = await signedIn();
    expect(await isAsked()).toBe(false);
    const { url } = await end({ ...HOME, ...hint, state: 'abc' });
    expect(url.href).toBe(`${CONSOLE}/?state=abc`);
    expect(await isAsked()).toBe(true);
  });

  test.each([
    ['yes', { logout: 'yes' }, true],
    ['no', {}, false],
  ])('without the ID token asks first; with the answer "%s" the session', async (_answer, form, ends) => {
    const { visitor, end, isAsked } = await signedIn();
    const page = await end(HOME);
    expect(page.text).toContain('Sign out?');
    expect(await isAsked()).toBe(false);
    const again = await end(HOME);
    const xsrf = /name="xsrf" value="(\w+)"/.exec(again.text)?.[1] ?? '';
    const { url } = await visitor.go('/session/end/confirm', { xsrf, ...form });
    expect(url.href).toBe(`${CONSOLE}/`);
    expect(await isAsked()).toBe(ends);
  });

  test('that another site forged, without the secret of the page, is refused', async () => {
    const { visitor, end, isAsked } = await signedIn();
    await end(HOME);
    const { status } = await visitor.go('/session/end/confirm', { xsrf: 'guessed', logout: 'yes' });
    expect([status, await isAsked()]).toEqual([400, false]);
  });

  test('does not lead to another address than the console', async () => {
    const { end, hint, isAsked } = await signedIn();
    const { status, url } = await end({ ...hint, post_logout_redirect_uri: 'https://evil.example/' });
    expect([status, url.origin, await isAsked()]).toEqual([400, provider.issuer, false]);
  });
});

test('a restart keeps the issuer and the key, so an ID token of before still ends a session, and there is none to end', async () => {
  const { visitor, end, hint, isAsked } = await signedIn();
  const keys = async () => (await visitor.go('/jwks')).text;
  const before = [provider.issuer, await keys()];
  await provider.stop();
  provider = await startProvider(Number(new URL(provider.issuer).port));
  expect([provider.issuer, await keys()]).toEqual(before);
  expect(before[1]).toContain('"crv":"P-256"');
  expect(before[1]).not.toContain('"d"');
  expect((await end({ ...HOME, ...hint, state: 'abc' })).url.href).toBe(`${CONSOLE}/?state=abc`);
  expect(await isAsked()).toBe(true);
});
