import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { curfew, role } from '../e2e/processes.fixture.ts';
import { until } from '../until.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

const home = mkdtempSync(join(tmpdir(), 'curfew-given-'));
afterAll(() => rmSync(home, { recursive: true }));

const EVERYBODYS = {
  DATABASE_URL: 'postgres://curfew:none@127.0.0.1:1/curfew',
  CURFEW_CONFIG: home,
  CURFEW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
};
const TEMPORAL = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' };
const { CURFEW_SECRET_KEY: _key, ...KEYLESS } = { ...EVERYBODYS, ...TEMPORAL, ...SLACK };
const ALL =
  'DATABASE_URL, CURFEW_CONFIG, CURFEW_SECRET_KEY, TEMPORAL_ADDRESS, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CHANNEL';

describe('what a command cannot do without is named, and nothing else', () => {
  test.each<[why: string, args: readonly string[], env: Record<string, string>, missing: string]>([
    ['nothing is set', ['up'], {}, ALL],
    ['all but the key', ['up'], KEYLESS, 'CURFEW_SECRET_KEY'],
    ['the worker', ['up', '--role', 'worker'], EVERYBODYS, 'TEMPORAL_ADDRESS'],
    ["a provider's process", ['up', '--role', 'provider:github'], EVERYBODYS, 'TEMPORAL_ADDRESS'],
    [
      'the gateway',
      ['up', '--role', 'gateway'],
      { ...EVERYBODYS, ...TEMPORAL },
      'SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CHANNEL',
    ],
    [
      'the sweeper beside the worker',
      ['up', '--role', 'sweeper', '--role', 'worker'],
      EVERYBODYS,
      'TEMPORAL_ADDRESS',
    ],
    ['another command, nothing set', ['list'], {}, ALL],
    ['another command, all but the key', ['list'], KEYLESS, 'CURFEW_SECRET_KEY'],
    ['migrations', ['migrate'], {}, 'DATABASE_URL'],
  ])('%s', async (_why, args, env, missing) => {
    const { code, err } = await curfew(args, { env, home });
    expect(code).toBe(2);
    expect(err).toContain(`these settings are missing: ${missing}.\n`);
    expect(err).toContain('to do: ');
  });
});

test('the sweeper runs without Slack and Temporal, and while the ledger is away', async () => {
  const sweeper = await role(['sweeper'], { env: EVERYBODYS, home });
  await sweeper.kill();
});

test('the worker needs no Slack, and waits in its own process for a Temporal that is away (F06)', async () => {
  const env = { ...EVERYBODYS, ...TEMPORAL, PATH: process.env['PATH'] ?? '', CURFEW_HOME: home };
  const worker = spawn(process.execPath, [CURFEW, 'up', '--role', 'worker'], { cwd: home, env });
  try {
    let log = '';
    worker.stdout.on('data', (chunk: Buffer) => void (log += chunk.toString('utf8')));
    await until('it has tried twice', () => {
      if (worker.exitCode !== null) throw new Error(`it ended with ${worker.exitCode}: ${log}`);
      return log.includes('tried again in 2 s') || undefined;
    });
  } finally {
    worker.kill('SIGKILL');
  }
});
