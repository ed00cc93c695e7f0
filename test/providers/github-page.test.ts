import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { neededFor } from '../../providers/github/preflight.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { PROOFS } from './github-proofs.fixture.ts';
import { target as repository } from './github-repository.fixture.ts';
import { target as team } from './github-team.fixture.ts';
import { problemsOfPage } from './provider-page.fixture.ts';

const page = readFileSync(join(ROOT, 'docs/providers/github.md'), 'utf8');

test('a test shows each way to have or keep access that the page names, or the page marks it', () => {
  expect(problemsOfPage(page, PROOFS)).toEqual([]);
});

test('the manifest of the App has exactly the permissions that the code needs', () => {
  const manifest: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  expect(manifest).toMatchObject({ default_permissions: neededFor([team, repository]), default_events: [] });
  expect(Object.keys(Object(manifest).default_permissions as object)).toHaveLength(3);
});
