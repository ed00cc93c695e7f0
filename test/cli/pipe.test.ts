import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { endWhenNobodyReads, unfinished } from '../../cli/terminal/pipe.ts';
import type { RequestId } from '../../core/ids.ts';
import { grantedIn } from '../ledger/ledger.fixture.ts';
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

describe('the end of the reader', () => {
  afterEach(() => void jest.restoreAllMocks());

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
    const before = process.exitCode;
    process.exitCode = 4;
    try {
      expect(endedWith('EPIPE').exit).toBe(4);
    } finally {
      process.exitCode = before;
    }
  });

  test('does not count as done while the command is unfinished, and does afterwards', async () => {
    const before = process.exitCode;
    try {
      let during: unknown;
      await unfinished(async () => void (during = endedWith('EPIPE').exit));
      expect([during, endedWith('EPIPE').exit]).toEqual([1, 0]);
    } finally {
      process.exitCode = before;
    }
  });

  test('is the only error of an output that is ignored: any other is thrown', () =>
    expect(endedWith('EIO')).toEqual({ exit: undefined, thrown: expect.any(Error) }));
});
