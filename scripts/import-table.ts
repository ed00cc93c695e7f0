import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatted } from './format.ts';

// The one table of who may import whom. The linter's settings and docs/imports.md are written from it
// (npm run imports), and test/imports/ holds every file to it.

export type ImportRule = Readonly<{
  /** A folder, a file, or `providers/*`: each folder in providers/ by itself. */
  place: string;
  /** What its files may import, besides the place itself. */
  uses: readonly string[];
  /** What its files may import as types only: they receive the values as arguments. */
  types: readonly string[];
  /** The packages and `node:` modules it may import. Left out: any. */
  packages?: readonly string[];
  why: string;
}>;

const PRODUCT = ['ledger', 'policy', 'providers'];
const HANDED_OVER = 'Ledger, policy and providers are arguments.';

export const IMPORTS: readonly ImportRule[] = [
  {
    place: 'core',
    uses: [],
    types: [],
    packages: [],
    why: 'The core has no I/O, no clock, no randomness and no package.',
  },
  { place: 'wording', uses: ['core'], types: [], packages: [], why: 'Phrases know no channel.' },
  {
    place: 'workflows',
    uses: ['core'],
    types: ['activities', 'requests'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    why: 'Temporal replays a workflow, so nothing in it may have an effect.',
  },
  { place: 'requests', uses: ['core', 'manifest'], types: PRODUCT, why: HANDED_OVER },
  {
    place: 'upkeep',
    uses: ['core', 'requests', 'manifest'],
    types: [],
    why: 'Its use cases call those of one request.',
  },
  {
    place: 'activities',
    uses: ['core', 'requests'],
    types: [],
    why: 'An activity calls one use case and translates its failure.',
  },
  {
    place: 'temporal',
    uses: ['core', 'workflows'],
    types: [],
    why: 'It connects to Temporal and decides nothing.',
  },
  { place: 'inbox', uses: ['core'], types: ['ledger', 'temporal'], why: 'The inbox knows no channel.' },
  { place: 'policy', uses: ['core'], types: [], why: 'The policy is pure, except for reading its files.' },
  { place: 'ledger', uses: ['core'], types: [], why: 'Only the ledger knows the SQL of our tables.' },
  {
    place: 'manifest',
    uses: ['core'],
    types: [],
    why: 'The reaper reads it where there is neither ledger nor Temporal.',
  },
  {
    place: 'audit/verify',
    uses: [],
    types: [],
    why: 'Anybody can copy the verifier out and run it by itself.',
  },
  {
    place: 'audit',
    uses: ['core', 'manifest'],
    types: [...PRODUCT, 'requests'],
    why: `It has the log and the questions of auditors. ${HANDED_OVER}`,
  },
  {
    place: 'reaper',
    uses: ['core', 'manifest'],
    types: ['providers'],
    why: 'It works without the ledger and without Temporal. Providers are arguments.',
  },
  {
    place: 'bot',
    uses: ['core', 'wording', 'inbox', 'requests', 'audit'],
    types: PRODUCT,
    why: `The bot knows Slack. ${HANDED_OVER}`,
  },
  {
    place: 'console',
    uses: ['core', 'wording', 'inbox', 'requests', 'audit'],
    types: PRODUCT,
    why: `The console knows browsers. ${HANDED_OVER}`,
  },
  { place: 'providers/provider.ts', uses: ['core'], types: [], why: 'It is the interface of all providers.' },
  {
    place: 'providers/module.ts',
    uses: [],
    types: ['providers/provider.ts'],
    why: 'It says what the folder of a provider exports.',
  },
  {
    place: 'providers/setting-fields.ts',
    uses: [],
    types: [],
    why: 'It has the fields of settings, for providers and for the app.',
  },
  {
    place: 'providers/load.ts',
    uses: [],
    types: [],
    why: 'It finds the folders, so that nothing has to list them.',
  },
  {
    place: 'providers/settings.ts',
    uses: ['providers/load.ts'],
    types: ['providers/module.ts'],
    why: 'It reads the settings of each provider, without its SDK.',
  },
  {
    place: 'providers/call-queue.ts',
    uses: ['core'],
    types: ['providers/provider.ts'],
    why: 'It makes calls wait for their turn, whatever the vendor.',
  },
  {
    place: 'providers/budgeted.ts',
    uses: ['providers/call-queue.ts'],
    types: ['core', 'providers/provider.ts'],
    why: 'It keeps a provider within its budget.',
  },
  {
    place: 'providers/target-reader.ts',
    uses: ['core'],
    types: ['providers/provider.ts'],
    why: 'It reads the targets of a catalogue, without the SDK of a vendor.',
  },
  { place: 'providers/index.ts', uses: ['core', 'providers'], types: [], why: 'It creates the providers.' },
  {
    place: 'providers/*',
    uses: ['core', 'providers/setting-fields.ts'],
    types: ['providers/provider.ts', 'providers/module.ts'],
    why: 'Providers share no code: one vendor, one folder.',
  },
  {
    place: 'app',
    uses: [
      'core',
      'requests',
      'upkeep',
      'activities',
      'temporal',
      'inbox',
      'console',
      ...PRODUCT,
      'bot',
      'manifest',
      'audit',
      'reaper',
    ],
    types: [],
    why: 'It wires everything together, and it is what runs in production.',
  },
  {
    place: 'cli',
    uses: ['core', 'wording', 'inbox', 'requests', 'ledger', 'policy', 'app', 'audit', 'reaper'],
    types: [],
    why: 'It parses and prints. It loads the sandbox as the package @curfew/sandbox, for `curfew demo` only.',
  },
  {
    place: 'sandbox',
    uses: ['core', 'ledger', 'manifest', 'policy', 'providers', 'app'],
    types: [],
    why: 'It is a workspace of its own. Nothing of production imports it.',
  },
  {
    place: 'simulator',
    uses: [
      ...['core', 'requests', 'upkeep', 'activities', 'workflows', 'inbox', 'manifest', 'reaper'],
      ...PRODUCT,
      'sandbox',
    ],
    types: ['temporal'],
    why: 'It runs the real code on a virtual clock. Nothing of production imports it.',
  },
];

export const ROOT = resolve(import.meta.dirname, '..');
const LINT = join(ROOT, '.oxlintrc.json');
const PAGE = join(ROOT, 'docs/imports.md');

/** Every folder that rules name, and those that no rule allows to anybody. */
const FOLDERS = [
  ...new Set([...IMPORTS.map(({ place }) => place.split('/')[0] ?? ''), 'scripts', 'bench', 'test']),
];

/** The linter's version of one rule. It reads the text of an import, so it knows folders and no single files. */
export function lintRule({ place, uses, types, packages, why }: ImportRule) {
  const folder = place.split('/')[0] ?? '';
  const allowed = new Set([folder, ...uses.map((each) => each.split('/')[0] ?? '')]);
  const asTypes = new Set(types.map((each) => each.split('/')[0] ?? ''));
  const banned = FOLDERS.filter((each) => !allowed.has(each) && !asTypes.has(each));
  const typesOnly = FOLDERS.filter((each) => !allowed.has(each) && asTypes.has(each));
  const within = (folders: readonly string[]) => `^(\\.\\./)+(${folders.join('|')})/`;
  return [
    { regex: within(banned), message: why },
    ...(typesOnly.length > 0 ? [{ regex: within(typesOnly), allowTypeImports: true, message: why }] : []),
    ...(packages
      ? [{ regex: packagePattern(packages), allowTypeImports: packages.length > 0, message: why }]
      : []),
  ];
}

/** The linter's patterns have no "not one of", so of allowed packages it checks the scope. The test checks the rest. */
const packagePattern = (packages: readonly string[]): string => (packages.length === 0 ? '^[^.]' : '^[^.@]');

type LintSettings = { overrides: { files: string[]; rules: Record<string, unknown> }[] };

/** The linter's settings with the rules of this table, as text. */
export async function lintSettings(): Promise<string> {
  const settings = JSON.parse(readFileSync(LINT, 'utf8')) as LintSettings;
  for (const rule of IMPORTS.filter(({ place }) => !place.endsWith('.ts'))) {
    const files = [rule.place === 'providers/*' ? 'providers/*/**' : `${rule.place}/**`];
    const known = settings.overrides.find((each) => each.files.join() === files.join());
    const override = known ?? { files, rules: {} };
    override.rules['no-restricted-imports'] = ['error', { patterns: lintRule(rule) }];
    // The last override is the tests' one: it wins over the rules of the folders that the tests are in.
    if (!known) settings.overrides.splice(-1, 0, override);
  }
  return formatted(LINT, JSON.stringify(settings));
}

/** docs/imports.md as text. */
export async function importsPage(): Promise<string> {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || 'nothing';
  return formatted(
    PAGE,
    [
      '# Who may import whom',
      '',
      'Written by `npm run imports` from `scripts/import-table.ts`, which has the reasons. Lint and `test/imports/` check it. There is',
      'no import cycle. A folder gets what it needs from other folders as arguments, and imports their types only.',
      '',
      '| place | may import | types only |',
      '| --- | --- | --- |',
      ...IMPORTS.map(({ place, uses, types }) => `| \`${place}\` | ${list(uses)} | ${list(types)} |`),
      '',
    ].join('\n'),
  );
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(LINT, await lintSettings());
  writeFileSync(PAGE, await importsPage());
}
