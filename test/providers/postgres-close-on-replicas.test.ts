import { afterEach, describe, expect, test } from '@jest/globals';
import type { LeaseId } from '../../core/ids.ts';
import { closeOnReplicas } from '../../providers/postgres/close-on-replicas.ts';
import type { LeaseRole } from '../../providers/postgres/roles.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { commentFor } from './postgres-lease.fixture.ts';
import { type PgAnswer, startPgServer, stopServers } from './postgres-server.fixture.ts';

afterEach(stopServers);

const lease = 'lease_1' as LeaseId;
const row = {
  ...{ oid: '42', name: 'curfew_lease_1', login: false, validUntil: null, comment: commentFor(lease) },
  ...{ connectionLimit: 0, attributes: [], memberOf: [] },
};
const disabled: LeaseRole = {
  ...{ oid: '42', name: 'curfew_lease_1', canLogin: false, validUntil: null, mark: undefined },
  ...{ connectionLimit: 0, attributes: [], memberOf: [] },
};
const TERMINATE = 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid';

/** A standby that shows these states of the lease's role, one for each look, and then the last one again. */
async function standbyThatShows(
  states: readonly (Partial<typeof row> | undefined)[],
  {
    open = 0,
    left = 0,
    standbys = 0,
    terminate,
  }: Partial<Record<'open' | 'left' | 'standbys', number>> & {
    terminate?: string;
  } = {},
) {
  const looks = [...states];
  return startPgServer({
    answer: (sql): PgAnswer => {
      if (sql.includes('set_config')) return [{ standby: true }];
      if (sql.includes('pg_shdescription')) {
        const shown = looks.length > 1 ? looks.shift() : looks[0];
        return shown ? [{ ...row, ...shown }] : [];
      }
      if (sql === TERMINATE) return terminate ?? Array.from({ length: open }, () => ({ told: true }));
      if (sql.includes('as left')) return [{ left }];
      if (sql.includes('pg_stat_replication')) return [{ standbys }];
      return [];
    },
  });
}

describe('a read replica', () => {
  const closed = async (replica: Awaited<ReturnType<typeof standbyThatShows>>) => {
    const result = await closeOnReplicas([replica.address], { lease, disabled }, neverAborts);
    return { ...result, statements: replica.connections[0]?.statements ?? [] };
  };

  test('that shows the end at once has its sessions terminated once, and its standbys counted', async () => {
    const { sessions, standbys, statements } = await closed(
      await standbyThatShows([{}], { open: 2, standbys: 3 }),
    );
    expect([sessions, standbys]).toEqual([2, 3]);
    expect(statements.filter((sql) => sql === TERMINATE)).toHaveLength(1);
  });

  test('that shows it later has its sessions terminated at each look, and once more afterwards', async () => {
    const { sessions, statements } = await closed(
      await standbyThatShows([{ login: true }, { login: true }, {}], { open: 1 }),
    );
    expect(sessions).toBe(3);
    expect(statements.filter((sql) => sql === TERMINATE)).toHaveLength(3);
  });

  test('that first shows another role of the lease, or none, is looked at again', async () => {
    const { statements } = await closed(await standbyThatShows([undefined, { oid: '41' }, {}]));
    expect(statements.filter((sql) => sql.includes('pg_shdescription'))).toHaveLength(3);
  });

  test('where a session is left is not closed (I3)', async () => {
    const replica = await standbyThatShows([{}], { left: 1 });
    await expect(closed(replica)).rejects.toThrow(
      /^not-verified: postgres: sessions of the role can still be open on the read replica 127\.0\.0\.1:\d+ \(not-verified: postgres: 1 sessions of the role are still open\)/,
    );
  });

  test('where Curfew may not terminate sessions yet is looked at again, and another refusal is no receipt', async () => {
    const refused = await standbyThatShows([{ login: true }, undefined], { terminate: '57014' });
    await expect(closed(refused)).rejects.toThrow(/^not-verified: .*57014/);
    const forbidden = await standbyThatShows([{ login: true }, {}], { terminate: '42501' });
    await expect(closed(forbidden)).rejects.toThrow(/^not-verified: .*42501/);
    expect(
      forbidden.connections[0]?.statements.filter((sql) => sql.includes('pg_shdescription')),
    ).toHaveLength(2);
  });

  test('beside another one: the sessions and the standbys of both are counted', async () => {
    const one = await standbyThatShows([{}], { open: 2, standbys: 3 });
    const two = await standbyThatShows([{}], { open: 5, standbys: 4 });
    expect(await closeOnReplicas([one.address, two.address], { lease, disabled }, neverAborts)).toEqual({
      sessions: 7,
      standbys: 7,
    });
  });

  test('is not looked at when there is none', async () =>
    expect(await closeOnReplicas([], { lease, disabled }, neverAborts)).toEqual({
      sessions: 0,
      standbys: 0,
    }));

  test('of a lease that the primary does not know is closed where it does not know it either, or shows no login', async () => {
    for (const shown of [undefined, {}]) {
      const replica = await standbyThatShows([shown]);
      expect(await closeOnReplicas([replica.address], { lease }, neverAborts)).toMatchObject({ sessions: 0 });
    }
  });
});
