import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { recordOf } from '../../../audit/stream/formats.ts';
import { httpsSink, partOf, retryAfterOf } from '../../../audit/stream/https-sink.ts';
import { activitiesOf } from './entries.fixture.ts';
import { LOG_NAME } from '../log.fixture.ts';

const RECORDS = activitiesOf().map((activity) => recordOf(activity, 'ocsf'));
const { signal } = new AbortController();

type Call = Readonly<{ path: string; headers: IncomingMessage['headers']; lines: readonly string[] }>;
let server: Server;
let calls: Call[];
/** What the server answers to the next calls. It is 200 when nothing is left. */
let answers: ((response: ServerResponse, call: Call) => void)[];
beforeEach(async () => {
  [calls, answers] = [[], []];
  server = createServer((request, response) => {
    void request.toArray().then((parts) => {
      const lines = Buffer.concat(parts as Buffer[])
        .toString()
        .split('\n')
        .slice(0, -1);
      const call = { path: request.url ?? '', headers: request.headers, lines };
      calls.push(call);
      const answer = answers.shift();
      if (answer) answer(response, call);
      else response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();
function sinkFor(more: Partial<Parameters<typeof httpsSink>[0]> = {}) {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest`);
  return httpsSink({ name: 'the sink', url, format: 'ocsf', token: 'secret-token', ...more });
}

test('records are posted one on each line, with a token and with the name of the batch', async () => {
  expect(await sinkFor().send(RECORDS.slice(3, 6), signal)).toBe(3);
  expect(calls).toMatchObject([
    {
      path: '/ingest',
      headers: {
        authorization: 'Bearer secret-token',
        'content-type': 'application/x-ndjson',
        'idempotency-key': `${LOG_NAME}#3-5`,
      },
      lines: RECORDS.slice(3, 6).map(({ text }) => text),
    },
  ]);
});

describe('an answer that is no receipt', () => {
  test.each([[301], [302], [307], [400], [401], [404], [500], [503]])(
    'with %d nothing counts as sent, and no redirect is followed (T21)',
    async (code) => {
      answers = [status(code, { location: `${sinkFor().name}/elsewhere` })];
      const sent = sinkFor().send(RECORDS.slice(0, 1), signal);
      await expect(sent).rejects.toThrow(`the sink answers with the status ${code}`);
      expect(calls).toHaveLength(1);
    },
  );

  test('the wait that the server states is kept', async () => {
    answers = [status(429, { 'retry-after': '7' })];
    await expect(sinkFor().send(RECORDS.slice(0, 1), signal)).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['none', () => undefined, 'does not answer: there was no whole answer within 0.3 s'],
    [
      'one that is too large',
      (response) => void response.end('x'.repeat(70_000)),
      'does not answer: its answer is larger than 65536 bytes',
    ],
    ['a connection that is lost', (response) => void response.destroy(), 'does not answer'],
  ])('%s', async (_what, answer, problem) => {
    answers = [answer];
    const sent = sinkFor({ answerMs: 300 }).send(RECORDS.slice(0, 1), signal);
    await expect(sent).rejects.toThrow(problem);
    await expect(sent).rejects.not.toThrow('secret-token');
  });
});

test('a call that is too large is sent again in smaller parts, in order', async () => {
  const limited = (response: ServerResponse, { lines }: Call) =>
    void response.writeHead(lines.length > 3 ? 413 : 200).end();
  answers = Array.from({ length: 20 }, () => limited);
  const sink = sinkFor();
  const got: string[] = [];
  for (let from = 0; from < 10;) {
    from += await sink.send(RECORDS.slice(from, 10), signal);
    got.push(...(calls.at(-1)?.lines ?? []));
  }
  expect(got).toEqual(RECORDS.slice(0, 10).map(({ text }) => text));
});

/** Sends the records before `end`, with further attempts after a failure. Returns the last failure. */
async function sendAll(sink: ReturnType<typeof sinkFor>, end: number, attempts: number): Promise<unknown> {
  let [from, failure]: [number, unknown] = [0, undefined];
  for (let attempt = 0; from < end && attempt < attempts; attempt += 1)
    await sink.send(RECORDS.slice(from, end), signal).then(
      (sent) => (from += sent),
      (error: unknown) => (failure = error),
    );
  return failure;
}

describe('an address that refuses one record gets every record before it, and the problem names the entry', () => {
  test.each([400, 403, 422, 500])('with %d', async (code) => {
    const [refused, got]: [string | undefined, string[]] = [RECORDS[6]?.text, []];
    const refusing = (response: ServerResponse, { lines }: Call) => {
      const isRefused = lines.some((line) => line === refused);
      if (!isRefused) got.push(...lines);
      response.writeHead(isRefused ? code : 200).end();
    };
    answers = Array.from({ length: 60 }, () => refusing);
    const sink = sinkFor();
    expect(String(await sendAll(sink, 10, 20))).toContain(
      `the sink answers with the status ${code} to the entry 6 of the log`,
    );
    expect(got).toEqual(RECORDS.slice(0, 6).map(({ text }) => text));
    answers = [];
    const sent = [
      await sink.send(RECORDS.slice(6, 10), signal),
      await sink.send(RECORDS.slice(7, 10), signal),
    ];
    expect(sent).toEqual([1, 2]);
  });
});

test('a single record that is too large is a problem, and is not left out', async () => {
  answers = [status(413)];
  await expect(sinkFor().send(RECORDS.slice(0, 1), signal)).rejects.toThrow('413');
});

test('one call has half a megabyte at most, and at least one record', () => {
  const [first] = RECORDS;
  const large = RECORDS.slice(0, 5).map((record) => ({ ...record, text: 'x'.repeat(200_000) }));
  expect(partOf(large, Infinity)).toHaveLength(2);
  expect(first && partOf([{ ...first, text: 'x'.repeat(600_000) }, first], Infinity)).toHaveLength(1);
  expect(partOf(RECORDS, 4)).toHaveLength(4);
});

test.each([
  [null, undefined],
  ['5', 5_000],
  ['0', undefined],
  ['Sat, 28 Nov 2026 10:00:09 GMT', 9_000],
  ['Sat, 28 Nov 2026 09:00:00 GMT', undefined],
  ['soon', undefined],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(retryAfterOf(header, Date.parse('2026-11-28T10:00:00Z'))).toBe(ms);
});
