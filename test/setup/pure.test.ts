import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PURE } from './pure.mjs';

test('every place in the list of pure tests exists', () => {
  const root = join(import.meta.dirname, '../..');
  expect(PURE.filter((place) => !existsSync(join(root, place)))).toEqual([]);
});
