import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import type { FindingId } from '../../core/findings/finding.ts';
import { type ClickId, clickIdOf, type Instant, type LeaseId } from '../../core/ids.ts';
import { type HintChannel, type Hints, openHints, withHints } from '../../ledger/hints.ts';
import { type Click, type Ledger, type NewFinding, openLedger } from '../../ledger/index.ts';
import { startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { ana, bo } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { approve, openedIn } from './ledger.fixture.ts';
import { database, rows } from './own-ledger.fixture.ts';

let listener: pg.Client;
let heard: string[] = [];
let hints: Hints;
beforeEach(async () => {
  heard = [];
  listener = new pg.Client({ connectionString: database.url });
  await listener.connect();
  listener.on('notification', ({ channel }) => heard.push(channel));
  await listener.query('listen curfew_click; listen curfew_outbox');
  hints = openHints(database.url);
});
afterEach(async () => {
  await hints.close();
  await listener.end();
});

const through = async (rule?: Parameters<Awaited<ReturnType<typeof startPgProxy>>['arm']>[0]) => {
  const { hostname, port } = new URL(database.url);
  const proxy = await startPgProxy(hostname, Number(port));
  const armed = rule && proxy.arm(rule);
  return { proxy, armed, slow: openHints(proxy.through(database.url)) };
};
const isHint = (sql: string): boolean => /pg_notify/.test(sql);

test('a hint reaches whoever listens to its channel', async () => {
  hints.send('curfew_click');
  await until('it is heard', () => heard.length === 1);
  expect(heard).toEqual(['curfew_click']);
});

test('closing waits for the hints that were sent, so that a command which ends at once loses none', async () => {
  hints.send('curfew_click');
  hints.send('curfew_outbox');
  await hints.close();
  await listener.query('select 1');
  expect(heard.toSorted()).toEqual(['curfew_click', 'curfew_outbox']);
});

test('while one hint is under way, however many more of a channel wait as one', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { proxy, armed, slow } = await through({ when: isHint, act: { after: () => held } });
  slow.send('curfew_click');
  await armed?.reached;
  for (let count = 0; count < 100; count += 1) slow.send('curfew_click');
  release();
  await slow.close();
  expect([proxy.connections(), proxy.statements.filter(isHint).length]).toEqual([1, 2]);
  await proxy.stop();
});

test('a server that gives no answer is left after a second, and nothing is told to the sender', async () => {
  const { proxy, armed, slow } = await through({ when: isHint, act: 'hang' });
  expect(slow.send('curfew_click')).toBeUndefined();
  await armed?.reached;
  await slow.close();
  await proxy.stop();
});

test('after a failure no hint is sent for a second, so that a server in trouble gets no attempt for each event', async () => {
  const { proxy, armed, slow } = await through({ when: isHint, act: 'drop-before' });
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  try {
    slow.send('curfew_click');
    await armed?.reached;
    await slow.close();
    for (const [at, connections] of [
      [1_999, 1],
      [2_000, 2],
    ] as const) {
      now.mockReturnValue(at);
      slow.send('curfew_click');
      await slow.close();
      expect(proxy.connections()).toBe(connections);
    }
  } finally {
    now.mockRestore();
    await proxy.stop();
  }
});

test('after a connection was lost, a later hint is heard over another one', async () => {
  const { proxy, armed, slow } = await through({ when: isHint, act: 'drop-before' });
  slow.send('curfew_click');
  await armed?.reached;
  try {
    await until('a later one is heard', () => {
      slow.send('curfew_outbox');
      return heard.includes('curfew_outbox');
    });
  } finally {
    await slow.close();
    await proxy.stop();
  }
});

