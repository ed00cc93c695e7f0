import { expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { Deps } from '../../requests/deps.ts';
import { endAccessOfLeavers } from '../../upkeep/end-access-of-leavers.ts';

const STANDINGS: Readonly<Record<string, Eligibility>> = {
  ana: NOT_ELIGIBLE,
  bo: ELIGIBLE,
  cy: { kind: 'unknown', why: 'people.yaml cannot be read' },
  dee: NOT_ELIGIBLE,
};

/** Looks for leavers among people with two requests each, whose ids are the name and a number. */
async function leaving(record: (request: RequestId) => Promise<unknown>): Promise<readonly RequestId[]> {
  const ledger = {
    openRequestsByRequester: () =>
      Promise.resolve(
        Object.keys(STANDINGS).map((each) => ({ requester: each, requests: [`${each}1`, `${each}2`] })),
      ),
    record: ({ request }: { request: RequestId }) => record(request),
  } as unknown as Deps['ledger'];
  const policy = {
    mayAct: (person: string) => Promise.resolve(STANDINGS[person]),
  } as unknown as Deps['policy'];
  return endAccessOfLeavers({ ledger, policy });
}

test('everybody who left loses what they have, whoever stands before them in the list (I17)', async () =>
  expect(await leaving(() => Promise.resolve({ outcome: { ok: true } }))).toEqual([
    'ana1',
    'ana2',
    'dee1',
    'dee2',
  ]));

test('a request that cannot be ended, or is over already, does not keep the others', async () => {
  const record = (request: RequestId) => {
    if (request === 'ana1') return Promise.reject(new Error('no answer'));
    return Promise.resolve({ outcome: { ok: request !== 'dee1' } });
  };
  expect(await leaving(record)).toEqual(['ana2', 'dee2']);
});
