import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keysIn } from '../../demo/keys.ts';
import { startSignIn } from '../../demo/sign-in.ts';
import { makeHome } from '../../launch/home.ts';
import { begin, discover } from '../oidc/provider.fixture.ts';
import { visitorOf } from '../oidc/visitor.fixture.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'curfew-sign-in-'));
  makeHome(home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('a restart of the demo keeps the issuer, its key, the address of the console and its secret', async () => {
  const lines: string[] = [];
  const progress = {
    note: (line: string) => void lines.push(line),
    begin: (name: string) => (how: string) => void lines.push(`${name}: ${how}`),
  };
  const started = async () => {
    const { issuer, client, console, stop } = await startSignIn({ home }, keysIn(home), progress);
    const { text } = await visitorOf(issuer).go('/jwks');
    const config = await discover(issuer, client.secret);
    const { url } = await begin(config, { redirect_uri: `${console.url}/sign-in/return` });
    const page = await visitorOf(issuer).go(url);
    expect(page.text).toContain('Choose who you are');
    await stop();
    return { issuer, client, console, text };
  };
  const first = await started();
  expect(first.console.url).toBe(`http://127.0.0.1:${first.console.port}`);
  expect(await started()).toEqual(first);
  expect(lines).toEqual([`Sign-in: ${first.issuer}`, `Sign-in: ${first.issuer}`]);
});
