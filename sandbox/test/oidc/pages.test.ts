import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { IdentityProvider } from '../../oidc/server.ts';
import { ask, openTo } from '../launch/listeners.fixture.ts';
import { begin, CONSOLE, discover, failures, startProvider } from './provider.fixture.ts';
import { visitorOf } from './visitor.fixture.ts';

let provider: IdentityProvider;
let port: number;
beforeAll(async () => {
  provider = await startProvider();
  port = Number(new URL(provider.issuer).port);
});
afterAll(async () => {
  await provider?.stop();
  expect(failures).toEqual([]);
});

test('no web page of another site can use the provider, at any path (T42)', async () => {
  expect(await openTo(port)).toEqual([]);
  const evil = { origin: 'https://evil.example' };
  for (const path of ['/auth', '/token', '/jwks', '/session/end', '/.well-known/openid-configuration'])
    for (const headers of [{ host: `evil.example:${port}` }, evil, { host: `localhost:${port}` }])
      expect((await ask(port, { path, headers }))?.status).toBe('host' in headers ? 421 : 403);
  expect((await ask(port, { path: '/.well-known/openid-configuration' }))?.status).toBe(200);
});

test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['the console, which may not choose for a person', { origin: CONSOLE }],
  ['a page that hides its origin', { origin: 'null' }],
])('a choice that %s sends is refused', async (_who, headers) => {
  const visitor = visitorOf(provider.issuer);
  const page = await visitor.go((await begin(await discover(provider.issuer))).url);
  expect((await visitor.go(page.url, { person: 'lantern|ana' }, headers)).status).toBe(403);
});

test('every page has the strict headers and nothing inline, and is not kept by the browser', async () => {
  const visitor = visitorOf(provider.issuer);
  const config = await discover(provider.issuer);
  const addresses = [
    '/',
    (await begin(config)).url,
    (await begin(config, { client_id: 'x' })).url,
    '/session/end/success',
  ];
  for (const address of addresses) {
    const { text, headers } = await visitor.go(address);
    expect(text).toMatch(/^<!doctype html><html lang="en">/);
    expect(text).not.toMatch(/<script|<style|style=|javascript:|\son\w+=/i);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'none'; style-src 'self'");
    expect(policy).toContain(`form-action 'self' ${CONSOLE};`);
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toContain('no-store');
  }
});

test('it says of itself only what it does', async () => {
  const answer = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
  const said = (await answer.json()) as Record<string, unknown>;
  expect(said).toMatchObject({
    issuer: provider.issuer,
    grant_types_supported: ['authorization_code'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    end_session_endpoint: `${provider.issuer}/session/end`,
  });
  for (const absent of [
    'userinfo_endpoint',
    'registration_endpoint',
    'pushed_authorization_request_endpoint',
    'introspection_endpoint',
  ])
    expect(said).not.toHaveProperty(absent);
});
