import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, expect, jest, test } from '@jest/globals';
import { streamLines } from '../../console/downloads/stream-body.ts';
import { until } from '../until.fixture.ts';

let stop: (() => void) | undefined;
afterEach(() => {
  stop?.();
  jest.restoreAllMocks();
});

/** Starts a server that answers with these lines, and begins to read the answer. */
async function answerWith(
  lines: AsyncGenerator<string>,
  failures: unknown[] = [],
  stalledAfterMs?: number,
): Promise<IncomingMessage> {
  const report = (error: unknown) => void failures.push(error);
  const options = { report, ...(stalledAfterMs === undefined ? {} : { stalledAfterMs }) };
  const listener = getRequestListener(() => new Response(streamLines(lines, options)), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => get({ host: '127.0.0.1', port }, resolve).on('error', reject));
}

async function* numbers(end: number): AsyncGenerator<string> {
  for (let each = 0; each < end; each += 1) yield await Promise.resolve(String(each));
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

test('an answer that is whole has every line, and ends', async () => {
  const answer = await answerWith(numbers(3));
  expect([await textOf(answer), answer.complete]).toEqual(['0\n1\n2\n', true]);
});

test('an answer that fails midway is cut off, so that it does not look whole, and the operator reads why', async () => {
  jest.spyOn(console, 'error').mockReturnValue(); // The server of Hono prints the failure, too.
  const failures: unknown[] = [];
  const error = new Error('the ledger is unavailable');
  const broken = async function* () {
    yield* numbers(2);
    throw error;
  };
  const answer = await answerWith(broken(), failures);
  await expect(textOf(answer)).rejects.toThrow('aborted');
  expect([answer.complete, failures]).toEqual([false, [error]]);
});

/** Lines without an end, with how many were asked for, and whether they were ended. */
function endless() {
  const seen = { asked: 0, isEnded: false };
  const lines = (async function* () {
    try {
      for (;;) yield await Promise.resolve(`${(seen.asked += 1)} ${'x'.repeat(1_000)}`);
    } finally {
      seen.isEnded = true;
    }
  })();
  return { seen, lines };
}

test('when nobody reads any more, no further line is read', async () => {
  const { seen, lines } = endless();
  const answer = await answerWith(lines);
  await until('lines are read', () => seen.asked > 10);
  answer.destroy();
  await until('the lines end', () => seen.isEnded);
  const before = seen.asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.asked).toBe(before);
});

test('a reader that keeps its connection and reads nothing is cut off, and the operator reads why', async () => {
  jest.spyOn(console, 'error').mockReturnValue(); // The server of Hono prints the failure, too.
  const { seen, lines } = endless();
  const failures: unknown[] = [];
  const answer = await answerWith(lines, failures, 50);
  await until('the lines end', () => seen.isEnded);
  expect(failures.map(String)).toEqual([expect.stringContaining('nobody read it for 50 ms')]);
  await expect(textOf(answer)).rejects.toThrow('aborted');
});

test('a reader that reads slowly is not cut off, however long it takes', async () => {
  jest.useFakeTimers();
  const failures: unknown[] = [];
  const report = (error: unknown) => void failures.push(error);
  const reader = streamLines(numbers(5), { report, stalledAfterMs: 1_000 }).getReader();
  const read: string[] = [];
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      read.push(Buffer.from(next.value).toString());
      await jest.advanceTimersByTimeAsync(900);
    }
  } finally {
    jest.useRealTimers();
  }
  expect([read.join(''), failures]).toEqual(['0\n1\n2\n3\n4\n', []]);
});
