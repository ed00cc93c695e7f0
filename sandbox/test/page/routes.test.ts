import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { refuseForeignPages } from '../../launch/foreign-pages.ts';
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
  app = new Hono().use(refuseForeignPages).route('/', pageRoutes({ workspace, world }));
});
afterAll(() => world.stop());

const get = async (path: string, headers: Record<string, string> = { host: HOST }) =>
  app.request(`http://${HOST}${path}`, { headers });
const page = async (query: string) => (await get(`/app?${query}`)).text();
const post = async (path: string, body: unknown, headers: Record<string, string> = SAME) =>
  app.request(`http://${HOST}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
const act = async (as: string, detail: unknown) => (await post('/act', { as, act: detail })).json();

describe('requests that the page accepts', () => {
  test.each([
    ['localhost', 'localhost:80', 200],
    ['the loopback address', '127.0.0.1:4321', 200],
    ['the same in IPv6', '[::1]:4321', 200],
    ['another DNS name (DNS rebinding)', 'evil.example', 421],
    ['a name that only begins with localhost', 'localhost.evil.example', 421],
    ['no host', '', 421],
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
    ['a client without an Origin header', { host: HOST, 'content-type': 'application/json' }, 403],
  ])('%s posts', async (_who, headers, status) => {
    const answer = await post('/act', { as: ANA, act: { kind: 'home' } }, headers);
    expect(answer.status).toBe(status);
    expect(workspace.received.length).toBe(status === 200 ? 1 : 0);
  });

  test('the policy forbids inline content and content from other hosts', async () => {
    const answer = await get('/');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).not.toMatch(
      / style="|<style|<script(?! type="module" src="\/assets\/main\.js")/,
    );
  });

  test.each(['/assets/../routes.tsx', '/assets/%2e%2e%2froutes.tsx', '/assets/nothing.js'])(
    '404 for a file that is not an asset: %s',
    async (path) => expect((await get(path)).status).toBe(404),
  );

  test('every asset that the page refers to exists', async () => {
    const markup = await (await get('/')).text();
    for (const [, path = ''] of markup.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
      expect((await get(path)).status).toBe(200);
  });
});

describe('actions of a person', () => {
  test.each([
    ['a body of another type', 'text', 400],
    ['an unknown action', { as: ANA, act: { kind: 'fly' } }, 400],
    ['a click without a place', { as: ANA, act: { kind: 'click', click: { action_id: 'a' } } }, 400],
    ['an unknown person', { as: 'U0NOBODY00', act: { kind: 'home' } }, 404],
    ['a deactivated account', { as: 'U0DANGONE1', act: { kind: 'home' } }, 404],
  ])('%s is refused', async (_why, body, status) => {
    expect((await post('/act', body)).status).toBe(status);
    expect(workspace.received).toEqual([]);
  });

  test('suggested options are returned as escaped HTML', async () => {
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

  test('an ephemeral message is shown to its person only', async () => {
    workspace.post({ ...app1, channel: REQUESTS, text: 'Psst', ephemeralFor: ANA });
    expect(textOf(await page(`as=${ANA}&in=${REQUESTS}`))).toContain('Only visible to you');
    expect(textOf(await page(`as=${BO}&in=${REQUESTS}`))).not.toContain('Psst');
  });

  test('an unread direct message is counted next to the person’s name', async () => {
    workspace.post({ ...app1, channel: workspace.openDm(BO), text: 'For Bo', at: Date.now() + 1000 });
    expect(textOf(await page(`as=${ANA}`))).toContain('1 new message');
    await page(`as=${BO}&in=dm`);
    expect(textOf(await page(`as=${ANA}`))).not.toContain('new message');
  });

  test('a person cannot see another person’s direct messages', async () => {
    const dm = workspace.openDm(BO);
    workspace.post({ ...app1, channel: dm, text: 'For Bo' });
    expect(await page(`as=${ANA}&in=${dm}`)).not.toContain('For Bo');
  });

  test('only edited messages of people are marked as edited', async () => {
    const edited = { user: 'x', ts: '1.0' };
    workspace.post({ ...app1, channel: REQUESTS, text: 'By the app', edited });
    expect(await page(`as=${ANA}&in=${REQUESTS}`)).not.toContain('(edited)');
    workspace.post({ user: BO, channel: REQUESTS, text: 'By Bo', edited });
    expect(await page(`as=${ANA}&in=${REQUESTS}`)).toContain('(edited)');
  });

  test('replies are counted in the channel and shown in the thread only', async () => {
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

  test('one can act as a guest, and not as a deactivated account', async () => {
    expect(textOf(await page('as=U0GILGUEST'))).toContain('Gil Moreau');
    expect(await page('as=U0DANGONE1')).toContain(`data-as="${ANA}"`);
  });

  test('the page says that the app is not connected', async () => {
    workspace.connect(0);
    expect(textOf(await page(`as=${ANA}`))).toContain('Curfew is not connected');
  });

  test('a dismissed guide is not shown again', async () => {
    expect(textOf(await page(`as=${ANA}`))).toContain('Request access as Ana');
    const without = await get(`/app?as=${ANA}`, { host: HOST, cookie: 'guide=off' });
    expect(textOf(await without.text())).not.toContain('Request access as Ana');
  });
});
