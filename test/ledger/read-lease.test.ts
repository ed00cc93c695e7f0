import { describe, expect, test } from '@jest/globals';
import { leaseIdOf } from '../../core/ids.ts';
import { ana } from '../core/request/request.fixture.ts';
import { approvedIn, grantedIn, newRequest, observed, openedIn, shown, target } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

describe('a lease as it is read', () => {
  const two = [
    { ...target, lockKey: 'read-1' },
    {
      ...target,
      provider: 'other',
      account: 'ana-f',
      spec: { thing: 'y' },
      lockKey: 'read-2',
      level: 'read',
    },
  ];

  test('has the target at its own position, the end of the access and its holding', async () => {
    const id = await grantedIn(ledger, { targets: two }, 'write', { prior: 'read' });
    const events = (await ledger.readTrail(id)).map(({ event }) => event);
    const started = events.find(({ kind }) => kind === 'grant-started');
    const shown = events.findLast(({ kind }) => kind === 'granted');
    const lease = await ledger.readLease(leaseIdOf(id, 1));
    expect(lease).toEqual({
      id: leaseIdOf(id, 1),
      request: id,
      requester: ana,
      state: 'granted',
      intendedAt: expect.any(Number),
      shownAt: shown?.at,
      target: { ...two[1], spec: { thing: 'x' } }, // as the provider showed it
      generation: 1,
      endsAt: started?.kind === 'grant-started' ? started.endsAt : undefined,
      holding: {
        id: expect.any(Number),
        subject: { id: 'id-1', name: 'ana' },
        prior: 'read',
        others: [],
      },
    });
    const { intendedAt: _intendedAt, shownAt: _shownAt, ...row } = lease ?? {};
    expect((await ledger.leasesOf(id))[1]).toEqual(row);
  });

  test('has the target as it was approved, and no holding, until its own intent is recorded', async () => {
    const id = await approvedIn(ledger, { targets: two });
    const [lease] = await ledger.leasesOf(id);
    if (!lease) throw new Error('there is no lease');
    expect(lease.holding).toBeUndefined();
    await ledger.intend({
      lease,
      observed: { ...observed, target: { thing: 'z' } },
      level: 'write',
      via: 'cli',
    });
    const leases = await ledger.leasesOf(id);
    expect(leases.map((each) => each.target)).toEqual([{ ...two[0], spec: { thing: 'z' } }, two[1]]);
    expect(leases[1]?.holding).toBeUndefined();
    expect(await ledger.readTargets(id)).toEqual(two);
  });

  test.each([
    ['provider-throttled: slow down', 'provider-throttled'],
    ['no-room: ', 'no-room'],
    ['no-room', 'no-room'],
    ['x is not a function', 'unknown'],
    ['constructor: x', 'unknown'],
    ['', 'unknown'],
  ])('has the code of its last fault: %j', async (noted, fault) => {
    const [id] = (await ledger.leasesOf(await approvedIn(ledger))).map((each) => each.id);
    if (!id) throw new Error('there is no lease');
    expect(await ledger.readLease(id)).not.toHaveProperty('fault');
    await ledger.noteLeaseFault(id, noted);
    expect(await ledger.readLease(id)).toMatchObject({ fault });
  });

  test('does not exist before the approval', async () => {
    const id = await openedIn(ledger);
    expect(await ledger.readLease(leaseIdOf(id, 0))).toBeUndefined();
    expect(await ledger.leasesOf(id)).toEqual([]);
    expect(await ledger.readTargets(id)).toEqual([target]);
    expect(await ledger.readTargets(newRequest())).toEqual([]);
    expect(await ledger.readShown(id)).toEqual(shown);
    await expect(ledger.readShown(newRequest())).rejects.toThrow(/^there is no request req_/);
  });

  test('is in the order of the targets, whichever lease was changed last', async () => {
    const id = await approvedIn(ledger, { targets: two });
    await rows('update lease set tries = 1 where id = $1', [leaseIdOf(id, 0)]);
    expect((await ledger.leasesOf(id)).map((each) => each.id)).toEqual([leaseIdOf(id, 0), leaseIdOf(id, 1)]);
  });
});
