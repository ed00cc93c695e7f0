import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { curfew } from '../e2e/processes.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'curfew-main-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ['is read', {}, 'CURFEW_PORT must be a whole number'],
  ['yields to the environment', { CURFEW_PORT: '4321' }, 'these settings are missing: DATABASE_URL'],
])('the .env of the folder in which curfew is called %s', async (_what, env, words) => {
  writeFileSync(join(home, '.env'), 'CURFEW_PORT=eighty\n');
  const { code, out, err } = await curfew(['migrate'], { env, home });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(words);
});
