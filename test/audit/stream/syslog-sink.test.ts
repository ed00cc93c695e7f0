import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { recordOf } from '../../../audit/stream/formats.ts';
import { STRUCTURED_DATA, syslogMessage } from '../../../audit/stream/syslog-message.ts';
import { syslogSink } from '../../../audit/stream/syslog-sink.ts';
import { LOG_NAME } from '../log.fixture.ts';
import { activitiesOf } from './entries.fixture.ts';
import { ownCertificate, parseSyslog, startSyslogServer, unframe } from './syslog-server.fixture.ts';

const RECORDS = activitiesOf().map((activity) => recordOf(activity, 'cef'));
const { signal } = new AbortController();
let identity: ReturnType<typeof ownCertificate>;
beforeAll(() => void (identity = ownCertificate()));
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serverWith(onConnection?: Parameters<typeof startSyslogServer>[1]) {
  const server = await startSyslogServer(identity, onConnection);
  ends.push(server.stop);
  const sink = (more: object = {}) =>
    syslogSink({
      name: 'the sink',
      host: '127.0.0.1',
      port: server.port,
      ca: identity.cert,
      resetMs: 5,
      ...more,
    });
  return { ...server, sink };
}

test('each record is a message of RFC 5424 in a frame of RFC 5425, in order', async () => {
  const { sink, messages, problems } = await serverWith();
  expect(await sink().send(RECORDS, signal)).toBe(RECORDS.length);
  expect(problems).toEqual([]);
  expect(messages.map(({ text }) => text)).toEqual(RECORDS.map(({ text }) => text));
  expect(messages.map(({ data }) => Number(data[STRUCTURED_DATA]?.['index']))).toEqual([...RECORDS.keys()]);
  expect(messages[7]).toMatchObject({
    ...{ facility: 13, severity: 6, app: 'curfew', kind: 'granted', at: '2026-11-28T10:00:00.123Z' },
    data: {
      [STRUCTURED_DATA]: {
        index: '7',
        log: LOG_NAME,
        entry: RECORDS[7]?.entry,
        leafHash: RECORDS[7]?.leafHash,
      },
    },
  });
  expect(messages.find(({ kind }) => kind === 'drifted')).toMatchObject({ severity: 4 });
});

test('a server whose certificate nobody trusts gets nothing', async () => {
  const { sink, messages } = await serverWith();
  await expect(sink({ ca: undefined }).send(RECORDS, signal)).rejects.toThrow(/self.signed certificate/);
  expect(messages).toEqual([]);
});

test('a server whose certificate has another name gets nothing', async () => {
  const { sink, messages } = await serverWith();
  const sent = sink({ ca: ownCertificate().cert }).send(RECORDS, signal);
  await expect(sent).rejects.toThrow(/does not take records/);
  expect(messages).toEqual([]);
});

test.each<[string, Parameters<typeof startSyslogServer>[1]]>([
  ['that drops the connection', (socket) => void socket.destroy()],
  ['that reads and never ends the connection', (socket) => void (socket.allowHalfOpen = true)],
])('a server %s has nothing for certain, and gets it again', async (_what, onConnection) => {
  const { sink } = await serverWith(onConnection);
  await expect(sink({ answerMs: 400 }).send(RECORDS, signal)).rejects.toThrow(
    'the sink does not take records',
  );
});

test.each([
  ['nothing', 0],
  ['a part', 700],
])('a server that read %s and ends the connection has nothing for certain', async (_what, bytes) => {
  const { sink } = await serverWith((socket) => {
    socket.removeAllListeners('data').pause();
    setTimeout(() => socket.read(bytes), 50);
    setTimeout(() => socket.end(() => setTimeout(() => socket.destroy(), 50)), 200);
  });
  const many = Array.from({ length: 256 }, () => RECORDS.slice(0, 1)).flat();
  const large = many.map((record) => ({ ...record, text: 'x'.repeat(2_000) }));
  const sent = sink({ resetMs: 1_000 }).send(large, signal);
  await expect(sent).rejects.toThrow('the sink does not take records: ');
});

test('text that is not ASCII is marked as UTF-8, and what has a meaning is escaped', () => {
  const [record] = RECORDS;
  if (!record) throw new Error('no record');
  const strange = { ...record, text: 'Zoë', entry: 'a"b]c\\d', kind: 'ä'.repeat(40) };
  const message = parseSyslog(Buffer.from(syslogMessage(strange, 'höst name')));
  expect(message).toMatchObject({ text: 'Zoë', host: 'h_st_name', kind: '_'.repeat(32) });
  expect(message.data[STRUCTURED_DATA]).toMatchObject({ entry: 'a"b]c\\d' });
});

test('the checks of the server find what the RFCs do not allow', () => {
  expect(() => unframe(Buffer.from('5 hello6 cut'))).toThrow('cut off');
  expect(() => unframe(Buffer.from('hello'))).toThrow('no length');
  expect(() => parseSyslog(Buffer.from('<200>1 2026-11-28T10:00:00.000Z h a - k [x@1] m'))).toThrow(
    'no header',
  );
  expect(() => parseSyslog(Buffer.from('<110>1 2026-11-28T10:00:00.000Z h a - k [x@1] ü'))).toThrow('UTF-8');
});
