import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  extended,
  extensionStarted,
  granted,
  killedGrant,
  revoked,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
/** The turns that were asked for, in their order. */
const keys: string[] = [];
beforeAll(async () => {
  const started = await startRequestsFixture();
  const providers = new Map(
    [...started.deps.providers].map(([name, provider]) => [
      name,
      { ...provider, inTurn: ({ key }, _signal, work) => (keys.push(key), work()) } as typeof provider,
    ]),
  );
  fixture = { ...started, deps: { ...started.deps, providers } };
});
afterAll(() => fixture?.stop());

const ended = async (request: RequestId): Promise<void> => {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
};

test.each<[string, readonly ((request: RequestId) => Promise<unknown>)[], readonly string[]]>([
  [
    'that was granted and extended has the turn of live access',
    [
      (request) => granted(fixture, request),
      (request) => extensionStarted(fixture, request),
      (request) => extended(fixture, request),
    ],
    ['grant', 'grant', 'end'],
  ],
  [
    'of which only a write began comes after live access',
    [(request) => killedGrant(fixture, request)],
    ['grant', 'end-unconfirmed'],
  ],
  ['of which no write began needs no turn', [], []],
])('the end of access %s (I25, F31)', async (_which, steps, kinds) => {
  keys.splice(0);
  const request = await approvedWithoutWorkflow(fixture);
  for (const step of steps) await step(request);
  await ended(request);
  expect(keys).toEqual(kinds.map((kind) => `${kind} ${firstLease(request)}`));
  expect(fixture.levelOf()).toBe('none');
});
