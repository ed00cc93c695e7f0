import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { UserFacingError } from '../../app/errors.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { until } from '../until.fixture.ts';
import { removeSignalListeners, SIGNALS } from './signals.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'curfew-demo-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(removeSignalListeners);
afterEach(removeSignalListeners);

type Demo = Readonly<{ screen: string; stop(): Promise<void> }>;
let started: { settings: Settings; ignored: readonly string[]; progress: unknown; env: object } | undefined;
let starting: Promise<Demo>;
jest.unstable_mockModule('@curfew/sandbox', () => ({
  startDemo(settings: Settings, ignored: readonly string[], progress: unknown) {
    started = { settings, ignored, progress, env: { ...process.env } };
    return starting;
  },
  progressOn: (out: unknown) => ({ out }),
}));
const { demoCommand } = await import('../../cli/commands/demo.ts');
const { runCommand, withEnvironment } = await import('./cli.fixture.ts');

/** Runs `curfew demo` until it begins to start the services. */
async function demo(starts: Promise<Demo>, more: Readonly<Record<string, string>> = {}) {
  [started, starting] = [undefined, starts];
  let isEnded = false;
  const ended = withEnvironment({ CURFEW_HOME: home, CURFEW_PORT: '4321', ...more }, () =>
    runCommand(demoCommand(), []),
  ).finally(() => (isEnded = true));
  await until('it starts the services', () => started);
  await new Promise(setImmediate);
  return { ended, isEnded: () => isEnded };
}

test('the demo gets the settings, shows its screen, and runs until a signal; then it is stopped with the exit code 0', async () => {
  let finish: () => void = () => undefined;
  const stop = jest.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const { ended, isEnded } = await demo(Promise.resolve({ screen: 'Curfew runs.\n', stop }));
  expect(started).toMatchObject({
    settings: { home, port: 4321 },
    ignored: [],
    progress: { out: process.stdout },
  });
  expect([isEnded(), stop.mock.calls.length]).toEqual([false, 0]);
  process.emit('SIGINT');
  await until('it stops the services', () => stop.mock.calls.length > 0);
  await new Promise(setImmediate);
  expect(isEnded()).toBe(false);
  finish();
  expect(await ended).toEqual({
    code: 0,
    out: 'Curfew runs.\n\n  Stopping. Access that expires while Curfew is stopped is revoked after the next start.\n  Stopped.\n',
    err: '',
  });
  expect(stop).toHaveBeenCalledTimes(1);
});

test.each(SIGNALS)(
  '%s while the services start ends the demo at once, with the exit code 130',
  async (signal) => {
    const { ended } = await demo(new Promise(() => undefined));
    process.emit(signal);
    expect(await ended).toEqual({
      code: 130,
      out: '\n  Stopped before everything was started.\n',
      err: '',
    });
  },
);

test('a service that cannot start is told with its message alone, and fails with 1', async () => {
  const { ended } = await demo(
    Promise.reject(new UserFacingError('Port 4321 is in use.\n  to do: free it.')),
  );
  expect(await ended).toEqual({ code: 1, out: '', err: '\nPort 4321 is in use.\n  to do: free it.\n' });
});

test('the settings of real services are named and not used, and no part of the demo finds them (T44)', async () => {
  const real = {
    DATABASE_URL: 'not an address', // what is ignored needs not be right
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    GITHUB_APP_PRIVATE_KEY_FILE: '/nowhere',
    TEMPORAL_ADDRESS: 'temporal.example.com:7233',
    CURFEW_POSTGRES_TARGETS: 'orders=postgres://admin:hunter2@db.example.com/orders',
    CURFEW_SECRET_KEY: 'production',
  };
  const { ended } = await demo(Promise.reject(new UserFacingError('enough')), real);
  expect([...(started?.ignored ?? [])].sort()).toEqual(Object.keys(real).sort());
  for (const name of Object.keys(real)) expect(started?.env).not.toHaveProperty(name);
  expect(JSON.stringify(started)).not.toContain('hunter2');
  await ended;
});