describe('the hints of a transaction', () => {
  test('are sent when it has succeeded, each once', async () => {
    const sent: string[] = [];
    const work = withHints({ send: (channel) => void sent.push(channel) }, (hint) => {
      hint('curfew_outbox');
      hint('curfew_click');
      hint('curfew_outbox');
      expect(sent).toEqual([]);
      return Promise.resolve(7);
    });
    expect([await work, sent]).toEqual([7, ['curfew_outbox', 'curfew_click']]);
  });

  test('are not sent when it failed', async () => {
    const send = jest.fn();
    const work = withHints({ send }, (hint) => {
      hint('curfew_outbox');
      return Promise.reject(new Error('rolled back'));
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(send).not.toHaveBeenCalled();
  });
});

describe('whoever listens is told', () => {
  const click = (request: Click['request'], more: Partial<Click> = {}) =>
    ({
      ...{
        id: clickIdOf(uuidv7()),
        request,
        via: 'cli',
        account: 'x',
        person: bo,
        kind: 'approve',
        body: {},
      },
      ...more,
    }) as Click;
  const found: NewFinding = {
    ...{ kind: 'access', provider: 'fake', targetKey: 't', targetName: 't', target: {}, what: 't' },
    ...{ subject: { id: 'x', name: 'x' }, level: 'write', onLadder: true, sources: [] },
  };
  const pass = { provider: 'fake', key: 't', kind: 'access', open: [], present: [] } as const;
  test.each<[string, (told: Ledger, request: Click['request']) => Promise<unknown>, readonly HintChannel[]]>([
    ['of a click', (told, request) => told.writeClick(click(request)), ['curfew_click']],
    [
      'of a click whose account must be checked',
      (told, request) => told.writeClick(click(request, { via: 'slack' })),
      ['curfew_unchecked_click'],
    ],
    [
      'of an account that was checked',
      async (told, request) => {
        const { id } = await told.writeClick(click(request, { via: 'slack' }));
        await told.storeAccountCheck(id, {} as never);
      },
      ['curfew_unchecked_click', 'curfew_click'],
    ],
    [
      'of a submission that was accepted',
      (told, request) => told.acceptSubmission(click(request)),
      ['curfew_wake_up'],
    ],
    [
      'of an approval',
      (told, request) => told.record({ ...approve(request), via: 'slack' }),
      ['curfew_outbox', 'curfew_wake_up'],
    ],
    [
      'of a refusal, and of the same again',
      async (told, request) => {
        await told.record(approve(request, ana, 'click/1'));
        await told.record(approve(request, ana, 'click/2'));
      },
      ['curfew_outbox', 'curfew_outbox'],
    ],
    ['of cards to draw again', (told, request) => told.redrawCards(request), ['curfew_outbox']],
    [
      'of a credential that was shown',
      (told) => told.eraseSecret({ lease: 'lease_x' as LeaseId, click: 'click_x' as ClickId }),
      ['curfew_outbox'],
    ],
    [
      'of a finding when it is new, and when it is gone',
      async (told) => {
        for (let time = 0; time < 2; time += 1) await told.recordFindings([found]);
        const since = ((await told.now()) + 60_000) as Instant;
        for (let time = 0; time < 2; time += 1) await told.closeGone({ ...pass, since });
      },
      ['curfew_finding', 'curfew_finding'],
    ],
    [
      'of a decision about a finding, and when it was not carried out, and when it was',
      async (told) => {
        const subject = { id: 'y', name: 'y' };
        const [finding] = (await told.recordFindings([{ ...found, subject }])) as [FindingId];
        await told.decideFinding({
          ...{ click: clickIdOf(uuidv7()), finding, kind: 'adopt', by: bo, via: 'cli', seen: 's' },
          judge: () => Promise.resolve(undefined),
        });
        await told.endFindingWork({ id: finding, changed: 'x' });
        await told.endFindingWork({ id: finding, state: 'revoked', by: bo, via: 'cli', why: 'x' });
      },
      ['curfew_finding', 'curfew_finding', 'curfew_finding', 'curfew_finding'],
    ],
  ])('%s', async (_what, write, channels) => {
    const sent: HintChannel[] = [];
    const send = (channel: HintChannel) => void sent.push(channel);
    const close = () => Promise.reject(new Error('other ledgers use them too'));
    const told = openLedger(database.url, { hints: { send, close } });
    try {
      const request = await openedIn(told, { targets: [] });
      sent.splice(0);
      await write(told, request);
    } finally {
      await told.close();
    }
    expect(sent).toEqual(channels);
  });
});

test('no function, trigger or rule of the schema sends NOTIFY: it would be part of a transaction that records', async () => {
  const found = await rows<{ name: string }>(
    `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosrc ~* 'notify'
      union all select rulename from pg_rules where schemaname = 'public' and definition ~* 'notify'`,
  );
  expect(found).toEqual([]);
});
