import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Hono } from 'hono';
import { pageRoutes } from '../../slack/page/routes.tsx';
import { watchVendors, type VendorWatcher } from '../../world/vendor-watcher.ts';
import { simulatedWorkspace, type SimulatedWorkspace } from './workspace.fixture.ts';
import { ANA, BO, CY, REQUESTS, runApp } from './app.fixture.ts';
import { textOf } from './render.fixture.ts';

const HOST = '127.0.0.1:4321';
const SAME = { host: HOST, origin: `http://${HOST}`, 'content-type': 'application/json' };
let workspace: SimulatedWorkspace;
let world: VendorWatcher;
let app: Hono;

beforeEach(() => {
  workspace = simulatedWorkspace();
  runApp(workspace);
  world = watchVendors([]);
  app = pageRoutes({ workspace, world });
});
afterAll(() => world.stop());

const get = async (path: string, headers: Record<string, string> = { host: HOST }) =>
  app.request(`http://${HOST}${path}`, { headers });
const page = async (query: string) => (await get(`/app?${query}`)).text();
const post = async (path: string, body: unknown, headers: Record<string, string> = SAME) =>
  app.request(`http://${HOST}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
const act = async (as: string, detail: unknown) => (await post('/act', { as, act: detail })).json();

describe('who may talk to the page', () => {
  test.each([
    ['localhost', 'localhost:80', 200],
    ['the loopback address', '127.0.0.1:4321', 200],
    ['the same in IPv6', '[::1]:4321', 200],
    ['a name that was rebound', 'evil.example', 421],
    ['a name that only begins well', 'localhost.evil.example', 421],
    ['no name at all', '', 421],
  ])('%s as host', async (_who, host, status) => {
    expect((await get('/', { host })).status).toBe(status);
  });

  test.each([
    ['the page itself', SAME, 200],
    ['another site', { ...SAME, origin: 'https://evil.example' }, 403],
    ['another port of this machine', { ...SAME, origin: 'http://127.0.0.1:9999' }, 403],
    ['a site the browser calls cross-site', { ...SAME, 'sec-fetch-site': 'cross-site' }, 403],
    [
      'a form of another site',
      { ...SAME, origin: 'https://evil.example', 'content-type': 'text/plain' },
      403,
    ],
    ['nobody says where from', { host: HOST, 'content-type': 'application/json' }, 403],
  ])('%s posts', async (_who, headers, status) => {
    const answer = await post('/act', { as: ANA, act: { kind: 'home' } }, headers);
    expect(answer.status).toBe(status);
    expect(workspace.received.length).toBe(status === 200 ? 1 : 0);
  });

  test('the policy allows nothing inline and nothing from elsewhere', async () => {
    const answer = await get('/');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).not.toMatch(
      / style="|<style|<script(?! type="module" src="\/assets\/main\.js")/,
    );
  });

  test.each(['/assets/../routes.tsx', '/assets/%2e%2e%2froutes.tsx', '/assets/nothing.js'])(
    'no file but its own: %s',
    async (path) => expect((await get(path)).status).toBe(404),
  );

  test('every asset it names is there', async () => {
    const markup = await (await get('/')).text();
    for (const [, path = ''] of markup.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
      expect((await get(path)).status).toBe(200);
  });
});

describe('what the page asks for on behalf of a person', () => {
  test.each([
    ['nonsense', 'nonsense', 400],
    ['an unknown action', { as: ANA, act: { kind: 'fly' } }, 400],
    ['a click without a place', { as: ANA, act: { kind: 'click', click: { action_id: 'a' } } }, 400],
    ['a forged person', { as: 'U0NOBODY00', act: { kind: 'home' } }, 404],
    ['somebody who left', { as: 'U0DANGONE1', act: { kind: 'home' } }, 404],
  ])('%s is refused', async (_why, body, status) => {
    expect((await post('/act', body)).status).toBe(status);
    expect(workspace.received).toEqual([]);
  });

  test('suggestions come back drawn and escaped', async () => {
    workspace.answer('suggest', () => ({
      kind: 'options',
      groups: [],
      options: [{ value: 'x', text: { type: 'plain_text', text: '<b>x</b>' } }],
    }));
    const search = { place: { kind: 'view', viewId: 'V1' }, action_id: 'a', typed: 'x' };
    const answer: unknown = await act(ANA, { kind: 'suggest', id: 'field', search });
    expect(answer).toMatchObject({ kind: 'options', count: 1, html: expect.stringContaining('&lt;b&gt;x') });
  });
});

describe('what one person sees', () => {
  const app1 = { user: 'U0CURFEWBT', bot_id: 'B0CURFEW01' };

  test('an ephemeral only on the screen it was meant for', async () => {
    workspace.post({ ...app1, channel: REQUESTS, text: 'Psst', ephemeralFor: ANA });
    expect(textOf(await page(`as=${ANA}&in=${REQUESTS}`))).toContain('Only visible to you');
    expect(textOf(await page(`as=${BO}&in=${REQUESTS}`))).not.toContain('Psst');
  });

  test('a direct message is a number beside the name until it was looked at', async () => {
    workspace.post({ ...app1, channel: workspace.openDm(BO), text: 'For Bo', at: Date.now() + 1000 });
    expect(textOf(await page(`as=${ANA}`))).toContain('1 new message');
    await page(`as=${BO}&in=dm`);
    expect(textOf(await page(`as=${ANA}`))).not.toContain('new message');
  });

  test('nobody reads the direct messages of another', async () => {
    const dm = workspace.openDm(BO);
    workspace.post({ ...app1, channel: dm, text: 'For Bo' });
    expect(await page(`as=${ANA}&in=${dm}`)).not.toContain('For Bo');
  });

  test('only what people edited is called edited', async () => {
    const edited = { user: 'x', ts: '1.0' };
    workspace.post({ ...app1, channel: REQUESTS, text: 'By the app', edited });
    expect(await page(`as=${ANA}&in=${REQUESTS}`)).not.toContain('(edited)');
    workspace.post({ user: BO, channel: REQUESTS, text: 'By Bo', edited });
    expect(await page(`as=${ANA}&in=${REQUESTS}`)).toContain('(edited)');
  });

  test('replies are counted, and stand in the thread alone', async () => {
    const ts = workspace.post({ user: BO, channel: REQUESTS, text: 'Root' });
    workspace.post({ user: CY, channel: REQUESTS, text: 'Answer one', thread_ts: ts });
    workspace.post({ user: CY, channel: REQUESTS, text: 'Answer two', thread_ts: ts });
    const main = textOf(await page(`as=${ANA}&in=${REQUESTS}`));
    expect(main).toContain('2 replies');
    expect(main).not.toContain('Answer one');
    expect(textOf(await page(`as=${ANA}&in=${REQUESTS}&thread=${ts}`))).toMatch(
      /Thread.*Answer one.*Answer two/s,
    );
  });

  test('a guest may be tried, a person who left may not', async () => {
    expect(textOf(await page('as=U0GILGUEST'))).toContain('Gil Moreau');
    expect(await page('as=U0DANGONE1')).toContain(`data-as="${ANA}"`);
  });

  test('a bot that is away is said to be', async () => {
    workspace.connect(0);
    expect(textOf(await page(`as=${ANA}`))).toContain('Curfew is not connected');
  });

  test('a dismissed guide stays away', async () => {
    expect(textOf(await page(`as=${ANA}`))).toContain('Request access as Ana');
    const without = await get(`/app?as=${ANA}`, { host: HOST, cookie: 'guide=off' });
    expect(textOf(await without.text())).not.toContain('Request access as Ana');
  });
});
