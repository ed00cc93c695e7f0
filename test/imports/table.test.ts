import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { IMPORTS, type ImportRule, importsPage, lintSettings, ROOT } from '../../scripts/import-table.ts';
import { allImports, cycleIn, type Import, importsOf } from './imports.fixture.ts';

const LOCAL =
  /^(activities|app|audit|bench|bot|cli|core|inbox|ledger|migrations|policy|providers|requests|sandbox|scripts|simulator|temporal|test|upkeep|wording|workflows)\//;
const isTest = (file: string) => file.startsWith('test/') || file.startsWith('sandbox/test/');
const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** The rule for a file: the one of the file itself, of `providers/*`, or of its folder. */
function ruleFor(file: string): { place: string; rule: ImportRule | undefined } {
  const [top = '', second = ''] = file.split('/');
  const place = IMPORTS.some((rule) => rule.place === file)
    ? file
    : top === 'providers'
      ? `${top}/${second}`
      : top;
  const named = place === file || top !== 'providers' ? place : 'providers/*';
  return { place, rule: IMPORTS.find((rule) => rule.place === named) };
}

/** What is wrong with an import, as a sentence; undefined when it is allowed. */
function problemOf({ from, line, to, kind }: Import): string | undefined {
  const { place, rule } = ruleFor(from);
  if (!rule || isTest(from)) return undefined;
  const isType = kind === 'type';
  const mayUse = [place, ...rule.uses].some((each) => isIn(to, each));
  const mayUseTypes = isType && rule.types.some((each) => isIn(to, each));
  const isAllowed = LOCAL.test(to)
    ? !isTest(to) && (mayUse || mayUseTypes)
    : isType || (rule.packages?.includes(to) ?? true);
  if (isAllowed) return undefined;
  return `${from}:${line} imports ${isType ? 'a type of ' : ''}${to}, which ${rule.place} may not. ${rule.why}`;
}

describe('the import table', () => {
  test('every file keeps to the table', () => {
    expect(
      allImports()
        .map(problemOf)
        .filter((each) => each !== undefined),
    ).toEqual([]);
  });

  test('no files import each other in a cycle', () => {
    expect(cycleIn(allImports())).toBeUndefined();
  });

  test('the linter reads the table ("npm run imports" writes it)', async () => {
    expect(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')).toBe(await lintSettings());
  });

  test('docs/imports.md shows the table ("npm run imports" writes it)', async () => {
    expect(readFileSync(join(ROOT, 'docs/imports.md'), 'utf8')).toBe(await importsPage());
  });
});

describe('this test reports', () => {
  test.each([
    ['core/a.ts', `import { z } from 'zod';`, /^core\/a.ts:1 imports zod, which core may not/],
    ['core/request/a.ts', `import type { b } from '../../bot/b.ts';`, /imports a type of bot\/b.ts/],
    ['workflows/a.ts', `import {\n  b,\n} from '../activities/b.ts';`, /replays a workflow/],
    ['workflows/a.ts', `import fs from 'node:fs';`, /imports node:fs/],
    ['bot/cards/a.tsx', `export * from '../../ledger/b.ts';`, /are arguments/],
    ['providers/github/a.ts', `import { b } from '../aws-iam/b.ts';`, /share no code/],
    ['providers/provider.ts', `import { b } from './github/b.ts';`, /interface of all providers/],
    ['ledger/a.ts', `const b = await import('../sandbox/b.ts');`, /imports sandbox\/b.ts/],
    ['app/a.ts', `import '../sandbox/b.ts';`, /runs in production/],
    ['requests/a.ts', `import { b } from '../ledger/b.ts';`, /are arguments/],
    ['cli/a.ts', `import { b } from '../test/b.ts';`, /imports test\/b.ts/],
  ])('%s with %j', (file, source, expected) => {
    expect(importsOf(file, source).map(problemOf)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    ['workflows/a.ts', `import type { b } from '../activities/b.ts';`],
    ['bot/a.ts', `import { b } from '../core/b.ts';`],
    ['core/request/a.ts', `import { b } from '../ids.ts';`],
    ['providers/github/a.ts', `import type { b } from '../provider.ts';`],
    ['providers/github/a.ts', `import { b } from './b.ts';`],
    ['providers/index.ts', `import { b } from './github/b.ts';`],
    ['requests/a.ts', `import type { b } from '../ledger/b.ts';`],
    ['test/a.ts', `import { b } from '../sandbox/b.ts';`],
  ])('nothing for %s with %j', (file, source) => {
    expect(importsOf(file, source).map(problemOf)).toEqual([undefined]);
  });

  test('a cycle over three files, but not one that a type import closes', () => {
    const edges = (last: Import['kind']): Import[] => [
      { from: 'a.ts', to: 'b.ts', line: 1, kind: 'static' },
      { from: 'b.ts', to: 'c.ts', line: 1, kind: 'static' },
      { from: 'c.ts', to: 'a.ts', line: 1, kind: last },
    ];
    expect(cycleIn(edges('static'))).toEqual(['a.ts', 'b.ts', 'c.ts', 'a.ts']);
    expect(cycleIn(edges('type'))).toBeUndefined();
  });
});
