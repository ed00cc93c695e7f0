import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { endedAll } from '../requests/mass-ending.fixture.ts';
import { decided, taken } from '../requests/passwords.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow, granted, openedWithoutWorkflow } from '../requests/steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

const INACTIVE = ['people.yaml', 'manager: bo,', 'manager: bo, active: false,'] as const;
const GONE = [
  'people.yaml',
  '  - { id: ana, name: Ana, manager: bo, accounts: { slack: U0ANA, fake: ana } }\n',
  '',
] as const;
const UNREADABLE = ['people.yaml', 'people:', 'people: ['] as const;
const live = async (entitlement = 'thing'): Promise<RequestId> => {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
};

describe('a person who left (I17)', () => {
  test.each([
    ['is inactive in people.yaml', INACTIVE],
    ['is not in people.yaml any more', GONE],
  ])(
    'loses what they have and what they wait for in one pass, when the person %s',
    async (_how, [file, from, to]) => {
      const [active, pending] = [await live(), await openedWithoutWorkflow(fixture)];
      await fixture.edit(file, from, to);
      expect((await sweep(fixture.deps)).left).toEqual([active, pending].sort());
      const ending = { kind: 'voided', why: 'the requester is no longer active' };
      expect(await fixture.state(active)).toMatchObject({ kind: 'revoking', ending });
      expect(await fixture.state(pending)).toMatchObject({ kind: 'closed', ending });
      await fixture.shiftClock(11_000);
      expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(active)]);
      expect(fixture.levelOf()).toBe('none');
      expect((await sweep(fixture.deps)).left).toEqual([]);
    },
  );

  test('keeps everything while people.yaml cannot be read, so a typing mistake ends nothing', async () => {
    const request = await live();
    await fixture.edit(...UNREADABLE);
    expect((await sweep(fixture.deps)).left).toEqual([]);
    expect((await fixture.state(request)).kind).toBe('active');
  });

  test('does not take the access of others along', async () => {
    const request = await live();
    await fixture.edit('people.yaml', 'name: Dee,', 'name: Dee, active: false,');
    expect((await sweep(fixture.deps)).left).toEqual([]);
    expect((await fixture.state(request)).kind).toBe('active');
  });

  test.each([
    ['a person who left', INACTIVE, { code: 'unknown-person' }],
    ['anybody while people.yaml cannot be read', UNREADABLE, { code: 'not-allowed' }],
  ])('%s gets no password, which stays in the ledger', async (_who, [file, from, to], refusal) => {
    const request = await live('login');
    const restore = await fixture.edit(file, from, to);
    expect((await decided(fixture, request)).outcome).toMatchObject({ error: refusal });
    await restore();
    expect(await taken(fixture, await decided(fixture, request))).toBeDefined();
  });

  /** Five people of whom four have a request, and how many of them are inactive. */
  async function crowd(gone: number): Promise<readonly RequestId[]> {
    const requests: RequestId[] = [];
    for (const person of ['ana', 'bo', 'cy', 'dee', 'eli'])
      requests.push(await openedWithoutWorkflow(fixture, { person, entitlement: 'login' }));
    for (const name of ['Eli', 'Dee', 'Cy', 'Bo'].slice(0, gone))
      await fixture.edit('people.yaml', `name: ${name}`, `name: ${name}, active: false`);
    return requests;
  }

  test.each([
    ['three of five people leave: their access ends', 3, 3, 0],
    ['four of five people seem to leave: nothing ends, and the pass names them', 4, 0, 4],
  ])('%s (F29)', async (_what, gone, ended, held) => {
    await crowd(gone);
    const { left, heldLeavers } = await sweep(fixture.deps);
    expect([left.length, heldLeavers.length]).toEqual([ended, held]);
  });

  test('an empty people.yaml ends nothing, and mending it releases what was held (F29)', async () => {
    const requests = await crowd(0);
    const restore = await fixture.edit('people.yaml', await people(), 'people: []\ngroups: {}\n');
    const catalogue = await fixture.edit('catalogue.yaml', await catalogueText(), 'entitlements: []\n');
    expect((await sweep(fixture.deps)).heldLeavers).toEqual(['ana', 'bo', 'cy', 'dee', 'eli']);
    await restore();
    await catalogue();
    expect((await sweep(fixture.deps)).heldLeavers).toEqual([]);
    for (const request of requests) expect((await fixture.state(request)).kind).toBe('pending');
  });

  test('a person of security confirms it, and then everything of those who left ends', async () => {
    const requests = await crowd(4);
    await fixture.edit('people.yaml', 'name: Dee, active: false', 'name: Dee');
    await fixture.edit('people.yaml', 'name: Ana, ', 'name: Ana, active: false, ');
    const people = (await sweep(fixture.deps)).heldLeavers as readonly PersonId[];
    const scope = { kind: 'leavers', people: [...people, 'dee' as PersonId] } as const;
    const { outcome, massEnding } = await endedAll(fixture, scope);
    expect(outcome.ok).toBe(true);
    expect((await fixture.ledger.readMassEnding(massEnding))?.scope).toEqual({ kind: 'leavers', people });
    const states = await Promise.all(requests.map(async (request) => (await fixture.state(request)).kind));
    expect(states).toEqual(['closed', 'closed', 'closed', 'pending', 'closed']);
    expect(await fixture.ledger.readLocks()).toEqual([]);
  });
});

const fileText = (file: string) => readFile(join(fixture.folder, file), 'utf8');
const people = () => fileText('people.yaml');
const catalogueText = () => fileText('catalogue.yaml');
