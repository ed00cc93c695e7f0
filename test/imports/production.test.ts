import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadSandbox } from '../../cli/commands/demo.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { type Loaded, runRecorded } from './loaded.fixture.ts';
import { type Import, importsOf, isComputed, reachableImports } from './imports.fixture.ts';

const CURFEW = join(ROOT, 'cli/curfew.mjs');

type Manifest = Readonly<
  Partial<Record<'dependencies' | 'optionalDependencies' | 'devDependencies', Record<string, string>>>
>;
const manifestAt = (file: string): Manifest => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Manifest;

const PRODUCTION = new Set(Object.keys(manifestAt('package.json').dependencies ?? {}));
const SANDBOX = manifestAt('sandbox/package.json');
const IN_PRODUCTION = withDependencies(PRODUCTION);
/** Packages that are installed only because the sandbox needs them. */
const ONLY_SANDBOX = [SANDBOX.dependencies, SANDBOX.optionalDependencies, SANDBOX.devDependencies]
  .flatMap((group) => Object.keys(group ?? {}))
  .filter((name) => !IN_PRODUCTION.has(name));

/** The packages, and the packages that those need, as package-lock.json lists them. */
function withDependencies(names: Iterable<string>): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Manifest & { peerDependencies?: Record<string, string> }>;
  };
  const found = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const [place, each] of Object.entries(packages))
      if (place.endsWith(`node_modules/${name}`))
        waiting.push(...Object.keys({ ...each.dependencies, ...each.optionalDependencies }));
  }
  return found;
}

