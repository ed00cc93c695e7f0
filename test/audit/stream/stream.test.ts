import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { examineStream } from '../../../app/doctor-stream.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { OTHER_TYPES } from '../../../audit/stream/activity.ts';
import { runStreamer, type StreamLedger } from '../../../audit/stream/stream.ts';
import type { Sink } from '../../../audit/stream/sink.ts';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { beginLog } from '../../../ledger/log/begin-log.ts';
import { approvedIn, grantedIn, openedIn, revokedIn } from '../../ledger/ledger.fixture.ts';
import { database, ledger, rows } from '../../ledger/own-ledger.fixture.ts';
import { until } from '../../until.fixture.ts';
import { keyOf, LOG_NAME, trusted } from '../log.fixture.ts';
import { publishAll } from '../published.fixture.ts';
import { gapsIn, recordingSink } from './recording-sink.fixture.ts';

const QUIET = { error: () => undefined };
const LOG = { name: LOG_NAME, trusted };
let streamer: Ledger;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(() => void (streamer = openLedger(database.url, { role: 'streamer' })));
beforeEach(() => rows('delete from log_stream'));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => streamer?.close());

/** Runs a streamer with the rights of its role, until the end of the test or until the returned function is called. */
function streaming(sink: ReturnType<typeof recordingSink>, over: StreamLedger = streamer, log = LOG) {
  const options = { report: QUIET, everyMs: 20, retryMs: 5 };
  const running = runStreamer(over, log, [{ sink: sink.sink, format: 'ocsf' }], options);
  ends.push(() => running.stop());
  return () => running.stop();
}

const publishedSize = async (): Promise<number> => (await ledger.logProgress()).published;
const caughtUp = (sink: ReturnType<typeof recordingSink>) =>
  until('the sink has every published record', async () => {
    const size = await publishedSize();
    return size > 0 && new Set(sink.indices()).size === size;
  });
const streamIn = async () => (await ledger.streams())[0];

test('every entry that a published checkpoint covers is sent once, in order, and no other one', async () => {
  await grantedIn(ledger);
  await publishAll(ledger);
  const sink = recordingSink();
  streaming(sink);
  await caughtUp(sink);
  const size = await publishedSize();
  await openedIn(ledger);
  await streamer.claimStream({ sink: 'other:', log: LOG_NAME, by: 'me', forMs: 1 });
  expect(sink.indices()).toEqual(Array.from({ length: size }, (_, index) => index));
  await publishAll(ledger);
  await caughtUp(sink);
  expect(sink.indices()).toEqual([...Array.from({ length: await publishedSize() }).keys()]);
});

/** The newest record of a kind, once everything is sent. */
async function sent(kind: string): Promise<unknown> {
  await publishAll(ledger);
  const sink = recordingSink();
  streaming(sink);
  await caughtUp(sink);
  return JSON.parse(sink.got.findLast((each) => each.kind === kind)?.text ?? 'null');
}

test('a grant says whose it is and where, which only earlier entries of the request have', async () => {
  await grantedIn(ledger);
  const granted = await sent('granted');
  expect(granted).toMatchObject({
    class_uid: 3005,
    user: { uid: expect.stringMatching(/^\w+$/), uid_alt: expect.any(String) },
    resources: [{ name: expect.any(String), type: expect.any(String) }],
  });
  expect(JSON.stringify(granted)).not.toContain('unknown');
});

test('the receipt of a granted lease is a revocation', async () => {
  await revokedIn(ledger, await grantedIn(ledger));
  expect(await sent('revoked')).toMatchObject({ class_uid: 3005, activity_name: 'Revoke Privileges' });
});

test('a sink that was away for long gets everything that it missed, without a gap', async () => {
  const sink = recordingSink();
  sink.state.down = true;
  sink.state.most = 7;
  streaming(sink);
  for (let each = 0; each < 6; each += 1) await approvedIn(ledger);
  await publishAll(ledger);
  await until('its problem is noted', async () => (await streamIn())?.problem === 'recording: is down');
  sink.state.down = false;
  await caughtUp(sink);
  expect(gapsIn(sink.indices())).toEqual([]);
  expect(sink.indices()).toEqual([...Array.from({ length: await publishedSize() }).keys()]);
  await until('the problem is over', async () => (await streamIn())?.problem === null);
});

