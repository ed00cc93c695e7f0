import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Command } from 'commander';
import { publishConnections, sandboxConnections } from '../../app/connections.ts';
import { demoCommand, loadSandbox } from '../../cli/commands/demo.ts';
import { doctorCommand } from '../../cli/commands/doctor.ts';
import { listCommand } from '../../cli/commands/list.ts';
import { migrateCommand } from '../../cli/commands/migrate.ts';
import { upCommand } from '../../cli/commands/up.ts';
import { asAdmin, serverUrl } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder, runCommand, withEnvironment } from './cli.fixture.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: Folder;
let empty: string;
beforeAll(async () => {
  folder = await openFolder();
  empty = mkdtempSync(join(tmpdir(), 'curfew-empty-'));
});
afterAll(async () => {
  await folder?.stop();
  rmSync(empty, { recursive: true, force: true });
});

describe('curfew migrate', () => {
  const name = `migrated_${randomBytes(6).toString('hex')}`;
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
  const migrate = (env: Readonly<Record<string, string>>) =>
    withEnvironment({ CURFEW_HOME: empty, ...env }, () => runCommand(migrateCommand(), []));
  beforeAll(() => asAdmin(async (admin) => void (await admin.query(`create database ${name}`))));
  afterAll(() => asAdmin(async (admin) => void (await admin.query(`drop database ${name} with (force)`))));

  test('connects as the owner of the tables, names what it applied, and then has nothing to do', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none',
      CURFEW_MIGRATION_DATABASE_URL: url,
    };
    expect(await migrate(env)).toEqual({
      code: 0,
      out: 'Applied: 0001_foundation, 0002_clicks, 0003_requests, 0004_events, 0005_leases, 0006_messages, 0007_manifest, 0008_findings, 0009_mass_endings, 0010_use, 0011_reviews, 0012_console, 0013_log, 0014_access_periods, 0015_request_list, 0016_audit_access, 0017_audit_requests, 0018_numbers\n',
      err: '',
    });
    expect(await migrate(env)).toEqual({ code: 0, out: 'The schema is up to date.\n', err: '' });
    expect(await rowsOf(url, 'select from event')).toEqual([]);
  });

  test('without settings it migrates the ledger of the demo in this folder', async () => {
    expect(await migrate({ CURFEW_HOME: folder.home })).toMatchObject({
      code: 0,
      out: 'The schema is up to date.\n',
    });
  });

  test('in the demo too it connects as the owner of the tables', async () => {
    const home = mkdtempSync(join(empty, 'demo-'));
    const databaseUrl = 'postgres://nobody:none@127.0.0.1:1/none';
    publishConnections(home, sandboxConnections({ ...folder.connections, databaseUrl }));
    expect(await migrate({ CURFEW_HOME: home })).toMatchObject({
      code: 0,
      out: 'The schema is up to date.\n',
    });
  });

  test('without settings and without a demo it names the one setting that it needs', async () => {
    expect(await migrate({})).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining('these settings are missing: DATABASE_URL.'),
    });
  });

  test('a database that does not answer fails with 1 and says where', async () => {
    expect(await migrate({ DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none' })).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^\nThe ledger does not answer\.\n {2}where: .*ECONNREFUSED/),
    });
  });
});

