import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/**
 * Who may import whom. Everything may know core; no edge knows another edge; only cli ties the knot.
 * Types are free for the wearers of "types", because they are gone at run time.
 */
type Rule = Readonly<{
  /** Folders (or files) this one may use, besides itself. */
  uses: readonly string[];
  /** Folders it may import types of: it is handed the thing itself as an argument. */
  types: readonly string[];
  /** Packages and `node:` modules; undefined: any. */
  packages?: readonly string[];
  why: string;
}>;

const edge = (types: readonly string[] = []): Rule => ({
  uses: ['core'],
  types,
  why: 'No edge knows another edge: cli hands it over as an argument.',
});

const RULES: Readonly<Record<string, Rule>> = {
  core: { uses: [], types: [], packages: [], why: 'core is pure: no I/O, no clock, no chance, no package.' },
  workflows: {
    uses: ['core'],
    types: ['activities', 'providers', 'policy'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    why: 'A workflow is replayed: nothing in it may act or change by itself.',
  },
  activities: edge(['ledger', 'providers', 'policy', 'bot', 'audit', 'workflows']),
  engine: {
    ...edge(['ledger', 'activities']),
    uses: ['core', 'workflows/messages.ts'],
    why: 'The engine is Temporal behind a few verbs: it knows the messages, and nobody else.',
  },
  policy: edge(),
  ledger: edge(['providers', 'policy']),
  bot: edge(['ledger', 'policy', 'providers', 'activities', 'workflows']),
  audit: edge(['ledger']),
  console: edge(['ledger', 'audit', 'policy']),
  'providers/provider.ts': edge(),
  'providers/index.ts': { ...edge(), uses: ['core', 'providers'] },
  'providers/*': {
    ...edge(),
    uses: ['core', 'providers/provider.ts'],
    why: 'A provider shares no code with another: one vendor, one folder, one interface.',
  },
  sandbox: {
    uses: ['core'],
    types: ['providers'],
    why: 'The sandbox stands for vendors: it knows the product only from outside.',
  },
  cli: {
    uses: [
      'core',
      'workflows',
      'activities',
      'engine',
      'policy',
      'ledger',
      'bot',
      'audit',
      'console',
      'providers',
      'sandbox',
      'migrations',
    ],
    types: [],
    why: 'cli ties everything together, but tests are not part of it.',
  },
};

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = [
  'core',
  'workflows',
  'activities',
  'engine',
  'policy',
  'ledger',
  'bot',
  'audit',
  'console',
  'providers',
  'sandbox',
  'cli',
  'scripts',
  'test',
];

type Import = Readonly<{ from: string; line: number; to: string; isType: boolean }>;

/** Statements at the start of a line; what a string or a comment quotes is indented or starred. */
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(file: string, source: string): Import[] {
  const found = [
    ...[...source.matchAll(STATEMENT)].map((match) => ({
      match,
      specifier: match[2] ?? '',
      isType: match[1] !== undefined,
    })),
    ...[...source.matchAll(DYNAMIC)].map((match) => ({ match, specifier: match[1] ?? '', isType: false })),
  ];
  return found.map(({ match, specifier, isType }) => ({
    from: file,
    line: source.slice(0, match.index).split('\n').length,
    to: specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier,
    isType,
  }));
}

function sources(): string[] {
  return FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      );
    } catch {
      return []; // a folder that does not exist yet
    }
  }).filter((name) => /\.tsx?$/.test(name));
}

const isLocal = (to: string) => FOLDERS.some((folder) => to === folder || to.startsWith(`${folder}/`));
const within = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** The part of the table a file is under: itself, `providers/<name>`, or its folder. */
function placeOf(file: string): string {
  if (RULES[file]) return file;
  const [top = '', second = ''] = file.split('/');
  return top === 'providers' ? `providers/${second}` : top;
}

