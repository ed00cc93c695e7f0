import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileStore } from '../../github/store.ts';
import { startTestGithub } from './github.fixture.ts';

const ANA = '/repos/lantern/orders/collaborators/ana-ferreira';

describe('limits', () => {
  let it: Awaited<ReturnType<typeof startTestGithub>>;
  beforeEach(async () => void (it = await startTestGithub()));
  afterEach(() => it.stop());

  test('every response has the rate limit headers and a request id', async () => {
    const { headers } = await it.send(`GET /repos/lantern/orders`);
    const left = ['limit', 'used', 'remaining', 'resource'].map((name) => headers.get(`x-ratelimit-${name}`));
    expect(left).toEqual(['5000', '2', '4998', 'core']);
    expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(it.time.now() / 1000);
    expect(headers.get('x-github-request-id')).toMatch(/^[0-9A-F]+$/);
    expect((await it.send('GET /rate_limit')).body).toMatchObject({ rate: { remaining: 4998 } });
  });

  test('after the hourly limit: 403 with nothing remaining, until the reset', async () => {
    it.meter.exhaust();
    const { status, headers } = await it.send('GET /repos/lantern/orders');
    expect([status, headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    it.time.pass(3_600_000);
    expect((await it.send('GET /rate_limit')).status).toBe(401); // the token expired too
    expect((await it.mint()).status).toBe(201);
  });

  test('the 81st change within a minute is refused with the time to wait', async () => {
    for (let n = 0; n < 80; n += 1)
      expect((await it.send(`PUT ${ANA}`, { permission: n % 2 ? 'push' : 'admin' })).status).toBe(204);
    const { status, headers } = await it.send(`PUT ${ANA}`, { permission: 'pull' });
    expect([status, headers.get('retry-after')]).toEqual([403, '60']);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('write');
    it.time.pass(60_000);
    expect((await it.send(`PUT ${ANA}`, { permission: 'pull' })).status).toBe(204);
  });
});

describe('injected faults', () => {
  let it: Awaited<ReturnType<typeof startTestGithub>>;
  beforeEach(async () => void (it = await startTestGithub()));
  afterEach(() => it.stop());

  test('a conflict, then a normal response', async () => {
    it.faults.next({ kind: 'conflict' }, { on: 'write' });
    expect((await it.send(`PUT ${ANA}`, { permission: 'push' })).status).toBe(409);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('none');
    expect((await it.send(`PUT ${ANA}`, { permission: 'push' })).status).toBe(204);
  });

  test('something else happens once, after the next change had its effect', async () => {
    it.faults.after('write', () => it.github.setCollaborator('ana-ferreira', 'orders', 'read'));
    await it.send(`GET ${ANA}`);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('none');
    for (const role of ['read', 'write']) {
      expect((await it.send(`PUT ${ANA}`, { permission: 'push' })).status).toBe(204);
      expect(it.github.directRole('ana-ferreira', 'orders')).toBe(role);
    }
  });

  test('secondary rate limits with and without retry-after, then a normal response', async () => {
    it.faults.next({ kind: 'secondary', status: 429, retryAfter: 7 });
    it.faults.next({ kind: 'secondary', status: 403 });
    const [one, two, three] = [
      await it.send(`GET ${ANA}`),
      await it.send(`GET ${ANA}`),
      await it.send(`GET ${ANA}`),
    ];
    expect([one.status, one.headers.get('retry-after')]).toEqual([429, '7']);
    expect([two.status, two.headers.get('retry-after')]).toEqual([403, null]);
    expect(three.status).toBe(204);
  });

  test('lost-reply has an effect and no response; reset has no effect and no response (F12, F13)', async () => {
    it.faults.next({ kind: 'reset' }, { on: 'write' });
    await expect(it.send(`PUT ${ANA}`, { permission: 'admin' })).rejects.toThrow();
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('none');
    it.faults.next({ kind: 'lost-reply' }, { on: 'write' });
    await expect(it.send(`PUT ${ANA}`, { permission: 'admin' })).rejects.toThrow();
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('admin');
  });

  test('swallow responds to a write with success and has no effect (F14)', async () => {
    it.faults.next({ kind: 'swallow' }, { on: 'write' });
    expect((await it.send(`PUT ${ANA}`, { permission: 'admin' })).status).toBe(204);
    expect(it.github.effects()).toEqual([]);
  });

  test('reads are stale until fresh is called (F15)', async () => {
    it.faults.stale();
    await it.send(`PUT ${ANA}`, { permission: 'admin' });
    expect((await it.send(`GET ${ANA}/permission`)).body).toMatchObject({ role_name: 'read' });
    it.faults.fresh();
    expect((await it.send(`GET ${ANA}/permission`)).body).toMatchObject({ role_name: 'admin' });
  });
});

describe('a state file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-github-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('after SIGKILL, every change that got a response is there and the same App can authenticate (F01)', async () => {
    const stateFile = join(folder, 'github.json');
    const script = `
      import { lantern } from './sandbox/github/seed.ts';
      import { startGitHub } from './sandbox/github/server.ts';
      const { github } = await startGitHub({ seed: lantern, stateFile: ${JSON.stringify(stateFile)} });
      github.setCollaborator('ana-ferreira', 'orders', 'maintain');
      console.log('done');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    for await (const line of createInterface({ input: child.stdout })) if (line === 'done') break;
    child.kill('SIGKILL');
    const again = await startTestGithub({ stateFile });
    try {
      expect(again.github.directRole('ana-ferreira', 'orders')).toBe('maintain');
      expect(again.github.effects()).toHaveLength(1);
      expect((await again.send(`GET ${ANA}/permission`)).body).toMatchObject({ role_name: 'maintain' });
    } finally {
      await again.stop();
    }
  });

  test('a path that cannot be read is refused with advice and not overwritten', () => {
    expect(() => fileStore('/dev').load()).toThrow('delete the file to start with the initial state');
  });
});
