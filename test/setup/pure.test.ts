import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ONLY_WITH_ALL } from './only-with-all.mjs';
import { PURE } from './pure.mjs';

test.each([
  ['pure tests', PURE],
  ['tests that only --all runs', ONLY_WITH_ALL],
])('every place in the list of %s exists', (_list, places) => {
  const root = join(import.meta.dirname, '../..');
  expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([]);
});
