import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../cli/terminal/exit.ts';
import { type Folder, openFolder, type Printed, runProgram, withEnvironment } from './cli.fixture.ts';

let folder: Folder;
let empty: string;
beforeAll(async () => {
  empty = mkdtempSync(join(tmpdir(), 'curfew-empty-'));
  folder = await openFolder();
});
afterAll(async () => {
  await folder?.stop();
  rmSync(empty, { recursive: true, force: true });
});

/** Runs `curfew` with these settings only. */
const curfew = (env: Readonly<Record<string, string>>, args: readonly string[]) =>
  withEnvironment(env, () => runProgram(args));

/** Expects exit code 2 and one clear message without a stack trace. */
function clear({ code, out, err }: Printed, words: RegExp): void {
  expect([code, err + out]).toEqual([EXIT.usage, expect.stringMatching(words)]);
  expect(err + out).not.toMatch(/\n\s+at |node_modules|undefined|\[object/);
  expect((err + out).length).toBeLessThan(5_000);
}

describe('the command line refuses what it cannot read', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['an unknown command', ['grnat'], /unknown command 'grnat'/],
    ['a command that is nearly one', ['lst'], /Did you mean list\?/],
    ['an unknown flag', ['list', '--everything'], /unknown option '--everything'/],
    ['a flag without its value', ['list', '--state'], /argument missing/],
    [
      'a state that does not exist',
      ['list', '--state', 'open'],
      /There is no state "open"\. There are pending, granting, /,
    ],
    ['a limit below 1', ['list', '--limit', '-1'], /whole number from 1 to 500/],
    [
      'an output format that does not exist',
      ['list', '--output', 'xml'],
      /Allowed choices are table, json, jsonl, csv/,
    ],
    ['a page before something that is not an id', ['list', '--before', 'yesterday'], /complete request id/],
    ['a missing argument', ['request', 'orders-db'], /missing required argument 'length'/],
    ['an unknown inner command', ['audit', 'nonsense'], /unknown command 'nonsense'/],
    ['an unknown flag of a command that acts', ['request', '--bad'], /unknown option '--bad'/],
    ['an unknown flag of an inner command', ['audit', 'story', 'abcd', '--bad'], /unknown option '--bad'/],
    ['an inner command that is missing', ['audit'], /Usage: curfew audit/],
    ['too many arguments', ['list', 'all'], /too many arguments for 'list'/],
    ['a shell that has no completion', ['completion', 'csh'], /Allowed choices are bash, zsh, fish/],
    ['a digest that is none', ['approve', 'abcd', '--digest', '12'], /64 hex digits/],
    ['a missing argument of an inner command', ['audit', 'story'], /missing required argument 'request'/],
    ['a denial without a reason', ['deny', 'abcd'], /required option '-r, --reason/],
    ['a dry run of one request', ['end', 'abcd', '--dry-run'], /Nothing was ended: --dry-run is for/],
    [
      'a reason for the end of one request',
      ['end', 'abcd', '--reason', 'x'],
      /Nothing was ended: --reason is for ending many/,
    ],
    ['one request and a scope', ['end', 'abcd', '--person', 'ana'], /Nothing was ended: --person is for/],
    ['a count for one request', ['end', 'abcd', '--yes', '1'], /Nothing was ended: --yes is for/],
    [
      'a role that does not exist',
      ['up', '--role', 'admin'],
      /gateway, worker, sweeper, sequencer, streamer, console or provider:<name>/,
    ],
    ['text that is not a request id', ['audit', 'story', '<!channel>'], /is not the id of a request/],
    ['a very long request id', ['audit', 'story', 'x'.repeat(10_000)], /is not the id of a request/],
    [
      'a request with a quote in it',
      ['approve', "'; drop table event; --", '--as', 'cy'],
      /is not the id of a request/,
    ],
  ])('%s', async (_what, args, words) => clear(await curfew({ CURFEW_HOME: folder.home }, args), words));
});