test('a process that ends after it sent and before it noted it sends the same records again, with the same names', async () => {
  await publishAll(ledger);
  const [size, sink] = [await publishedSize(), recordingSink()];
  let isFirst = true;
  const recordSent: StreamLedger['recordSent'] = (...given) => {
    if (!isFirst) return streamer.recordSent(...given);
    isFirst = false;
    return Promise.reject(new Error('the connection was lost'));
  };
  streaming(sink, { ...streamer, recordSent });
  await until('everything came twice', () => sink.got.length >= 2 * Math.min(size, 256));
  const [one, two] = [sink.got[0], sink.got.findLast(({ index }) => index === 0)];
  expect(two).toEqual(one);
  expect(gapsIn(sink.indices())).toEqual([]);
});

test('of two processes one sends, and the other one goes on when its claim is over', async () => {
  await publishAll(ledger);
  const claim = { sink: 'recording:', log: LOG_NAME, by: 'the other process', forMs: 3_600_000 };
  expect(await streamer.claimStream(claim)).toBe(0);
  const sink = recordingSink();
  expect(await streamer.claimStream({ ...claim, by: 'me' })).toBeUndefined();
  streaming(sink);
  await streamer.recordSent({ ...claim, by: 'me' }, 5);
  expect(sink.got).toEqual([]);
  expect(await streamIn()).toMatchObject({ next: 0 });
  await rows(`update log_stream set claimed_until = ledger_now() - interval '1 second'`);
  await caughtUp(sink);
});

test('a process that stops lets another one go on at once', async () => {
  await publishAll(ledger);
  const [one, two] = [recordingSink(), recordingSink()];
  const stop = streaming(one);
  await caughtUp(one);
  await stop();
  await rows('update log_stream set next = 0');
  streaming(two);
  await caughtUp(two);
});

test('a sink that is down delays no other one', async () => {
  await publishAll(ledger);
  const [down, up] = [recordingSink('down:'), recordingSink('up:')];
  down.state.down = true;
  streaming(down);
  streaming(up);
  await caughtUp(up);
  expect(down.got).toEqual([]);
});

describe('a sink that hangs', () => {
  const hanging = (settled: Promise<unknown>) => {
    const [good, state] = [recordingSink('hanging:'), { attempts: 0 }];
    const sink: Sink = {
      ...good.sink,
      async send(records, signal) {
        if (state.attempts++ === 0) await settled;
        return good.sink.send(records, signal);
      },
    };
    return { ...good, sink, attempts: () => state.attempts };
  };
  const startWith = (sink: Sink, report: { error(details: object): void } = QUIET) => {
    const limits = { everyMs: 20, retryMs: 5, sendMs: 50, stopMs: 20 };
    return runStreamer(streamer, LOG, [{ sink, format: 'ocsf' }], { report, ...limits });
  };
  const problemIs = (text: string) =>
    until(`the problem is noted: ${text}`, async () => (await streamIn())?.problem?.includes(text));

  test('is reported, gets no second attempt, and does not hold up the stop; its claim stays', async () => {
    await publishAll(ledger);
    const { sink, attempts } = hanging(new Promise(() => undefined));
    const said: object[] = [];
    const running = startWith(sink, { error: (details) => void said.push(details) });
    await problemIs('an earlier attempt has not ended, and no new one begins');
    const [finding] = await examineStream(ledger);
    expect(finding).toMatchObject({ state: 'warning', what: expect.stringContaining('hanging: hangs') });
    await running.stop();
    expect(said[0]).toEqual({
      sink: 'hanging:',
      error: expect.stringMatching(/^hanging: does not take records: there was no answer for/),
    });
    expect(attempts()).toBe(1);
    expect(
      await streamer.claimStream({ sink: 'hanging:', log: LOG_NAME, by: 'me', forMs: 1 }),
    ).toBeUndefined();
  });

  test('gets the records again once the first attempt has ended, whole and in order', async () => {
    await publishAll(ledger);
    let settle = (): void => undefined;
    const sink = hanging(new Promise<void>((resolve) => (settle = resolve)));
    const running = startWith(sink.sink);
    ends.push(() => running.stop());
    await problemIs('an earlier attempt has not ended, and no new one begins');
    expect(sink.got).toEqual([]);
    settle();
    await caughtUp(sink);
    expect(gapsIn(sink.indices())).toEqual([]);
  });
});

