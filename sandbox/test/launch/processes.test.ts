import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openHome } from '../../launch/home.ts';
import { isAlive, parseIdentity, startOf, untilGone } from '../../launch/pids.ts';
import { choosePort, onFreePort } from '../../launch/ports.ts';
import { portUsed, reap, startService } from '../../launch/processes.ts';
import { untilReady } from '../../launch/ready.ts';
import { LaunchError } from '../../launch/launch-error.ts';
import { failureOf, otherProcess, temporaryHome } from './launch.fixture.ts';

const removals: (() => void)[] = [];
let home: string;

beforeEach(() => {
  const made = temporaryHome();
  home = made.home;
  removals.push(made.remove);
  openHome(home).release();
});
afterAll(() => removals.forEach((remove) => remove()));

const node = (code: string) => ({ home, name: 'part', command: process.execPath, args: ['--eval', code] });
const FOREVER = 'setInterval(() => {}, 1000);';

describe('a service', () => {
  test('a service that is stopped reports how it ended', async () => {
    const service = await startService(node(FOREVER));
    await service.stop();
    await service.stop();
    expect(await service.exited).toBe('part ended with SIGTERM');
  });

  test('the log of a service is for its user only', async () => {
    const umask = process.umask(0); // so that only the code restricts the mode
    try {
      const service = await startService(node(FOREVER));
      await service.stop();
    } finally {
      process.umask(umask);
    }
    expect((statSync(join(home, 'logs', 'part.log')).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(join(home, 'logs')).mode & 0o777).toString(8)).toBe('700');
  });

  test('a service that ignores SIGTERM is killed', async () => {
    const stubborn = await startService({
      ...node(`process.on('SIGTERM', () => {}); console.log('up'); ${FOREVER}`),
      stopMs: 100,
    });
    await untilReady(
      { name: 'part', where: 'here', service: stubborn, boundMs: 20_000 },
      async () => stubborn.tail() === 'up' || undefined,
    );
    await stubborn.stop();
    expect(await stubborn.exited).toBe('part ended with SIGKILL');
  });

  test('the programs that a service started end when the service is killed', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(FOREVER)}], { stdio: 'ignore' })`;
    const stubborn = await startService({
      ...node(`process.on('SIGTERM', () => {}); console.log(${child}.pid); ${FOREVER}`),
      stopMs: 100,
    });
    const pid = await untilReady(
      { name: 'part', where: 'here', service: stubborn, boundMs: 20_000 },
      async () => Number(stubborn.tail()) || undefined,
    );
    const identity = { pid, started: startOf(pid) ?? 'gone' };
    expect(isAlive(identity)).toBe(true);
    await stubborn.stop();
    expect(await untilGone(identity, 5_000)).toBe(true);
  });

  test('a service that cannot be started is reported as did-not-start', async () => {
    const failure = await failureOf(startService({ ...node(''), command: '/nowhere/program' }));
    expect(failure).toMatchObject({ code: 'did-not-start', where: '/nowhere/program' });
  });

  test('a service that ends before it is ready is reported with its last output', async () => {
    const service = await startService(node(`console.error('no such key'); process.exit(3)`));
    const failure = await failureOf(
      untilReady({ name: 'part', where: 'here', service, boundMs: 20_000 }, async () => undefined),
    );
    expect(String(failure)).toMatch(/part ended with exit code 3. The last lines of its log:\nno such key/);
  });

  test('a service that never becomes ready is stopped', async () => {
    const service = await startService(node(FOREVER));
    const failure = await failureOf(
      untilReady({ name: 'part', where: 'here', service, boundMs: 50 }, async () => undefined),
    );
    expect(String(failure)).toContain(
      'did not answer within 0.05 seconds, and it wrote nothing to its log.\n  where: here\n  to do: Start again',
    );
    expect(startOf(service.pid)).toBeUndefined();
  });

  test('a service ends when its starter exits without stopping it', async () => {
    const starter = otherProcess(`
      import { startService } from 'launch/processes.ts';
      const service = await startService(${JSON.stringify(node(FOREVER))});
      console.log(service.pid);
      process.exit(0);`);
    const pid = Number(await starter.line);
    await starter.ended;
    expect(await untilGone({ pid, started: startOf(pid) ?? 'gone' }, 10_000)).toBe(true);
  });
});

describe('a service whose starter was killed', () => {
  async function orphan(): Promise<number> {
    const starter = otherProcess(`
      import { startService } from 'launch/processes.ts';
      const service = await startService(${JSON.stringify({ ...node(FOREVER), port: 4711 })});
      console.log(service.pid);
      ${FOREVER}`);
    const pid = Number(await starter.line);
    starter.child.kill('SIGKILL');
    await starter.ended;
    return pid;
  }

  test('the service is stopped at the next start, and its port is remembered', async () => {
    const pid = await orphan();
    expect(startOf(pid)).toBeDefined();
    expect(await reap(home, 'part')).toBe(true);
    expect(startOf(pid)).toBeUndefined();
    expect(portUsed(home, 'part')).toBe(4711);
  });

  test('another program that now has the pid of the service is not stopped', async () => {
    const otherProgram = spawn('sleep', ['60']);
    writeFileSync(
      join(home, 'run', 'part.json'),
      JSON.stringify({ pid: otherProgram.pid, started: 'another boot/1' }),
    );
    expect(await reap(home, 'part')).toBe(false);
    expect(startOf(otherProgram.pid ?? 0)).toBeDefined();
    otherProgram.kill();
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"pid":"1","started":"x"}',
    '{"pid":0,"started":"x"}',
    '{"pid":-1,"started":"x"}',
  ])('an invalid record is ignored: %j', async (text) => {
    writeFileSync(join(home, 'run', 'part.json'), text);
    expect(parseIdentity(text)).toBeUndefined();
    expect(await reap(home, 'part')).toBe(false);
  });

  test('a zombie process counts as ended', async () => {
    const child = spawn(process.execPath, ['--eval', FOREVER]);
    const identity = { pid: child.pid ?? 0, started: startOf(child.pid ?? 0) ?? '' };
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    expect(await untilGone(identity, 10_000)).toBe(true);
  });
});

describe('the port of a service', () => {
  test('a port that is taken is refused when it was given, and replaced when it was only used last time', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const failure = await failureOf(choosePort('Postgres', { given: port, used: undefined }));
    const other = await choosePort('Postgres', { given: undefined, used: port });
    server.close();
    expect(failure).toMatchObject({ code: 'port-in-use', where: `127.0.0.1:${port}` });
    expect(other).not.toBe(port);
  });

  test('the port of the last start is used again while it is free', async () => {
    const first = await choosePort('Postgres', { given: undefined, used: undefined });
    expect(await choosePort('Postgres', { given: undefined, used: first })).toBe(first);
  });

  test.each([
    ['says that it did not start', new LaunchError('did-not-start', { what: 'x', where: '', remedy: '' })],
    ['cannot listen on it', Object.assign(new Error('taken'), { code: 'EADDRINUSE' })],
  ])('a port is replaced, unless it was given, when the service %s', async (_what, error) => {
    const tried: number[] = [];
    const start = async (port: number) => {
      tried.push(port);
      if (tried.length % 3 !== 0) throw error;
      return port;
    };
    const used = await choosePort('Postgres', { given: undefined, used: undefined });
    const got = await onFreePort('Postgres', { given: undefined, used }, start);
    expect([tried[0], tried.length, got]).toEqual([used, 3, tried[2]]);
    await failureOf(onFreePort('Postgres', { given: used, used: undefined }, start));
    expect(tried.slice(3)).toEqual([used]);
  });
});
