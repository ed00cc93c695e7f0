import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, expect, jest, test } from '@jest/globals';
import { streamLines } from '../../console/stream-body.ts';
import { until } from '../until.fixture.ts';

let stop: () => void;
afterEach(() => {
  stop();
  jest.restoreAllMocks();
});

/** Starts a server that answers with these lines, and begins to read the answer. */
async function answerWith(lines: AsyncGenerator<string>, failures: unknown[] = []): Promise<IncomingMessage> {
  const listener = getRequestListener(
    () => new Response(streamLines(lines, { report: (error) => void failures.push(error) })),
    { overrideGlobalObjects: false },
  );
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

test('when nobody reads any more, no further line is read', async () => {
  let [asked, isEnded] = [0, false];
  const endless = async function* () {
    try {
      for (;;) yield await Promise.resolve(`${(asked += 1)} ${'x'.repeat(1_000)}`);
    } finally {
      isEnded = true;
    }
  };
  const answer = await answerWith(endless());
  await until('lines are read', () => asked > 10);
  answer.destroy();
  await until('the lines end', () => isEnded);
  const before = asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(before);
});
