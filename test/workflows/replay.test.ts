import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { RECORDED } from './histories.ts';

const REPLAY = fileURLToPath(new URL('replay.fixture.ts', import.meta.url));
const run = promisify(execFile);

test.each([
  ['UTC', []],
  ['America/Los_Angeles', ['--no-cache']],
  ['Pacific/Chatham', []],
] as const)('every recorded history replays in the time zone %s (B06, F10)', async (zone, args) => {
  const recorded = readdirSync(RECORDED).length;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', REPLAY, ...args], {
    env: { ...process.env, TZ: zone },
  });
  const [, replayed, all] = /(\d+) of (\d+) histories replay/.exec(stdout) ?? [];
  expect(recorded).toBeGreaterThanOrEqual(20);
  expect(Number(all)).toBe(recorded);
  expect(replayed).toBe(all);
});
