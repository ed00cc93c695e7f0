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

const OPEN_HOME = (path: string) => `
  import { openHome } from 'launch/home.ts';
  try { openHome(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000); }
  catch (error) { console.log(error.code); }`;

describe('the home folder of Curfew', () => {
  test('the home folder and the folders in it are closed to other users', () => {
    openHome(home).release();
    const modes = ['.', 'run', 'logs'].map((part) => statSync(join(home, part)).mode & 0o777);
    // If root runs Curfew, Postgres runs as another user, who may enter the home folder and not list it.
    expect(modes).toEqual([process.getuid?.() === 0 ? 0o711 : 0o700, 0o700, 0o700]);
  });

  test('a home folder that another process uses is refused with the id of that process and with what to do', async () => {
    const other = otherProcess(OPEN_HOME(home));
    expect(await other.line).toBe('open');
    const failure = await failureOf(Promise.resolve().then(() => openHome(home)));
    other.child.kill('SIGKILL');
    await other.ended;
    expect(failure).toBeInstanceOf(LaunchError);
    expect(String(failure)).toContain(`process ${other.child.pid}`);
    expect(String(failure)).toContain('Ctrl-C');
  });

  test('a home folder is free again after its process was killed', async () => {
    const other = otherProcess(OPEN_HOME(home));
    await other.line;
    other.child.kill('SIGKILL');
    await other.ended;
    openHome(home).release();
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  });

  test('a home folder is free when its recorded pid now belongs to another program, which is not stopped', () => {
    openHome(home).release();
    const otherProgram = spawn('sleep', ['60']);
    writeFileSync(
      join(home, 'run', 'lock.7'),
      JSON.stringify({ pid: otherProgram.pid, started: 'another boot' }),
    );
    openHome(home).release();
    expect(otherProgram.exitCode).toBeNull();
    otherProgram.kill();
  });

  test('exactly one of four processes that start at once gets a home folder whose process is dead', async () => {
    const rounds = Array.from({ length: 20 }, (_, round) => join(home, String(round)));
    for (const round of rounds) {
      openHome(round).release();
      writeFileSync(join(round, 'run', 'lock.1'), JSON.stringify({ pid: 999_999_999, started: 'never' }));
    }
    // Each process waits in a busy loop for the file `go`, so that all four act at the same moment.
    const racers = [1, 2, 3, 4].map(() =>
      otherProcess(`
        import { existsSync, writeFileSync } from 'node:fs';
        import { openHome } from 'launch/home.ts';
        const results = [];
        for (const home of ${JSON.stringify(rounds)}) {
          writeFileSync(home + '/here.' + process.pid, '');
          while (!existsSync(home + '/go') && performance.now() < 60_000);
          try { openHome(home); results.push('open'); } catch (error) { results.push(error.code ?? String(error)); }
        }
        console.log(JSON.stringify(results));
        setTimeout(() => {}, 60_000);`),
    );
    for (const round of rounds) {
      const here = () => readdirSync(round).filter((name) => name.startsWith('here.')).length;
      await until('all four processes wait', () => here() === racers.length || undefined);
      writeFileSync(join(round, 'go'), '');
    }
    const results = await Promise.all(racers.map(async (racer) => JSON.parse(await racer.line) as string[]));
    racers.forEach((racer) => racer.child.kill('SIGKILL'));
    await Promise.all(racers.map((racer) => racer.ended));
    const owners = rounds.map((_, round) => results.filter((each) => each[round] === 'open').length);
    expect(new Set(owners)).toEqual(new Set([1]));
    expect(new Set(results.flat())).toEqual(new Set(['open', 'home-in-use']));
  });
});

describe('a disk that cannot be used', () => {
  test('a file in the place of a folder is reported as not-writable', async () => {
    writeFileSync(join(home, 'file'), '');
    const failure = await failureOf(Promise.resolve().then(() => openHome(join(home, 'file', 'curfew'))));
    expect(failure).toMatchObject({ code: 'not-writable', where: join(home, 'file', 'curfew') });
  });

  test.each([
    ['ENOSPC', 'no-disk', /full/],
    ['EDQUOT', 'no-disk', /quota/],
    ['EROFS', 'not-writable', /read-only/],
    ['EACCES', 'not-writable', /may not be written/],
  ])('the error %s is reported with its code and with what to do', (errno, code, sentence) => {
    const failure = diskErrorOf(Object.assign(new Error('no'), { code: errno }), '/somewhere');
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toMatch(sentence);
    expect(String(failure)).toContain('CURFEW_HOME');
  });

  test('any other error is returned unchanged', () => {
    const other = new Error('something else');
    expect(diskErrorOf(other, '/somewhere')).toBe(other);
  });
});
