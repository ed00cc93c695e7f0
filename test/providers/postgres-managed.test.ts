import { afterEach, describe, expect, test } from '@jest/globals';
import { clickIdOf, leaseIdOf, requestIdOf } from '../../core/ids.ts';
import { providerFor, stopServers } from './postgres-server.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

afterEach(stopServers);

describe('the roles of leases', () => {
  const leases = [0, 1].map((target) =>
    leaseIdOf(requestIdOf(clickIdOf('019395c5-7a5e-7000-8000-000000000001')), target),
  );
  const [lease = '', other = ''] = leases;
  const mark = (over: object = {}) => JSON.stringify({ curfew: 1, lease, database: 'orders_live', ...over });
  const row = {
    name: `curfew_${lease}`,
    until: '1798891200000.000000',
    comment: mark(),
    database: 'orders_live',
  };
  const listed = async (over: object = {}) =>
    (await providerFor(['orders'], () => [{ ...row, ...over }])).listManaged(neverAborts);

  test('are listed with the lease, the role as its account, and the end', async () =>
    expect(await listed()).toEqual([
      {
        lease,
        subject: `curfew_${lease}`,
        what: `role curfew_${lease}`,
        endsAt: 1_798_891_200_000,
        place: 'orders',
      },
    ]));

  test('are listed by their marks, whatever their names are', async () =>
    expect(await listed({ name: 'renamed' })).toMatchObject([{ lease, subject: 'renamed' }]));

  test('have no end when the server has none', async () =>
    expect(await listed({ until: null })).toEqual([
      { lease, subject: `curfew_${lease}`, what: `role curfew_${lease}`, place: 'orders' },
    ]));

  test.each<[what: string, over: object]>([
    ['no mark', { comment: null }],
    ['the mark of another database', { comment: mark({ database: 'billing_live' }) }],
    ['a mark that names no lease', { comment: mark({ lease: 'lease_by_hand' }) }],
  ])('are not listed with %s', async (_what, over) => expect(await listed(over)).toEqual([]));

  test('are listed of every database, in the order of the databases', async () => {
    const provider = await providerFor(['orders', 'billing'], (database) =>
      database === 'billing_live'
        ? [{ ...row, name: `curfew_${other}`, comment: mark({ lease: other, database }), database }]
        : [row],
    );
    expect((await provider.listManaged(neverAborts)).map((each) => each.lease)).toEqual(leases);
  });
});
