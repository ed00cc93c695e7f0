import { webcrypto } from 'node:crypto';
import { jest } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { lantern } from '../../sandbox/github/seed.ts';
import { startGitHub } from '../../sandbox/github/server.ts';

/** A call that arrived at GitHub. `points` are those that GitHub counts for a call of its REST API. */
export type Arrived = Readonly<{ at: number; method: string; path: string; points: number; status: number }>;

const BASE = 'http://127.0.0.1';
const LATENCY_MS = 200;
const LONGEST_MS = 1_800_000;

/**
 * The sandbox's GitHub with its own limits of the rate, on a virtual clock: no call uses the network, and each takes 200 ms. `people` are
 * members of the organisation and of no team.
 */
export async function openVirtualGitHub(people: readonly string[]) {
  jest.useFakeTimers({
    now: Date.UTC(2026, 10, 2, 9),
    doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'],
  });
  const now = (): number => Date.now();
  const server = await startGitHub({ seed: lantern, now, limits: { perHour: 1_000_000 } });
  const { github } = server;
  for (const login of people) {
    github.createAccount(login);
    github.setOrgMember(login, 'member');
  }
  const arrived: Arrived[] = [];
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input as string, init);
    await new Promise((resolve) => void setTimeout(resolve, LATENCY_MS));
    request.headers.set('host', new URL(BASE).host); // the HTTP client would send it
    const { method } = request;
    const { pathname: path } = new URL(request.url);
    const at = now();
    const answer = await server.answer(request);
    const points = path === '/graphql' ? 0 : method === 'GET' ? 1 : 5;
    arrived.push({ at, method, path, points, status: answer.status });
    return answer;
  };
  const signing = watchSignatures();
  return {
    arrived,
    github,
    now,
    deps: { ...github.credentials, baseUrl: BASE },
    /** Lets time pass until the work is done. */
    async until(work: Promise<unknown>): Promise<void> {
      let isDone = false;
      void work.finally(() => (isDone = true)).catch(() => undefined);
      const end = now() + LONGEST_MS;
      while (!isDone && now() < end) {
        do for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
        while (signing.running() > 0);
        if (!isDone) jest.advanceTimersToNextTimer();
      }
      if (!isDone) throw new Error('it is not done after half an hour');
      await work;
    },
    async stop() {
      signing.restore();
      globalThis.fetch = realFetch;
      jest.useRealTimers();
      await server.stop();
    },
  };
}

/** A signature is made by another thread, for which the virtual clock waits. */
function watchSignatures() {
  let running = 0;
  const { subtle } = webcrypto;
  const spies = (['importKey', 'sign'] as const).map((name) => {
    const real = subtle[name].bind(subtle) as (...given: readonly unknown[]) => Promise<unknown>;
    return jest.spyOn(subtle, name).mockImplementation((async (...given: readonly unknown[]) => {
      running += 1;
      return real(...given).finally(() => (running -= 1));
    }) as never);
  });
  return {
    running: () => running,
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const ATTEMPT_MS = 25_000;

/** Makes attempts as the workflow does: each for 25 s, and the next one after the wait that the fault states, or a pause that grows. */
export async function untilDone(attempt: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 30_000)) {
    const over = new AbortController();
    const limit = setTimeout(() => over.abort(), ATTEMPT_MS);
    const failure: unknown = await attempt(over.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    clearTimeout(limit);
    if (failure === undefined) return;
    if (!(failure instanceof Fault)) throw failure;
    await pause(failure.retryAfterMs ?? pauseMs);
  }
}