function complaint({ from, line, to, isType }: Import): string | undefined {
  const place = placeOf(from);
  const rule = RULES[place] ?? RULES[place.replace(/\/.*/, '/*')];
  if (!rule) return undefined;
  const own = place.endsWith('.ts') ? 'nothing' : place;
  const isAllowed = isLocal(to)
    ? [own, ...rule.uses].some((each) => within(to, each)) ||
      (isType && rule.types.some((each) => within(to, each)))
    : isType || (rule.packages?.includes(to) ?? true);
  if (isAllowed) return undefined;
  const uses = [...rule.uses, ...(rule.packages ?? [])].join(', ') || 'nothing but itself';
  const types = rule.types.length > 0 ? `, and types of ${rule.types.join(', ')}` : '';
  return `${from}:${line} imports ${isType ? 'a type of ' : ''}${to}. ${place} may use ${uses}${types}. ${rule.why}`;
}

/** The first ring found among imports that exist at run time, as the files along it; undefined when there is none. */
function cycle(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, isType } of imports) if (!isType) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const ring = walk(to, [...path, file]);
      if (ring) return ring;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const ring = walk(file, []);
    if (ring) return ring;
  }
  return undefined;
}

describe('imports', () => {
  const imports = sources().flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), 'utf8')));

  test('keep to who may import whom', () => {
    expect(imports.map(complaint).filter((each) => each !== undefined)).toEqual([]);
  });

  test('make no ring', () => {
    expect(cycle(imports)).toBeUndefined();
  });
});

describe('this test sees', () => {
  test.each([
    ['core/a.ts', `import { z } from 'zod';`, /^core\/a.ts:1 imports zod. core may use nothing but itself/],
    ['core/a.ts', `import type { b } from '../bot/b.ts';`, /^core\/a.ts:1 imports a type of bot\/b.ts/],
    ['workflows/a.ts', `import {\n  b,\n} from '../activities/b.ts';`, /a workflow is replayed/i],
    ['workflows/a.ts', `import fs from 'node:fs';`, /imports node:fs/],
    ['bot/views/a.tsx', `export * from '../../ledger/b.ts';`, /No edge knows another edge/],
    ['providers/github/a.ts', `import { b } from '../aws-iam/b.ts';`, /shares no code with another/],
    ['providers/provider.ts', `import { b } from './github/b.ts';`, /No edge knows another edge/],
    ['ledger/a.ts', `const b = await import('../sandbox/b.ts');`, /imports sandbox\/b.ts/],
    ['sandbox/a.ts', `import '../bot/b.ts';`, /stands for vendors/],
    ['cli/a.ts', `import { b } from '../test/b.ts';`, /tests are not part of it/],
  ])('%s with %j', (file, source, expected) => {
    expect(importsOf(file, source).map(complaint)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    ['workflows/a.ts', `import type { b } from '../activities/b.ts';`],
    ['bot/a.ts', `import { b } from '../core/b.ts';`],
    ['providers/github/a.ts', `import { b } from '../provider.ts';`],
    ['providers/github/a.ts', `import { b } from './b.ts';`],
    ['providers/index.ts', `import { b } from './github/b.ts';`],
    ['cli/a.ts', `import { b } from '../sandbox/b.ts';`],
    ['test/a.ts', `import { b } from '../sandbox/b.ts';`],
  ])('nothing wrong in %s with %j', (file, source) => {
    expect(importsOf(file, source).map(complaint)).toEqual([undefined]);
  });

  test('a ring over three files, but not one that types close', () => {
    const edges = (isType: boolean): Import[] => [
      { from: 'a.ts', to: 'b.ts', line: 1, isType: false },
      { from: 'b.ts', to: 'c.ts', line: 1, isType: false },
      { from: 'c.ts', to: 'a.ts', line: 1, isType },
    ];
    expect(cycle(edges(false))).toEqual(['a.ts', 'b.ts', 'c.ts', 'a.ts']);
    expect(cycle(edges(true))).toBeUndefined();
  });
});
