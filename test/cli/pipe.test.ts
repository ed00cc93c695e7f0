import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { endWhenNobodyReads, unfinished } from '../../cli/terminal/pipe.ts';
import type { Minutes, RequestId } from '../../core/ids.ts';
import { LOG_NAME, trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { grantedIn, openedIn } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

let folder: Folder;
let request: RequestId;
beforeAll(async () => {
  folder = await openFolder();
  request = await grantedIn(folder.ledger);
});
afterAll(() => folder?.stop());

/** The exit code of a command whose reader has ended before, and all that it writes beside its output. */
function unread(args: readonly string[]): readonly [code: string, err: string] {
  const words = args.map((word) => `'${word}'`).join(' ');
  const { PATH, HOME, TMPDIR } = process.env;
  const { stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', `'${process.execPath}' '${CURFEW}' ${words} | true; echo "\${PIPESTATUS[0]}"`],
    {
      cwd: folder.home,
      env: { PATH, HOME, CURFEW_HOME: folder.home, ...(TMPDIR ? { TMPDIR } : {}) },
      encoding: 'utf8',
    },
  );
  return [stdout.trim(), stderr];
}

describe('a command whose output nobody reads any more ends without a message', () => {
  test.each<[string, () => readonly string[]]>([
    ['curfew list', () => ['list']],
    ['curfew list --json', () => ['list', '--json']],
    ['curfew audit story', () => ['audit', 'story', request]],
    ['curfew audit story --json', () => ['audit', 'story', request, '--json']],
    ['curfew explain', () => ['explain', 'orders-db', '1h', '--as', 'ana']],
    ['curfew completion bash', () => ['completion', 'bash']],
    ['curfew --help', () => ['--help']],
    ['curfew list --help', () => ['list', '--help']],
  ])('%s', (_what, args) => expect(unread(args())).toEqual(['0', '']));
});

test('curfew up goes on when nobody reads its output: the stream to it has a problem, and the other parts work', async () => {
  const { home, appUrl, config, ledger } = folder;
  await publishAll(ledger);
  const { PATH, HOME, TMPDIR } = process.env;
  const env = {
    ...{ PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}) },
    ...{ CURFEW_HOME: home, DATABASE_URL: appUrl, CURFEW_CONFIG: config },
    ...{ CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'), CURFEW_STREAM: 'stdout:' },
    ...{ CURFEW_LOG_NAME: LOG_NAME, CURFEW_LOG_PUBLIC_KEYS: trusted.map(({ text }) => text).join(',') },
    // An imitation of Slack, so that the people of the example are accepted.
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' },
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
  };
  const up = spawn(process.execPath, [CURFEW, 'up', '--role', 'sweeper', '--role', 'streamer'], {
    ...{ cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const ended = once(up, 'exit');
  try {
    up.stdout.destroy();
    await until('the problem is noted, or it ended', async () =>
      up.exitCode === null ? (await ledger.streams())[0]?.problem?.includes('EPIPE') : true,
    );
    const overdue = await openedIn(ledger, { waitMinutes: -1 as Minutes });
    await until('the sweeper closes it, or it ended', async () =>
      up.exitCode === null
        ? (await ledger.readTrail(overdue)).some(({ event }) => event.kind === 'closed')
        : true,
    );
    expect(up.exitCode).toBeNull();
  } finally {
    up.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

describe('the end of the reader', () => {
  const { exitCode } = process;
  beforeEach(() => void (process.exitCode = undefined)); // An earlier test of this process may have set it.
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = exitCode;
  });

  function endedWith(code: string): { exit: unknown; thrown: unknown } {
    const stream = new EventEmitter();
    let exit: unknown;
    jest.spyOn(process, 'exit').mockImplementation((given) => ((exit = given), undefined as never));
    endWhenNobodyReads([stream]);
    let thrown: unknown;
    try {
      stream.emit('error', Object.assign(new Error('x'), { code }));
    } catch (error) {
      thrown = error;
    }
    return { exit, thrown };
  }

  test('ends the command with the code of success', () =>
    expect(endedWith('EPIPE')).toEqual({ exit: 0, thrown: undefined }));

  test('keeps the exit code that the command has already', () => {
    process.exitCode = 4;
    expect(endedWith('EPIPE').exit).toBe(4);
  });

  test('does not count as done while the command is unfinished, and does afterwards', async () => {
    let during: unknown;
    await unfinished(async () => void (during = endedWith('EPIPE').exit));
    expect([during, endedWith('EPIPE').exit]).toEqual([1, 0]);
  });

  test('is the only error of an output that is ignored: any other is thrown', () =>
    expect(endedWith('EIO')).toEqual({ exit: undefined, thrown: expect.any(Error) }));
});
