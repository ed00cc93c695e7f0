import { describe, expect, test } from '@jest/globals';
import { entryOf } from '../../audit/entry.ts';
import { logAccess } from '../../audit/published-approval.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Event, EventKind } from '../../core/request/events.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { IndexedRow, LogLedger, LogRow } from '../../ledger/index.ts';
import {
  approve,
  approveExtension,
  bo,
  confirmExtended,
  confirmLeaseExtended,
  cy,
  dee,
  demand,
  extend,
  later,
  open,
  request,
  run,
  untilActive,
} from '../core/request/request.fixture.ts';
import { keyOf, LOG_NAME, logKey, noteOf, trusted } from './log.fixture.ts';
import { leafHash, rootOf } from './tiny-tree.fixture.ts';

const approvals = [bo, cy, dee].map((by) => approve(by));
const granting = run([open(demand([3, bo, cy, dee])), ...approvals]);
const extending = run([...untilActive, extend(), approveExtension(bo)]);
const rowOf = (event: Event, seq: number): LogRow => ({
  ...{
    type: 'event',
    id: `${request}/${seq}`,
    at: '2026-01-05T12:00:00.000Z',
    body: event,
    step: null,
    via: 'cli',
  },
});
/** An entry that has nothing to do with the request. */
const foreign: LogRow = rowOf({ kind: 'activated', at: later(0) }, 99);

type World = Readonly<{
  log?: readonly Event[];
  /** How many entries the newest checkpoint has; undefined when there is none. */
  size?: number | undefined;
  key?: typeof logKey;
  /** What the ledger answers about the events of the request, in place of those that are in the log. */
  rows?: (rows: readonly IndexedRow[]) => readonly IndexedRow[];
}>;

/** Asks whether the events of a request are published until one of a kind, in a log whose first entry is another one. */
function ask(
  { log = granting.log, rows = (all) => all, ...more }: World,
  until: EventKind,
  state?: RequestState,
) {
  const entries = [foreign, ...log.map(rowOf)];
  const leaves = entries.map((row) => leafHash(entryOf(row).bytes));
  const { size = leaves.length, key = logKey } = more;
  const note = noteOf({ origin: LOG_NAME, size, root: rootOf(leaves.slice(0, size)) }, key);
  const ledger = {
    entriesOfRequest: () =>
      Promise.resolve(rows(log.map((event, seq) => ({ ...rowOf(event, seq), index: seq + 1 })))),
    newestCheckpoint: () => Promise.resolve('size' in more && more.size === undefined ? undefined : { note }),
    readLogTile: () => Promise.resolve(Buffer.concat(leaves)),
  } as unknown as LogLedger;
  const asked = { request, until, ...(state && { state }) };
  return logAccess(trusted).publishedEvents(ledger, asked, {
    waitMs: 0,
    signal: new AbortController().signal,
  });
}

describe('approvals count when each event until the grant is in a published checkpoint (I21)', () => {
  const { log } = granting;
  const GRANT = log.length; // The index of the last event, because another entry comes first.
  test.each<[string, World, true | 'log-behind' | 'log-altered']>([
    ['as they are', {}, true],
    ['of which the checkpoint ends with the last one', { size: GRANT + 1 }, true],
    ['of which the checkpoint lacks the last one', { size: GRANT }, 'log-behind'],
    ['before any checkpoint', { size: undefined }, 'log-behind'],
    ['in a checkpoint of another key', { key: keyOf('another') }, 'log-altered'],
    ['without the event that starts the grant', { log: log.slice(0, -1) }, 'log-behind'],
    [
      'of which the last one is not in the log',
      { rows: (all) => all.map((row, at) => (at === all.length - 1 ? { ...row, index: null } : row)) },
      'log-behind',
    ],
    [
      'of which the second approval is not in the log',
      { rows: (all) => all.map((row, at) => (at === 3 ? { ...row, index: null } : row)) },
      'log-behind',
    ],
    [
      'without the second of three approvals',
      { rows: (all) => all.filter((_row, at) => at !== 3) },
      'log-altered',
    ],
    ['with the first one twice', { rows: (all) => [...all.slice(0, 1), ...all] }, 'log-altered'],
    [
      'with another person in the third approval',
      {
        rows: (all) =>
          all.map((row, at) => (at === 4 ? { ...row, body: { ...(row.body as object), by: 'eve' } } : row)),
      },
      'log-altered',
    ],
    [
      'with another way in the first event',
      { rows: (all) => all.map((row, at) => (at === 0 ? { ...row, via: 'slack' } : row)) },
      'log-altered',
    ],
    [
      'with the place of another entry',
      { rows: (all) => all.map((row, at) => (at === 2 ? { ...row, index: 0 } : row)) },
      'log-altered',
    ],
  ])('%s', async (_how, world, expected) => {
    const asked = ask(world, 'grant-started');
    if (expected === true) expect(await asked).toEqual(log);
    else await expect(asked).rejects.toMatchObject({ code: expected });
  });

  test('the last of several extensions is asked for', async () => {
    const second = [
      extend(later(100), { from: later(181), digest: 'x2' }),
      approve(bo, later(101), { digest: 'x2' }),
    ];
    const { log: twice, state } = run([
      ...[...untilActive, extend(), approveExtension(bo), confirmLeaseExtended(), confirmExtended()],
      ...second,
    ]);
    expect(twice.filter(({ kind }) => kind === 'extension-started')).toHaveLength(2);
    expect(await ask({ log: twice }, 'extension-started', state)).toEqual(twice);
    await expect(ask({ log: twice, size: twice.length }, 'extension-started')).rejects.toMatchObject({
      code: 'log-behind',
    });
  });

  test('what comes after the event that is asked for need not be published', async () => {
    const more = run([...untilActive]).log;
    const until = more.findIndex(({ kind }) => kind === 'grant-started');
    expect(await ask({ log: more, size: until + 2 }, 'grant-started')).toEqual(more.slice(0, until + 1));
  });
});

describe('what is acted on is what was published', () => {
  const { state } = granting;
  if (state.kind !== 'granting') throw new Error(state.kind);
  const { details } = state;
  test.each<[string, RequestState, boolean]>([
    ['the same', state, true],
    ['another digest', { ...state, details: { ...details, digest: 'd2' } }, false],
    ['another request', { ...state, details: { ...details, id: 'req_2' as typeof request } }, false],
    ['a later end', { ...state, endsAt: later(1_000) }, false],
    ['an earlier end', { ...state, endsAt: later(2) }, false],
    ['another state, with the same approval', { ...state, granted: ['lease_1' as LeaseId] }, true],
    ['a request that is pending', run([open()]).state, false],
  ])('%s', async (_what, acted, isSame) => {
    const asked = ask({}, 'grant-started', acted);
    if (isSame) expect(await asked).toHaveLength(granting.log.length);
    else await expect(asked).rejects.toMatchObject({ code: 'log-altered' });
  });

  test.each<[string, RequestState, boolean]>([
    ['the same extension', extending.state, true],
    [
      'another extension',
      run([...untilActive, extend(later(60), { digest: 'x2' }), approve(bo, later(61), { digest: 'x2' })])
        .state,
      false,
    ],
    ['no extension', run([...untilActive]).state, false],
  ])('%s', async (_what, acted, isSame) => {
    const asked = ask({ log: extending.log }, 'extension-started', acted);
    if (isSame) expect(await asked).toHaveLength(extending.log.length);
    else await expect(asked).rejects.toMatchObject({ code: 'log-altered' });
  });
});
