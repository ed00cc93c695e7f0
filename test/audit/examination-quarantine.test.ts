import { describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { ana, endedAll } from '../requests/mass-ending.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from '../requests/steps.fixture.ts';
import {
  alter,
  anApproval,
  changeHash,
  changeOf,
  examined,
  fixture,
  held,
  theirLease,
} from './altered-log.fixture.ts';
import { endQuarantineOf, examineAll, examineNext } from './examined.fixture.ts';

describe('a difference', () => {
  test('begins one quarantine, and the next passes begin none', async () => {
    const { id } = await anApproval();
    await alter(changeOf(id));
    await examineAll(examined);
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await examineAll(examined)).toBeUndefined();
    expect((await examined.ledger.lastExamination()).found).toBeGreaterThan(0);
    expect(await rowsOf(fixture.url, 'select from quarantine')).toHaveLength(1);
  });

  test('that is changed again begins another one', async () => {
    const { id } = await anApproval();
    await alter(changeOf(id));
    await examineAll(examined);
    await endQuarantineOf(examined);
    await alter(changeOf(id, 'mallory'));
    expect(await examineAll(examined)).toContain(id);
  });

  test('is no quarantine while another one is open, and one after it', async () => {
    const { id } = await anApproval();
    await alter(changeOf(id));
    await examined.ledger.quarantineForLog('another reason');
    await examineNext(examined);
    await endQuarantineOf(examined);
    expect(await examineAll(examined)).toContain(id);
  });

  describe('in the log or in the answers', () => {
    const differing = async (change: string): Promise<RequestId> => {
      const waiting = await approvedWithoutWorkflow(fixture, { entitlement: 'thing' });
      await alter(change);
      expect(await examineAll(examined)).toBeDefined();
      return waiting;
    };
    const changes: readonly (readonly [what: string, change: () => Promise<string>])[] = [
      ['an event', async () => changeOf((await anApproval()).id)],
      ['a hash', async () => changeHash(0, 3)],
      ['an answer', async () => `delete from access_period where lease_id = '${theirLease()}'`],
    ];

    test.each(changes)(
      '%s: nothing is granted, and everything of all cannot be ended (I25)',
      async (_what, change) => {
        const waiting = await differing(await change());
        await expect(granted(fixture, waiting)).rejects.toMatchObject({ code: 'quarantine' });
        expect((await endedAll(fixture, { kind: 'everything' })).outcome).toMatchObject({
          ok: false,
          error: { code: 'may-not-end-all' },
        });
      },
    );

    test.each(changes)(
      '%s: a request can be ended, and its access is revoked (I1)',
      async (_what, change) => {
        await differing(await change());
        await answered(fixture, held, { kind: 'end', by: 'ana' });
        await revoked(fixture, held);
        expect(await fixture.kinds(held)).toContain('revoke-started revoked');
      },
    );

    test.each(changes)(
      '%s: everything of a person can be ended, and the access is revoked (I1)',
      async (_what, change) => {
        await differing(await change());
        expect((await endedAll(fixture, ana)).outcome.ok).toBe(true);
        await revoked(fixture, held);
        expect(await fixture.kinds(held)).toContain('revoke-started revoked');
      },
    );
  });
});
