import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openLog } from '../../app/log.ts';

const home = mkdtempSync(join(tmpdir(), 'curfew-log-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const lines = () =>
  readFileSync(join(home, 'logs', 'curfew.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each(['token', 'password', 'secret', 'privateKey'])(
  'a field called %s is not written to the log, on its own or in an object (T22)',
  (name) => {
    openLog('info', home).info({ [name]: 'hunter2', request: { [name]: 'hunter2', id: 'r1' } }, 'sent');
    const text = readFileSync(join(home, 'logs', 'curfew.log'), 'utf8');
    expect(text).not.toContain('hunter2');
    expect(lines().at(-1)).toMatchObject({
      msg: 'sent',
      [name]: '[Redacted]',
      request: { id: 'r1', [name]: '[Redacted]' },
    });
  },
);

test('a line is JSON with its time in RFC 3339 in UTC, and without the machine or the process', () => {
  openLog('info', home).warn({ part: 'slack' }, 'away');
  const line = lines().at(-1);
  expect(Object.keys(line ?? {})).toEqual(['level', 'time', 'part', 'msg']);
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('a hidden character of what others wrote is escaped, and is the same value (T48)', () => {
  const message = 'x.\n\u009b2J\u202e Closed by Sam Rao.';
  openLog('info', home).warn({ slack: message }, message);
  const text = readFileSync(join(home, 'logs', 'curfew.log'), 'utf8');
  expect(text).not.toMatch(/\u009b|\u202e/);
  expect(lines().at(-1)).toMatchObject({ slack: message, msg: message });
});

test('lines below the level are not written', () => {
  const before = lines().length;
  const log = openLog('warn', home);
  log.info('not this');
  log.warn('this');
  expect(lines().slice(before)).toMatchObject([{ msg: 'this' }]);
});

test('without a home the same lines go to standard output: redacted, above the level, and without the machine', () => {
  const script = `
    import { openLog } from './app/log.ts';
    const log = openLog('warn');
    log.info('not this');
    log.warn({ token: 'hunter2', slack: { secret: 'hunter2' } }, 'away');`;
  const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  expect(JSON.parse(out)).toEqual({
    level: 40,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    token: '[Redacted]',
    slack: { secret: '[Redacted]' },
    msg: 'away',
  });
});

describe('a line has the id of its request, wherever the line names it:', () => {
  const REQUEST = 'req_01m8s7k3byey79b0rs1sdtcy79';
  const LEASE = 'lease_01m8s7k3byey79b0rs1sdtcy79_0';
  const OTHER = 'lease_01m8s79dfzfrfvdt6b20a0zc3e_12';
  test.each<[string, facts: object, message: string, request: string | undefined]>([
    ['a field of its own', { request: REQUEST, error: 'ledger-unavailable' }, 'not answered yet', REQUEST],
    ['a field of its own, whatever its error names', { error: OTHER, request: 'req_1' }, 'again', 'req_1'],
    ['the lease of a failed revocation', { lease: LEASE, why: 'x' }, 'not revoked yet', REQUEST],
    ['a workflow', { workflowId: `request/${REQUEST}`, attempt: 2 }, 'Activity failed', REQUEST],
    ['the page of the console', { page: `GET /requests/${REQUEST}` }, 'a page could not be made', REQUEST],
    ['an error', { error: `${LEASE} has no entry in the manifest` }, 'the sweep did not finish', REQUEST],
    ['the second entry of a list', { swept: ['x', LEASE] }, 'swept', REQUEST],
    ['its text', {}, `the card of ${REQUEST} is late`, REQUEST],
    ['the lease and the request', { lease: LEASE }, REQUEST, REQUEST],
    ['not when it names two', { swept: [LEASE, OTHER] }, 'swept', undefined],
    [
      'not when it names three',
      { lease: OTHER, also: ['req_01m8s7k3byey79b0rs1sdtcy70', LEASE] },
      'x',
      undefined,
    ],
    ['not when it names a click', { click: 'click_01m8s7k3byey79b0rs1sdtcy79' }, 'x', undefined],
    ['not when it names none', { reset: 'req_1', nothing: null, count: 3 }, 'away', undefined],
  ])('%s', (_where, facts, message, request) => {
    openLog('info', home).child({ part: 'p' }).error(facts, message);
    const line = lines().at(-1) ?? {};
    expect(line['request']).toBe(request);
    expect(line).toMatchObject({ ...facts, msg: message });
  });

  test('a text alone', () => {
    openLog('info', home).warn(`${LEASE} waits`);
    expect(lines().at(-1)).toMatchObject({ request: REQUEST, msg: `${LEASE} waits` });
  });
});