describe('the command line explains itself', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };

  test('--version prints the version of the package, with the exit code 0', async () => {
    expect(await curfew({}, ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('--help lists the commands in the order of a first use, and the exit codes', async () => {
    const { code, out, err } = await curfew({}, ['--help']);
    expect([code, err]).toEqual([0, '']);
    const names = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(names).toEqual([
      ...['demo', 'up', 'migrate', 'request', 'approve', 'deny', 'withdraw', 'end', 'extend'],
      ...[
        'password',
        'explain',
        'list',
        'findings',
        'audit',
        'quarantine',
        'locks',
        'doctor',
        'reap',
        'completion',
        'help',
      ],
    ]);
    const { done, failed, usage, notFound, notAllowed, verificationFailed } = EXIT;
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `Exit codes: ${done} done (also when there was nothing to do), ${failed} failed, ${usage} wrong usage or settings, ${notFound} not found, ${notAllowed} not allowed, ${verificationFailed} verification failed.`,
    );
  });

  test.each([[['lst']], [['list', '--everything']], [['audit', 'story']]])(
    '%j: wrong usage says where the arguments and options are explained',
    async (args) => {
      const { err } = await curfew({ CURFEW_HOME: folder.home }, args);
      expect(err).toMatch(/\n\(--help shows the arguments and options\)\n$/);
    },
  );

  test.each([
    [['request'], 'act as this person (sandbox only)'],
    [['approve'], 'act as this person (sandbox only)'],
    [['deny'], 'the requester reads this text'],
    [['audit', 'story'], 'curfew audit story 8n0p4x7q --output jsonl'],
    [['up'], 'neither Slack nor a provider'],
  ])('%j --help explains the command, with the exit code 0', async (path, words) => {
    expect(await curfew({}, [...path, '--help'])).toEqual({
      code: 0,
      out: expect.stringContaining(words),
      err: '',
    });
  });
});

describe('wrong settings stop the start with exit code 2, and each of them is named', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a name that is not a setting', { CURFEW_SWEEP_SECOND: '1' }, /CURFEW_SWEEP_SECOND is not a setting/],
    ['text for a number', { CURFEW_PORT: 'eighty' }, /CURFEW_PORT must be a whole number/],
    [
      'an address of the wrong kind',
      { DATABASE_URL: 'mysql://x' },
      /DATABASE_URL must be an address like postgres:/,
    ],
    ['a token of the wrong kind', { SLACK_BOT_TOKEN: 'xapp-1' }, /SLACK_BOT_TOKEN must be the bot token/],
    [
      'one Slack setting without the others',
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      /SLACK_APP_TOKEN is missing[^]*SLACK_CHANNEL is missing/,
    ],
    ['a key of the wrong length', { CURFEW_SECRET_KEY: 'c2hvcnQ=' }, /CURFEW_SECRET_KEY must be 32 bytes/],
    [
      'text for a key',
      { GITHUB_APP_PRIVATE_KEY: 'hunter2' },
      /GITHUB_APP_PRIVATE_KEY must be the private key/,
    ],
    ['a secret given twice', { DATABASE_URL: 'postgres://a@b/c', DATABASE_URL_FILE: '/x' }, /is set twice/],
    [
      'a secret in a file that is not there',
      { DATABASE_URL_FILE: '/nowhere' },
      /cannot be read from the file/,
    ],
    [
      'a remote server without TLS',
      { TEMPORAL_ADDRESS: 'far.example:7233' },
      /TEMPORAL_ADDRESS is on another/,
    ],
    ['no settings', {}, /these settings are missing: DATABASE_URL/],
  ])('%s', async (_what, env, words) => {
    const said = await curfew({ CURFEW_HOME: empty, ...env }, ['up']);
    clear(said, words);
    expect(said.err).not.toContain('hunter2');
  });
});
