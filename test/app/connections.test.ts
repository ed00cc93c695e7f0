import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runProgram, withEnvironment } from '../cli/cli.fixture.ts';
import { role, started } from '../e2e/processes.fixture.ts';
import { until } from '../until.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

const home = mkdtempSync(join(tmpdir(), 'curfew-connections-'));
afterAll(() => rmSync(home, { recursive: true }));

const SHARED = {
  DATABASE_URL: 'postgres://curfew:none@127.0.0.1:1/curfew',
  CURFEW_CONFIG: home,
  CURFEW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
};
const TEMPORAL = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' };
const { CURFEW_SECRET_KEY: _key, ...WITHOUT_KEY } = { ...SHARED, ...TEMPORAL, ...SLACK };
const ALL =
  'DATABASE_URL, CURFEW_CONFIG, CURFEW_SECRET_KEY, TEMPORAL_ADDRESS, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CHANNEL';

describe('a command names exactly the missing settings that it needs', () => {
  test.each<[why: string, args: readonly string[], env: Record<string, string>, missing: string]>([
    ['curfew up without any setting', ['up'], {}, ALL],
    ['curfew up without the secret key', ['up'], WITHOUT_KEY, 'CURFEW_SECRET_KEY'],
    ['another command without any setting', ['list'], {}, Object.keys(SHARED).join(', ')],
    ['an end without any setting', ['end', 'zzzzzzzz'], {}, Object.keys(SHARED).join(', ')],
    ['the doctor without any setting', ['doctor'], {}, ALL],
    ['another command without the secret key', ['list'], WITHOUT_KEY, 'CURFEW_SECRET_KEY'],
    ['migrations without a database', ['migrate'], {}, 'DATABASE_URL'],
  ])('%s', async (_why, args, env, missing) => {
    const { code, err } = await withEnvironment({ CURFEW_HOME: home, ...env }, () => runProgram(args));
    expect(code).toBe(2);
    expect(err).toContain(`these settings are missing: ${missing}.\n`);
    expect(err).toContain('to do: ');
  });
});

test.each([
  ['the gateway without Slack', 'gateway', 'SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_CHANNEL are not set'],
  [
    'the process of a provider without its settings',
    'provider:github',
    'The provider "github" is not configured. Set its settings (.env.example lists them all).',
  ],
])('a process of which no part can start ends, and says why: %s', async (_which, name, why) => {
  const { code, err } = await withEnvironment({ CURFEW_HOME: home, ...SHARED }, () =>
    runProgram(['up', '--role', name]),
  );
  expect([code, err]).toEqual([2, `\n${why}\n`]);
});

test('the sweeper runs without Slack and Temporal, and while the ledger is unavailable', async () => {
  const sweeper = await role(['sweeper'], { env: SHARED, home });
  await sweeper.kill();
});

test('the sweeper runs beside parts that cannot start, because Slack, Temporal and a provider are not set (I3, F32)', async () => {
  const roles = ['gateway', 'worker', 'provider:github', 'sweeper'];
  const args = ['up', ...roles.flatMap((each) => ['--role', each])];
  const process = await started(args, { env: SHARED, home, until: '"starting":[],' });
  await process.kill();
  const parts =
    process
      .log()
      .split('\n')
      .find((line) => line.includes('"starting":[],')) ?? '{}';
  expect(JSON.parse(parts)).toMatchObject({
    running: expect.arrayContaining(['sweeper', 'answers']),
    waiting: {
      gateway: 'SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_CHANNEL are not set',
      workflows: 'TEMPORAL_ADDRESS is not set',
      'provider github':
        'The provider "github" is not configured. Set its settings (.env.example lists them all).',
    },
  });
});

test('the worker needs no settings of Slack, and tries again while Temporal is unavailable (F06)', async () => {
  const env = { ...SHARED, ...TEMPORAL, PATH: process.env['PATH'] ?? '', CURFEW_HOME: home };
  const worker = spawn(process.execPath, [CURFEW, 'up', '--role', 'worker'], { cwd: home, env });
  try {
    let log = '';
    worker.stdout.on('data', (chunk: Buffer) => void (log += chunk.toString('utf8')));
    await until(
      'its workflows have tried once',
      () => {
        if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}: ${log}`);
        return (log.includes('"part":"workflows"') && log.includes('tried again in ')) || undefined;
      },
      150_000,
    );
  } finally {
    worker.kill('SIGKILL');
  }
});