describe('curfew doctor looks at the stream', () => {
  const found = async () => (await examineStream(ledger)).map(({ state, what }) => [state, what]);
  const claim = { sink: 'stdout:', log: LOG_NAME, by: 'me', forMs: 3_600_000 };

  test('nothing without a sink', async () => {
    expect(await found()).toEqual([]);
  });

  test('it says how far a sink is, its problem, and that nothing sends', async () => {
    await openedIn(ledger);
    await publishAll(ledger);
    const size = await publishedSize();
    await streamer.claimStream(claim);
    await streamer.recordSent(claim, size - 1);
    expect(await found()).toEqual([['ok', `stdout: has ${size - 1} of ${size} records.`]]);
    await streamer.recordSendFailure(claim, 'it is full');
    expect(await found()).toEqual([['warning', `stdout: has ${size - 1} of ${size} records. it is full.`]]);
    await streamer.recordSent(claim, size - 1);
    await streamer.releaseStream(claim);
    expect(await found()).toEqual([['warning', expect.stringContaining('Does the streamer run?')]]);
    await streamer.claimStream(claim);
    await streamer.recordSent(claim, size);
    await streamer.releaseStream(claim);
    expect(await found()).toEqual([['ok', `stdout: has ${size} of ${size} records.`]]);
  });
});

describe('a streamer with another key than that of the log', () => {
  const other = { name: LOG_NAME, trusted: [verifierKey(LOG_NAME, keyOf('other'))] };

  test('sends nothing, and curfew doctor names the sink and the problem', async () => {
    await openedIn(ledger);
    await publishAll(ledger);
    const sink = recordingSink();
    streaming(sink, streamer, other);
    const finding = await until('doctor names it', async () => (await examineStream(ledger))[0]);
    expect(finding).toMatchObject({
      state: 'warning',
      what: expect.stringMatching(/^recording: has 0 of \d+ records\. the newest checkpoint: /),
    });
    expect(sink.got).toEqual([]);
  });

  test('does not hold up another one that has the key, and its problem is not that of the other one', async () => {
    await publishAll(ledger);
    const [wrong, right] = [recordingSink(), recordingSink()];
    streaming(wrong, streamer, other);
    await until('its problem is noted', async () => (await streamIn())?.problem);
    streaming(right);
    await caughtUp(right);
    const claim = { sink: 'recording:', log: LOG_NAME, by: 'the other process', forMs: 3_600_000 };
    await rows(
      `update log_stream set problem = null, claimed_by = $1, claimed_until = ledger_now() + interval '1 hour'`,
      [claim.by],
    );
    await streamer.recordSendFailure({ ...claim, by: 'me' }, 'it has no key');
    expect(await streamIn()).toMatchObject({ problem: null });
  });
});

test('an entry that was changed after it was published is not sent, and neither is one after it', async () => {
  const request = await openedIn(ledger);
  await publishAll(ledger);
  const change = async (sql: string) => {
    await rows('alter table event disable trigger append_only');
    await rows(`update event set body = ${sql} where request_id = $1 and seq = 0`, [request]);
    await rows('alter table event enable trigger append_only');
  };
  await change(`body || '{"colour":"red"}'`);
  const sink = recordingSink();
  streaming(sink);
  await until('the problem is noted', async () => (await streamIn())?.problem?.includes('is not the row'));
  expect(sink.got.some(({ entry }) => entry === `${request}/0`)).toBe(false);
  await change(`body - 'colour'`);
  await caughtUp(sink);
});

test('a log of another name begins with its first entry', async () => {
  const claim = { sink: 'recording:', log: LOG_NAME, by: 'me', forMs: 1_000 };
  await streamer.claimStream(claim);
  await streamer.recordSent(claim, 3);
  expect(await streamer.claimStream(claim)).toBe(3);
  expect(await beginLog(database.url, { name: `${LOG_NAME}-2`, by: 'root' })).toBeUndefined();
  expect(await streamer.claimStream({ ...claim, log: `${LOG_NAME}-2` })).toBe(0);
});

test('each type of entry has a meaning', async () => {
  const [view] = await rows<{ text: string }>(`select pg_get_viewdef('log_row') as text`);
  const types = [...(view?.text ?? '').matchAll(/log_id,\s+'([a-z-]+)'::text/g)].map(([, type]) => type);
  expect(types).toContain('event');
  expect(new Set(['event', ...Object.keys(OTHER_TYPES)])).toEqual(new Set(types));
});