/** Everything loaded that production must not load. */
const forbidden = ({ files, packages }: Loaded): readonly string[] => [
  ...files.filter((file) => /^(sandbox|test|bench|scripts|simulator)\//.test(file)),
  ...packages.filter((name) => name === '@curfew/sandbox' || ONLY_SANDBOX.includes(name)),
];

test('the packages that only the sandbox needs are not among those of production', () => {
  expect(ONLY_SANDBOX).toEqual(expect.arrayContaining(['graphql', 'oidc-provider', 'playwright-core']));
  expect([...PRODUCTION].filter((name) => ONLY_SANDBOX.includes(name))).toEqual([]);
});

describe('a production process loads nothing of the sandbox or the tests', () => {
  const SERVICES = {
    DATABASE_URL: 'postgres://curfew:none@127.0.0.1:1/curfew',
    CURFEW_CONFIG: join(ROOT, 'examples/quickstart'),
    CURFEW_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    SLACK_CHANNEL: 'C0123456789',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
  };

  test('"curfew --help", which loads every command and none of the parts that only a command needs', async () => {
    const { code, out, loaded } = await runRecorded([CURFEW, '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('demo')]);
    expect(loaded.files).toEqual(
      expect.arrayContaining(['cli/main.ts', 'cli/commands/demo.ts', 'cli/commands/up.ts']),
    );
    expect(loaded.packages).toContain('commander');
    for (const late of ['pg', '@slack/bolt', '@temporalio/client', '@aws-sdk/client-iam'])
      expect(loaded.packages).not.toContain(late);
    expect(forbidden(loaded)).toEqual([]);
  });

  test.each([
    ['list', ['list', '--person', 'nobody'], 1],
    ['audit story', ['audit', 'story', 'abcdefgh'], 1],
    ['complete', ['complete', '--', 'list', '--person', 'a'], 0],
  ])(
    '"curfew %s" loads neither the providers, nor Slack, nor Temporal, nor the schema of all settings',
    async (_what, args, expected) => {
      const { code, loaded } = await runRecorded([CURFEW, ...args], { env: SERVICES });
      expect(code).toBe(expected);
      if (expected !== 0) expect(loaded.packages).toContain('pg');
      for (const late of [
        'zod',
        '@slack/bolt',
        '@slack/web-api',
        '@temporalio/common',
        '@aws-sdk/client-iam',
        '@octokit/rest',
      ])
        expect(loaded.packages).not.toContain(late);
      expect(loaded.files.filter((file) => /^(bot|providers|requests|temporal|inbox)\//.test(file))).toEqual(
        [],
      );
    },
  );

  test('"curfew up" with all its roles, until their servers were tried', async () => {
    const { code, out, loaded } = await runRecorded([CURFEW, 'up'], {
      env: SERVICES,
      stopWhen: '"part":"workflows","error"',
    });
    expect([code, out]).toEqual([0, expect.stringContaining('"msg":"stopped"')]);
    expect(loaded.files).toEqual(
      expect.arrayContaining(['app/gateway.ts', 'app/sweeper.ts', 'app/worker.ts']),
    );
    expect(loaded.packages).toEqual(
      expect.arrayContaining(['pg', '@slack/bolt', '@temporalio/worker', 'webpack']),
    );
    expect(forbidden(loaded)).toEqual([]);
  });

  test.each([
    ['gateway', ['@slack/bolt'], ['@temporalio/worker', '@temporalio/client']],
    ['worker', ['@temporalio/worker'], ['@slack/bolt']],
    ['sweeper', ['pg'], ['@slack/bolt', '@temporalio/worker', '@temporalio/client']],
  ])('"curfew up --role %s" loads only what this role needs', async (role, needed, others) => {
    const { code, loaded } = await runRecorded([CURFEW, 'up', '--role', role], {
      env: SERVICES,
      stopWhen: '"msg":',
    });
    expect(code).toBe(0);
    expect(loaded.packages).toEqual(expect.arrayContaining(needed));
    for (const other of others) expect(loaded.packages).not.toContain(other);
  });

  test.each([
    ['console/routes.tsx', false],
    ['console/pages/numbers/plots.ts', true],
  ])('what draws plots is loaded by %s: %s', async (file, isLoaded) => {
    const tsx = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
    const script = `await import(${JSON.stringify(tsx)}); await import(${JSON.stringify(join(ROOT, file))});`;
    const { code, loaded } = await runRecorded(['--input-type=module', '--eval', script], {
      env: { TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json') }, // It says how JSX is read. This process runs in another folder.
    });
    expect([code, loaded.files]).toEqual([0, expect.arrayContaining([file])]);
    for (const late of ['@observablehq/plot', 'd3', 'linkedom'])
      expect([late, loaded.packages.includes(late)]).toEqual([late, isLoaded]);
  });

  const inSandbox = createRequire(join(ROOT, 'sandbox/package.json'));

  test.each([
    ['sandbox/launch/ports.ts', join(ROOT, 'sandbox/launch/ports.ts')],
    ['oidc-provider', inSandbox.resolve('oidc-provider')],
    ['playwright-core', inSandbox.resolve('playwright-core')],
  ])('and this test sees that %s is loaded', async (name, file) => {
    const tsx = join(ROOT, 'node_modules/tsx/dist/esm/index.mjs');
    const script = `await import(${JSON.stringify(tsx)}); await import(${JSON.stringify(file)});`;
    const { code, loaded } = await runRecorded(['--input-type=module', '--eval', script]);
    expect(code).toBe(0);
    expect(forbidden(loaded)).toContain(name);
  });
});

describe('no file that production reaches by imports', () => {
  // Temporal's worker bundles the workflows by itself, so that no file imports them.
  const ENTRIES = ['cli/main.ts', 'workflows/index.ts'];

  function complaints(files: ReadonlyMap<string, readonly Import[]>): readonly string[] {
    return [...files.values()]
      .flat()
      .filter((each) => !isAllowed(each))
      .map(({ from, to }) => `${from} imports ${to}`);
  }
  function isAllowed(each: Import): boolean {
    const { from, to, kind } = each;
    if (isComputed(each)) return true;
    if (to === '@curfew/sandbox') return from === 'cli/commands/demo.ts' && kind !== 'static';
    if (/^(sandbox|test|bench|scripts|simulator)\//.test(to)) return false;
    return (kind !== 'dynamic' || /\.(tsx?|mjs)$|^node:/.test(to)) && isProduction(to);
  }
  const isProduction = (to: string): boolean =>
    to.startsWith('node:') || /\.(tsx?|mjs|json)$/.test(to) || PRODUCTION.has(packageOf(to));
  const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

  test('imports the sandbox, a test, or a package that is not a dependency of production', () => {
    const files = reachableImports(ENTRIES);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'app/gateway.ts',
        'bot/app.ts',
        'ledger/index.ts',
        'core/faults.ts',
        'providers/github/index.ts',
      ]),
    );
    expect(complaints(files)).toEqual([]);
  });

  test.each([
    [`import { LOOPBACK } from '../sandbox/launch/ports.ts';`, 'app/log.ts imports sandbox/launch/ports.ts'],
    [`import type { Wish } from '../sandbox/launch/ports.ts';`, 'app/log.ts imports sandbox/launch/ports.ts'],
    [`import { until } from '../test/until.fixture.ts';`, 'app/log.ts imports test/until.fixture.ts'],
    [`import { Provider } from 'oidc-provider';`, 'app/log.ts imports oidc-provider'],
    [`import { parse } from 'graphql/language';`, 'app/log.ts imports graphql/language'],
    [`const a = await import('@curfew/sandbox');`, 'app/log.ts imports @curfew/sandbox'],
    [`export * from '@curfew/sandbox';`, 'app/log.ts imports @curfew/sandbox'],
    [`const a = await import('../sandbox/launch/ports.ts');`, 'app/log.ts imports sandbox/launch/ports.ts'],
    [`const a = await import(name);`, 'app/log.ts imports name'],
  ])('and this test sees %j', (statement, complaint) => {
    expect(complaints(new Map([['app/log.ts', importsOf('app/log.ts', `${statement}\n`)]]))).toEqual([
      complaint,
    ]);
  });
});

describe('where the sandbox is not installed', () => {
  const copy = mkdtempSync(join(tmpdir(), 'curfew-production-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  const LEFT_OUT = new Set([
    '.git',
    '.curfew',
    'bench',
    'docs',
    'node_modules',
    'sandbox',
    'scripts',
    'simulator',
    'test',
  ]);

  /** The product without sandbox/, and every installed package but the sandbox and what only it needs. */
  function copyProduction(): string {
    for (const name of readdirSync(ROOT))
      if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    mkdirSync(join(copy, 'node_modules'));
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (name !== '@curfew' && !ONLY_SANDBOX.includes(name))
        symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
    return join(copy, 'cli/curfew.mjs');
  }

  test('every command but the demo loads, and the demo says how to install it', async () => {
    const curfew = copyProduction();
    expect(await runRecorded([curfew, 'up', '--help'])).toMatchObject({ code: 0 });
    const { code, out } = await runRecorded([curfew, 'demo']);
    expect(code).toBe(2);
    expect(out).toContain('@curfew/sandbox, and it is not installed');
    expect(out).toContain(`where: ${copy}`);
    expect(out).toContain('to do: run "npm install --workspace @curfew/sandbox"');
    expect(out).not.toMatch(/\n\s+at /);
  });

  test('a package that the sandbox needs counts as well; any other error stays as it is', async () => {
    const notFound = (message: string) => Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
    const load = (error: Error) => loadSandbox(() => Promise.reject(error));
    await expect(
      load(notFound(`Cannot find package 'oidc-provider' imported from /a.ts`)),
    ).rejects.toMatchObject({
      name: 'CommandError',
      code: 2,
      message: expect.stringContaining('(oidc-provider is missing)'),
    });
    const file = notFound(`Cannot find module '/a/b.ts' imported from /a.ts`);
    await expect(load(file)).rejects.toBe(file);
    const other = new TypeError('no');
    await expect(load(other)).rejects.toBe(other);
  });
});
