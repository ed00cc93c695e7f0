import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { sweep } from '../../upkeep/sweep.ts';
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
});
