import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { neededFor } from '../../providers/github/preflight.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { target as repository } from './github-repository.fixture.ts';
import { target as team } from './github-team.fixture.ts';
import { problemOfProof, PROVEN_TABLES, proofsIn } from './provider-page.fixture.ts';

const page = readFileSync(join(ROOT, 'docs/providers/github.md'), 'utf8');
const section = (title: string): string => page.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? '';
test.each(PROVEN_TABLES)('each line of the table "%s" is a test, or says why it cannot be tried', (title) => {
  expect(proofsIn(section(title)).length).toBeGreaterThan(5);
  expect(proofsIn(section(title)).flatMap((proof) => problemOfProof(proof) ?? [])).toEqual([]);
});

test('a line that names no test is found', () => {
  expect(problemOfProof('github-sources.test.ts: a way that nobody tried')).toContain('has nothing about');
  expect(problemOfProof('somebody tried it')).toContain('no such test');
});

test('the manifest of the App has exactly the permissions that the code needs', () => {
  const manifest: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  expect(manifest).toMatchObject({ default_permissions: neededFor([team, repository]), default_events: [] });
  expect(Object.keys(Object(manifest).default_permissions as object)).toHaveLength(3);
});
