import { spawn } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openHome } from '../../launch/home.ts';
import { diskErrorOf, LaunchError } from '../../launch/launch-error.ts';
import { until } from '../../../test/until.fixture.ts';
import { failureOf, otherProcess, temporaryHome } from './launch.fixture.ts';

const removals: (() => void)[] = [];
let home: string;

beforeEach(() => {
  const made = temporaryHome();
  home = made.home;
  removals.push(made.remove);
});
afterAll(() => removals.forEach((remove) => remove()));

const OPEN = (path: string) => `
  import { openHome } from 'launch/home.ts';
  try { openHome(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000); }
  catch (error) { console.log(error.code); }`;

describe('the folder of Curfew', () => {
  test('is closed to others, and so is everything in it', () => {
    openHome(home).release();
    const modes = ['.', 'run', 'logs'].map((part) => statSync(join(home, part)).mode & 0o777);
    // As root, Postgres runs as somebody else, who passes through but cannot list.
    expect(modes).toEqual([process.getuid?.() === 0 ? 0o711 : 0o700, 0o700, 0o700]);
  });

  test('is refused while another process has it, naming that process and the way out', async () => {
    const other = otherProcess(OPEN(home));
    expect(await other.line).toBe('open');
    const failure = await failureOf(Promise.resolve().then(() => openHome(home)));
    other.child.kill('SIGKILL');
    await other.ended;
    expect(failure).toBeInstanceOf(LaunchError);
    expect(String(failure)).toContain(`process ${other.child.pid}`);
    expect(String(failure)).toContain('Ctrl-C');
  });

  test('is free again after its owner was killed', async () => {
    const other = otherProcess(OPEN(home));
    await other.line;
    other.child.kill('SIGKILL');
    await other.ended;
    openHome(home).release();
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  });

  test('is free when the recorded pid is now a stranger, who is left alone', () => {
    openHome(home).release();
    const stranger = spawn('sleep', ['60']);
    writeFileSync(
      join(home, 'run', 'lock.7'),
      JSON.stringify({ pid: stranger.pid, started: 'another boot' }),
    );
    openHome(home).release();
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  test('goes to exactly one of four processes that find the same dead owner at once', async () => {
    const rounds = Array.from({ length: 20 }, (_, round) => join(home, String(round)));
    for (const round of rounds) {
      openHome(round).release();
      writeFileSync(join(round, 'run', 'lock.1'), JSON.stringify({ pid: 999_999_999, started: 'never' }));
    }
    // Each waits in a tight loop for the signal of the round, so that they act within the same moment.
    const racers = [1, 2, 3, 4].map(() =>
      otherProcess(`
        import { existsSync, writeFileSync } from 'node:fs';
        import { openHome } from 'launch/home.ts';
        const said = [];
        for (const home of ${JSON.stringify(rounds)}) {
          writeFileSync(home + '/here.' + process.pid, '');
          while (!existsSync(home + '/go') && performance.now() < 60_000);
          try { openHome(home); said.push('open'); } catch (error) { said.push(error.code ?? String(error)); }
        }
        console.log(JSON.stringify(said));
        setTimeout(() => {}, 60_000);`),
    );
    for (const round of rounds) {
      const here = () => readdirSync(round).filter((name) => name.startsWith('here.')).length;
      await until('all four wait', () => here() === racers.length || undefined);
      writeFileSync(join(round, 'go'), '');
    }
    const said = await Promise.all(racers.map(async (racer) => JSON.parse(await racer.line) as string[]));
    racers.forEach((racer) => racer.child.kill('SIGKILL'));
    await Promise.all(racers.map((racer) => racer.ended));
    const owners = rounds.map((_, round) => said.filter((each) => each[round] === 'open').length);
    expect(new Set(owners)).toEqual(new Set([1]));
    expect(new Set(said.flat())).toEqual(new Set(['open', 'home-in-use']));
  });
});

describe('a disk that cannot be used', () => {
  test('is one clear message: a file stands in the way', async () => {
    writeFileSync(join(home, 'file'), '');
    const failure = await failureOf(Promise.resolve().then(() => openHome(join(home, 'file', 'curfew'))));
    expect(failure).toMatchObject({ code: 'not-writable', where: join(home, 'file', 'curfew') });
  });

  test.each([
    ['ENOSPC', 'no-disk', /full/],
    ['EDQUOT', 'no-disk', /quota/],
    ['EROFS', 'not-writable', /read-only/],
    ['EACCES', 'not-writable', /may not be written/],
  ])('is one clear message: %s', (errno, code, words) => {
    const failure = diskErrorOf(Object.assign(new Error('no'), { code: errno }), '/somewhere');
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toMatch(words);
    expect(String(failure)).toContain('CURFEW_HOME');
  });

  test('is not claimed of any other failure', () => {
    const other = new Error('something else');
    expect(diskErrorOf(other, '/somewhere')).toBe(other);
  });
});
