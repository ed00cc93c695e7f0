import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import { PLANTED_BUGS } from '../../simulator/planted/index.ts';

type Outcome = Readonly<{ code: number; out: string }>;

/** A busy machine is slow, and no test here is about time. */
const LIMIT_MS = 900_000;

/** Runs the simulator on the server of this test run. */
const simulate = (...args: readonly string[]): Promise<Outcome> =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', join(ROOT, 'simulator/simulate.ts'), ...args], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: `${stdout}${stderr}`,
    }),
  );

test(
  'a naive bot breaks its promises within 20 seeds, so the checkers see what they must',
  async () => {
    const { code, out } = await simulate('--bot', 'naive', '--seeds', '20');
    expect(code).toBe(1);
    for (const checker of ['expiry', 'standing', 'held', 'decisions', 'rest'])
      expect(out).toContain(`: ${checker}: `);
  },
  LIMIT_MS,
);

test(
  'Curfew keeps them in the first seeds (I1, I3, I5, I6, I7, I8, I9, I10, I11, I13, I15, I17)',
  async () => {
    const { code, out } = await simulate('--seeds', '8');
    expect(out).toContain('0 failed');
    expect(code).toBe(0);
  },
  LIMIT_MS,
);

test(
  'the same seed gives the same log, byte for byte',
  async () => {
    const [one, other] = await Promise.all([
      simulate('--seeds', '1', '--seed', '2', '--log'),
      simulate('--seeds', '1', '--seed', '2', '--log'),
    ]);
    const withoutDuration = ({ out }: Outcome): string => out.replace(/, [\d.]+ s\n$/, '\n');
    expect(one.out.length).toBeGreaterThan(1_000);
    expect(withoutDuration(one)).toBe(withoutDuration(other));
  },
  LIMIT_MS,
);

/** Failures of other tools of which a planted bug is noticed. The entries of these ids in docs/invariants.md name the test below. */
const NOTICED = ['B10', 'B13', 'B17', 'B30', 'B40', 'B42', 'B45'];

test(
  'each planted bug is noticed by the seed that noticed it before',
  async () => {
    const known = PLANTED_BUGS.filter(({ seed }) => seed !== undefined);
    expect(known.length).toBeGreaterThanOrEqual(24);
    expect(NOTICED.filter((id) => !known.some(({ ids }) => ids.includes(id)))).toEqual([]);
    const { code, out } = await simulate('--planted', '--known');
    expect(out).not.toContain('NOT NOTICED');
    expect(code).toBe(0);
  },
  LIMIT_MS,
);
