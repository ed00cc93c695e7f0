import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODULES } from '../../providers/index.ts';
import { loadEach } from '../../providers/load.ts';
import { PROVIDER_SETTINGS, settingsIn } from '../../providers/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NEEDED = [
  'app',
  'core',
  'ledger',
  'manifest',
  'audit',
  'policy',
  'providers',
  'requests',
  'scripts',
  'package.json',
];

test('each folder of providers/ is a provider, with settings of its own', () => {
  const folders = readdirSync(join(ROOT, 'providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(MODULES.map(({ settings }) => settings.name).sort()).toEqual(folders.sort());
  expect(PROVIDER_SETTINGS.map(({ name }) => name)).toEqual(MODULES.map(({ settings }) => settings.name));
});

describe('a folder of a provider is refused', () => {
  const acme = '../test/providers/added/acme';

  test('when its settings have another name than the folder', async () => {
    await expect(settingsIn([acme])).rejects.toThrow(
      `providers/${acme}/settings.ts has the name "acme", not that of its folder`,
    );
  });

  test('when its file does not export what it must', async () => {
    expect(await loadEach([acme], 'settings.ts', 'settings')).toMatchObject([{ name: 'acme' }]);
    await expect(loadEach([acme], 'settings.ts', 'module')).rejects.toThrow(
      `providers/${acme}/settings.ts exports no "module"`,
    );
  });
});

test('nothing but its own folder, the sandbox and examples name a vendor in production', () => {
  const names = ['awsIam', 'aws-iam', 'githubProvider', 'postgresProvider', 'GITHUB_', 'AWS_'];
  const files = [
    'app',
    'activities',
    'inbox',
    'ledger',
    'policy/judge',
    'policy/rules',
    'requests',
    'temporal',
    'upkeep',
    'wording',
    'workflows',
  ];
  const found = files.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, folder, file), 'utf8');
        return names.filter((name) => text.includes(name)).map((name) => `${folder}/${file}: ${name}`);
      }),
  );
  // The demo starts an imitation of AWS, whose type says that it is on this machine (T44). The schema has an example of a value. The manifest
  // can be in a bucket, which takes the region and the keys of AWS where it has none of its own.
  expect(found).toEqual([
    'app/connections.ts: aws-iam',
    'app/reaper.ts: aws-iam',
    'app/settings/schema.ts: aws-iam',
    'app/settings/schema.ts: AWS_',
    'app/settings/settings.ts: AWS_',
  ]);
});

describe('a folder that is added to providers/', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'curfew-added-'));
    for (const each of NEEDED) cpSync(join(ROOT, each), join(copy, each), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    cpSync(join(import.meta.dirname, 'added'), join(copy, 'test/providers/added'), { recursive: true });
    mkdirSync(join(copy, 'providers/acme'));
    mkdirSync(join(copy, 'providers/left')); // An older version left it, and it has no settings.
    for (const file of ['settings.ts', 'index.ts']) {
      const text = readFileSync(join(import.meta.dirname, 'added/acme', file), 'utf8');
      // In its place the folder is two levels higher.
      const moved = text
        .replaceAll('../../../../providers/', '../')
        .replaceAll('../../../../core/', '../../core/');
      writeFileSync(join(copy, 'providers/acme', file), moved);
    }
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('has its settings, its targets, its accounts and its checks, and nothing else was touched', () => {
    const printed = execFileSync(
      process.execPath,
      ['--import', 'tsx', join(copy, 'test/providers/added/use.mts')],
      { cwd: copy, encoding: 'utf8' },
    );
    expect(JSON.parse(printed)).toEqual({
      envExample: true,
      providers: ['acme'],
      describers: ['acme', 'aws-iam', 'curfew', 'github'],
      notEncrypted: [
        { setting: 'ACME_URL', what: 'must begin with https:// for a server on another machine' },
      ],
      policy: [],
      twoAccounts: true,
    });
  });
});
