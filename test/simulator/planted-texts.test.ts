import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import { PLANTED_BUGS } from '../../simulator/planted/index.ts';

test.each(PLANTED_BUGS)('the bug $name changes texts that are in the source exactly once', ({ edits }) => {
  const sources = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const parts = (sources.get(file) ?? readFileSync(join(ROOT, file), 'utf8')).split(from);
    expect({ file, from, times: parts.length - 1 }).toEqual({ file, from, times: 1 });
    sources.set(file, parts.join(to));
  }
});

test('each planted bug has a name of its own', () => {
  const names = PLANTED_BUGS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