describe('a command whose ledger does not answer', () => {
  test('fails with 1, with one message and no stack', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none',
      CURFEW_CONFIG: folder.config,
      CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_CHANNEL: 'C0123456789',
      CURFEW_HOME: folder.home,
      // The settings name every provider of the policy, so that only the ledger is missing.
      AWS_REGION: 'eu-central-1',
      CURFEW_POSTGRES_TARGETS: 'orders=postgres://a:b@127.0.0.1:1/orders',
    };
    const { code, out, err } = await withEnvironment(env, () => runCommand(listCommand(), []));
    expect([code, out]).toEqual([1, '']); // the settings win over the demo that runs in the folder
    expect(err).toMatch(/^\nThe ledger does not answer\.\n/);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('curfew up', () => {
  const up = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    withEnvironment({ CURFEW_HOME: folder.home, ...env }, () => runCommand(upCommand(), args));

  test.each(['admin', 'provider', 'provider:', 'Gateway', ''])('does not know the role %j', async (role) => {
    expect(await up(['--role', role])).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining(
        'The role is gateway, worker, sweeper, sequencer, streamer, console or provider:<name>.',
      ),
    });
  });

  test('never uses the demo that runs in the folder', async () => {
    const { code, out, err } = await up([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('"curfew up" uses real services, and these settings are missing: DATABASE_URL,');
  });

  test.each([
    ['the sweeper', ['--role', 'sweeper'], 'DATABASE_URL, CURFEW_CONFIG, CURFEW_SECRET_KEY.'],
    ['a provider', ['--role', 'provider:github'], 'CURFEW_SECRET_KEY, TEMPORAL_ADDRESS.'],
    [
      'the gateway',
      ['--role', 'gateway'],
      'CURFEW_SECRET_KEY, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CHANNEL.',
    ],
  ])('names only the settings that %s needs', async (_what, args, missing) => {
    expect((await up(args)).err).toContain(missing);
  });

  test('refuses a provider that is not configured, before anything starts', async () => {
    const env = {
      DATABASE_URL: folder.url,
      CURFEW_CONFIG: folder.config,
      CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      CURFEW_LOG_LEVEL: 'silent',
    };
    expect(await up(['--role', 'provider:github'], env)).toEqual({
      code: 2,
      out: '',
      err: '\nThe provider "github" is not configured. Set its settings (.env.example lists them all).\n',
    });
  });
});

describe('the people of the example on real services', () => {
  beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => undefined)); // Slack's client warns.
  afterAll(() => void jest.restoreAllMocks());

  const work = (command: Command, args: readonly string[]) =>
    withEnvironment(
      {
        CURFEW_HOME: empty,
        DATABASE_URL: folder.url,
        CURFEW_CONFIG: folder.config,
        CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
        CURFEW_LOG_LEVEL: 'silent',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' },
        SLACK_API_URL: 'https://127.0.0.1.nip.invalid/api/',
      },
      () => runCommand(command, args),
    );
  const ANA = /people\.yaml:7:17: the slack account "U0ANAFERR1" is that of an example person\. Replace it/;

  test('"curfew up" does not start', async () => {
    expect(await work(upCommand(), ['--role', 'sweeper'])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(ANA),
    });
  });

  test('"curfew doctor" reports each of them', async () => {
    const { code, out } = await work(doctorCommand(), []);
    expect([code, out]).toEqual([1, expect.stringMatching(ANA)]);
  });
});

describe('curfew demo', () => {
  test.each([
    ['is not installed', `Cannot find package '@curfew/sandbox' imported from /x/demo.ts`, '@curfew/sandbox'],
    ['lacks a package', `Cannot find package 'hono' imported from /x/server.ts`, 'hono'],
  ])('says what to install when the sandbox %s', async (_what, message, missing) => {
    const error = Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(loadSandbox(() => Promise.reject(error))).rejects.toMatchObject({
      code: 2,
      message: expect.stringMatching(
        new RegExp(
          `${missing} is missing[^]*\\n {2}where: ${ROOT}\\n[^]*npm install --workspace @curfew/sandbox`,
        ),
      ),
    });
  });

  test.each([
    ['a bug in it', new TypeError('x is not a function')],
    [
      'a file of ours that is missing',
      Object.assign(new Error(`Cannot find module '/x/y.ts'`), { code: 'ERR_MODULE_NOT_FOUND' }),
    ],
  ])('does not hide %s behind that advice', async (_what, error) => {
    await expect(loadSandbox(() => Promise.reject(error))).rejects.toBe(error);
  });

  test('refuses wrong settings before it starts anything', async () => {
    const listeners = process.listenerCount('SIGINT');
    const printed = await withEnvironment({ CURFEW_HOME: empty, CURFEW_PORT: 'eighty' }, () =>
      runCommand(demoCommand(), []),
    );
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      for (const each of process.listeners(signal).slice(listeners)) process.off(signal, each);
    expect(printed).toEqual({
      code: 2,
      out: '',
      err: expect.stringContaining('CURFEW_PORT must be a whole number'),
    });
  });
});
