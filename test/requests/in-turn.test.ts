import { expect, test } from '@jest/globals';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { ATTEMPT_KINDS } from '../../core/turns.ts';
import type { Lease } from '../../ledger/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { inTurn } from '../../requests/in-turn.ts';

const { signal } = new AbortController();
const REQUESTS = ['1', '2'].map((each) => `req_${each.repeat(26)}` as RequestId);

test('each target of a request has a turn of its own at one provider, for each kind of attempt, and the same turn when it comes back (F31)', async () => {
  const keys: (string | undefined)[] = [];
  const targets: unknown[] = [];
  const provider = {
    parseTarget: (spec) => ({ ok: true, value: { parsed: spec } }),
    inTurn: ({ key, target }, _signal, work) => (keys.push(key), targets.push(target), work()),
  } as Partial<Provider> as Provider;
  const deps = { providers: new Map([['fake', provider]]) };
  const attempts = REQUESTS.flatMap((request) =>
    [0, 1, 2].flatMap((target) =>
      ATTEMPT_KINDS.map((kind) => ({
        kind,
        lease: {
          id: leaseIdOf(request, target),
          request,
          target: { provider: 'fake', spec: target },
        } as Lease,
      })),
    ),
  );
  for (const attempt of [...attempts, ...attempts])
    await inTurn(deps, { ...attempt, signal }, () => Promise.resolve());
  const first = keys.slice(0, attempts.length);
  expect(new Set(first).size).toBe(attempts.length);
  expect(keys.slice(attempts.length)).toEqual(first);
  expect(targets.slice(0, attempts.length)).toEqual(
    attempts.map(({ lease }) => ({ parsed: lease.target.spec })),
  );
});
