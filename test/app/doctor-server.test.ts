import { expect, test } from '@jest/globals';
import { findingsOfServer } from '../../app/doctor-server.ts';
import type { ServerState } from '../../ledger/index.ts';

const HEALTHY: ServerState = {
  connections: { used: 79, most: 100, byLogin: ['one 40', 'two 30', 'three 9'] },
  notify: { usage: 0.79, heldBy: [] },
  allowsLargeObjects: false,
};
const { connections, notify } = HEALTHY;

test.each<[what: string, state: Partial<ServerState>, found: readonly string[]]>([
  ['has room for everything', {}, []],
  [
    'has a fifth of its connections left',
    { connections: { ...connections, used: 80 } },
    ['warning: 80 of 100 connections of the server are used, most of them by one 40, two 30, three 9.'],
  ],
  [
    'has a fifth of the queue of NOTIFY left',
    { notify: { ...notify, usage: 0.8 } },
    ['note: The queue of NOTIFY of the server is 80 % full.'],
  ],
  [
    'refuses NOTIFY, whose queue is full',
    { notify: { ...notify, usage: 1, failure: 'too many notifications' } },
    ['warning: NOTIFY fails on the server: too many notifications. Everything is recorded'],
  ],
  [
    'refuses NOTIFY, whose lock two logins hold',
    { notify: { ...notify, failure: 'lock timeout', heldBy: ['eve', 'mallory'] } },
    ['warning: NOTIFY fails on the server: lock timeout. The login eve, mallory holds its lock.'],
  ],
  [
    'refuses NOTIFY, whose lock one login holds',
    { notify: { ...notify, failure: 'lock timeout', heldBy: ['eve'] } },
    ['warning: NOTIFY fails on the server: lock timeout. The login eve holds its lock.'],
  ],
  ['has a login that holds the lock of NOTIFY, and sends', { notify: { ...notify, heldBy: ['eve'] } }, []],
  [
    'stores nothing',
    { writeFailure: 'No space left on device' },
    ['broken: The database stores nothing new: No space left on device. Nothing is granted.'],
  ],
  [
    'accepts large objects of everybody',
    { allowsLargeObjects: true },
    ['warning: Each role of Curfew can fill the disk with large objects.'],
  ],
  [
    'stores nothing and has no connection left',
    { writeFailure: 'full', connections: { ...connections, used: 100 } },
    ['broken: The database stores nothing new: full.', 'warning: 100 of 100 connections'],
  ],
])('the server of the ledger %s', (_what, state, found) =>
  expect(findingsOfServer({ ...HEALTHY, ...state }).map((each) => `${each.state}: ${each.what}`)).toEqual(
    found.map((each) => expect.stringContaining(each)),
  ),
);
