import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { neededFor } from '../../providers/github/preflight.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { target as repository } from './github-repository.fixture.ts';
import { target as team } from './github-team.fixture.ts';

const page = readFileSync(join(ROOT, 'docs/providers/github.md'), 'utf8');
const section = (title: string): string => page.split(`### ${title}\n`)[1]?.split('\n#')[0] ?? '';
/** The last cell of each row of the table in a section, without its heading. */
const proofs = (title: string): readonly string[] =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').at(-2)?.trim() ?? '')
    .filter((cell) => cell !== 'shown by' && !/^-+$/.test(cell));

/** The proof of a row is a test, by its file and a part of its title or data, or the reason why there is none. */
function problemOf(proof: string): string | undefined {
  if (/^cannot be tried here: \S/.test(proof)) return undefined;
  const [, file = '', title = ''] = /^`(github[\w-]*\.test\.ts)`: (.+)$/.exec(proof) ?? [];
  const path = join(ROOT, 'test/providers', file);
  if (file === '' || !existsSync(path)) return `no such test: ${proof}`;
  return readFileSync(path, 'utf8').includes(title) ? undefined : `${file} has nothing about "${title}"`;
}

test.each(['Every way to have access that is not ours', 'Every way to keep it'])(
  'each line of the table "%s" is a test, or says why it cannot be tried',
  (title) => {
    expect(proofs(title).length).toBeGreaterThan(10);
    expect(proofs(title).flatMap((proof) => problemOf(proof) ?? [])).toEqual([]);
  },
);

test('a line that names no test is found', () => {
  expect(problemOf('`github-sources.test.ts`: a way that nobody tried')).toContain('has nothing about');
  expect(problemOf('somebody tried it')).toContain('no such test');
});

test('the manifest of the App has exactly the permissions that the code needs', () => {
  const manifest: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  expect(manifest).toMatchObject({ default_permissions: neededFor([team, repository]), default_events: [] });
  expect(Object.keys(Object(manifest).default_permissions as object)).toHaveLength(3);
});
