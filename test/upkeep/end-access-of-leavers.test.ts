import { expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { type Eligibility, ELIGIBLE, NOT_ELIGIBLE } from '../../core/request/commands.ts';
import type { Deps } from '../../requests/deps.ts';
import { areTooMany } from '../../requests/leavers.ts';
import { endAccessOfLeavers } from '../../upkeep/end-access-of-leavers.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';

const STANDINGS: Readonly<Record<string, Eligibility>> = {
  ana: NOT_ELIGIBLE,
  bo: ELIGIBLE,
  cy: { kind: 'unknown', why: 'people.yaml cannot be read' },
  dee: NOT_ELIGIBLE,
};

/** Looks for leavers among people with two requests each, whose ids are the name and a number. */
async function leaving(record: (request: RequestId) => Promise<unknown>): Promise<readonly RequestId[]> {
  const ledger = {
    lostLeasesLeft: () => Promise.resolve([]),
    openRequestsByRequester: () =>
      Promise.resolve(
        Object.keys(STANDINGS).map((each) => ({ requester: each, requests: [`${each}1`, `${each}2`] })),
      ),
    record: ({ request }: { request: RequestId }) => record(request),
  } as unknown as Deps['ledger'];
  const policy = {
    mayAct: (person: string) => Promise.resolve(STANDINGS[person]),
  } as unknown as Deps['policy'];
  return (await endAccessOfLeavers({ ledger, policy })).over;
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

/** Three accounts with lost access that nobody has. The access of the first cannot be ended. */
async function losing(mostLeavers: number) {
  const tried: unknown[] = [];
  const lost = ['0', '1', '2'].map((letter) => ({
    ...{ lease: 'lease_x', request: `req_${letter.padStart(26, '0')}`, kind: 'unknown', signed: 'x' },
    ...{ accessKey: 'x', endsAt: 1, entry: entryOf({ subject: { id: letter, name: letter } }) },
  }));
  const ledger = {
    lostLeasesLeft: () => Promise.resolve(lost),
    openRequestsByRequester: () => Promise.resolve([]),
    endLostRequest: (by: unknown, { request, via }: { request: string; via: string }) => {
      tried.push([by, request, via]);
      return request === lost[0]?.request ? Promise.reject(new Error('no answer')) : Promise.resolve();
    },
  } as unknown as Deps['ledger'];
  const policy = {
    ownerOf: () => Promise.resolve({ ok: true, value: null }),
    lastKnownPersonOf: () => Promise.resolve(undefined),
    givenBy: () => Promise.resolve([]),
  } as unknown as Deps['policy'];
  const ended = await endAccessOfLeavers({ ledger, policy, mostLeavers });
  return { ...ended, tried, each: lost.map(({ request }) => [{ by: null }, request, 'sweeper']) };
}

test('lost access that cannot be ended does not keep that of others (I17)', async () => {
  const { held, tried, each } = await losing(3);
  expect([held, tried]).toEqual([[], each]);
});

test('lost access of three accounts that nobody has stays, where only two people may leave at once (F29)', async () => {
  const { held, tried } = await losing(2);
  expect([held, tried]).toEqual([['0', '1', '2'], []]);
});

test.each([
  ['nobody of nobody', 0, 0, 3, false],
  ['the only person with access', 1, 1, 3, false],
  ['three of three: not more than three', 3, 3, 3, false],
  ['four of four', 4, 4, 3, true],
  ['four of forty: not more than a tenth', 4, 40, 3, false],
  ['four of thirty-nine', 4, 39, 3, true],
  ['one of one, where the limit is none', 1, 1, 0, true],
  ['ten thousand of ten thousand, where the limit is as high', 10_000, 10_000, 10_000, false],
])('too many leavers: %s (F29)', (_what, left, of, most, expected) =>
  expect(areTooMany(left, of, most)).toBe(expected),
);
