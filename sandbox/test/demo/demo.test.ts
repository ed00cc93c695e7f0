import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publishedConnections } from '../../../app/connections.ts';
import { curfew } from '../../../test/e2e/processes.fixture.ts';
import { type Demo, startDemoProcess } from '../browser/demo.fixture.ts';
import {
  ask,
  canListListeners,
  listenersOf,
  LOOPBACK_ADDRESSES,
  openTo,
} from '../launch/listeners.fixture.ts';

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();

/** Stands for every real service. It counts who connects to it. */
let vendor: Server;
let calls = 0;
let real: Readonly<Record<string, string>>;
let demo: Demo;
beforeAll(async () => {
  vendor = createServer((socket) => ((calls += 1), socket.destroy()));
  await new Promise<void>((listening) => vendor.listen(0, '127.0.0.1', listening));
  const address = vendor.address();
  const place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  real = {
    SLACK_BOT_TOKEN: 'xoxb-canary',
    SLACK_APP_TOKEN: 'xapp-canary',
    SLACK_CHANNEL: 'C0123456789',
    SLACK_API_URL: `http://${place}/api/`,
    DATABASE_URL: `postgres://u:canary@${place}/ledger`,
    TEMPORAL_ADDRESS: place,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIACANARY',
    AWS_SECRET_ACCESS_KEY: 'canary',
    AWS_ENDPOINT_URL_IAM: `http://${place}`,
    GITHUB_APP_ID: '1',
    GITHUB_APP_PRIVATE_KEY: PEM,
    GITHUB_INSTALLATION_ID: '2',
    GITHUB_API_URL: `http://${place}`,
    CURFEW_POSTGRES_TARGETS: `orders=postgres://admin:canary@${place}/orders`,
    CURFEW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  demo = await startDemoProcess(real);
});
afterAll(async () => {
  await demo?.stop();
  vendor?.close();
});

test('with the settings of every real service, the demo connects to none of them (T44)', async () => {
  const doctor = await curfew(['doctor', '--output', 'json'], { env: {}, home: demo.home });
  const findings = JSON.parse(doctor.out) as readonly { part: string; state: string }[];
  expect(findings.filter(({ state }) => state === 'broken')).toEqual([]);
  expect(findings.map(({ part }) => part)).toEqual(
    expect.arrayContaining(['ledger', 'slack', 'temporal', 'console', 'github', 'postgres']),
  );
  expect(publishedConnections(demo.home)).toMatchObject({ kind: 'sandbox' });
  expect(calls).toBe(0);
});

test('the reaper runs as a process of its own, with credentials of its own, and its first screen says what it does (F07, I24)', async () => {
  expect(demo.text()).toMatch(
    /Reaper +its own process and credentials, a pass every 10s; first pass: Nothing is past its end\./,
  );
  const check = readFileSync(join(demo.home, 'logs', 'reaper.log'), 'utf8');
  expect(check).not.toMatch(/"state":"(left|unread|warning)"/);
});

test('its screen and its log name the settings that it ignores, and never their values (T44)', () => {
  const screen = demo.text();
  const log = readFileSync(join(demo.home, 'logs', 'curfew.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('ignores the settings of real services'));
  expect(lines).toHaveLength(1);
  for (const name of Object.keys(real)) {
    expect(screen).toContain(name);
    expect(lines[0]).toContain(`"${name}"`);
  }
  expect(screen).toContain('npx curfew up');
  expect(screen + log).not.toMatch(/canary/i);
});

if (canListListeners)
  describe('no web page of another site can use a port that the demo opens (T42)', () => {
    test('every port is on this machine only', () => {
      const listeners = listenersOf(demo.pid);
      // The page, GitHub, Postgres, and at least the front end of Temporal and its HTTP interface.
      expect(new Set(listeners.map(({ port }) => port)).size).toBeGreaterThan(4);
      for (const { address } of listeners) expect(LOOPBACK_ADDRESSES).toContain(address);
    });

    test('every port that speaks HTTP refuses a foreign host, a foreign origin and what an image sends', async () => {
      const complaints: string[] = [];
      for (const { port } of listenersOf(demo.pid))
        complaints.push(...(await openTo(port)).map((what) => `port ${port}: ${what}`));
      expect(complaints).toEqual([]);
    });

    test('the page answers a person, so that this test does not pass because nothing answers', async () => {
      expect(await ask(Number(new URL(demo.url).port))).toMatchObject({ status: 200 });
    });
  });
else test.skip('the ports of the demo (they are listed on Linux only)', () => undefined);

test('after Ctrl-C a command in another terminal finds no addresses of it, and no key', async () => {
  await demo.interrupt();
  expect(publishedConnections(demo.home)).toBeUndefined();
});
