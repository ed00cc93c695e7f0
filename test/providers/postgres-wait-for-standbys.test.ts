import { expect, test } from '@jest/globals';
import { withDb } from '../../providers/postgres/connection.ts';
import { roleName } from '../../providers/postgres/names.ts';
import { faultOf, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf, run } from './postgres.fixture.ts';
import { describeWithStandby } from './postgres-standby-suite.fixture.ts';
import { until } from '../until.fixture.ts';

describeWithStandby('with a synchronous standby', (suite) => {
  const { open, fixture, cluster, granted, providerWith } = suite;
  /** Every commit on the primary waits for the standby while `work` runs, as far as its session wants that. */
  const whileSynchronous = async (work: () => Promise<void>) => {
    const set = async (value: string) => {
      await run(cluster().primary, `alter system set synchronous_standby_names = '${value}'`);
      await run(cluster().primary, 'select pg_reload_conf()');
      await until('the primary has read it', async () => {
        const rows = await run(
          cluster().primary,
          `select from pg_settings where name = 'synchronous_standby_names' and setting = $1`,
          [value],
        );
        return rows.length > 0 || undefined;
      });
    };
    await set('*');
    try {
      await work();
    } finally {
      await set('');
    }
  };

  test.each(['off', 'remote_write', 'on', 'remote_apply'])(
    'Curfew’s sessions commit to the disk of the primary where its login has synchronous_commit = %s',
    async (setting) => {
      await open();
      const { granter, db } = fixture().names;
      await fixture().sql(`alter role ${granter} set synchronous_commit = ${setting}`);
      await fixture().sql(`alter database ${db} set synchronous_commit = ${setting}`);
      const { rows } = await withDb(addressOf(fixture().adminUrl), neverAborts, (there) =>
        there.query('show synchronous_commit'),
      );
      expect(rows).toEqual([{ synchronous_commit: 'local' }]);
    },
  );

  test('a grant and a revoke do not wait for a standby that does not replay, where the login has remote_apply (I3)', async () => {
    await open();
    await fixture().sql(`alter role ${fixture().names.granter} set synchronous_commit = remote_apply`);
    await run(cluster().standby, 'select pg_wal_replay_pause()');
    try {
      await whileSynchronous(async () => {
        const intent = await granted();
        expect(await providerWith().ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
          level: 'none',
        });
      });
    } finally {
      await run(cluster().standby, 'select pg_wal_replay_resume()');
    }
  });

  test.each<[what: string, statement: string, kept: number]>([
    ['a role that is dropped', 'select 1', 0],
    // A role without privileges may not own a function in that schema, so Postgres refuses to reassign it.
    ['a role that is kept', `create function kept() returns int language sql as 'select 1'`, 1],
  ])(
    'the login is refused at once while the synchronous standby is stopped, and the receipt waits for that standby: %s (I3)',
    async (_what, statement, kept) => {
      await open();
      await fixture().sql(`revoke create on schema public from ${fixture().names.owner}`);
      await cluster().stopStandby();
      const stop = new AbortController();
      try {
        await whileSynchronous(async () => {
          const intent = await granted();
          const client = await fixture().login(intent);
          await client.query('set synchronous_commit = local');
          await client.query(statement);
          const revoke = providerWith().ensureAbsent(revoking(intent), stop.signal);
          let isOver = false;
          void revoke.then(
            () => (isOver = true),
            () => (isOver = true),
          );
          await until('the commit waits for the standby', async () => {
            const rows = await run(
              cluster().primary,
              `select from pg_stat_activity where usename = $1 and wait_event = 'SyncRep'`,
              [fixture().names.granter],
            );
            return rows.length > 0 || undefined;
          });
          expect(isOver).toBe(false);
          await expect(client.query('select 1')).rejects.toThrow();
          await expect(fixture().login(intent)).rejects.toThrow(
            /authentication failed|not permitted to log in/,
          );
          await cluster().startStandby();
          expect(await revoke).toMatchObject({ level: 'none' });
          expect(
            await run(cluster().primary, 'select from pg_roles where rolname = $1', [roleName(intent.lease)]),
          ).toHaveLength(kept);
        });
      } finally {
        stop.abort();
      }
    },
  );

  test('somebody who cancels the wait for a synchronous standby gets no receipt (I3)', async () => {
    await open();
    const intent = await granted();
    await cluster().stopStandby();
    try {
      await whileSynchronous(async () => {
        const revoke = faultOf(providerWith().ensureAbsent(revoking(intent), neverAborts));
        await until('the wait is cancelled', async () => {
          const cancelled = await run(
            cluster().primary,
            `select pg_cancel_backend(pid) from pg_stat_activity where usename = $1 and wait_event = 'SyncRep'`,
            [fixture().names.granter],
          );
          return cancelled.length > 0 || undefined;
        });
        expect(await revoke).toMatchObject({
          code: 'not-verified',
          message: expect.stringContaining('somebody cancelled the wait for a synchronous standby'),
        });
      });
    } finally {
      await cluster().startStandby();
    }
  });

  test('a receipt says that it is not known whether standbys have it, where the server refuses the last transaction', async () => {
    await open();
    await fixture()
      .sql('revoke execute on function pg_logical_emit_message(boolean, text, text, boolean) from public')
      .catch(async () =>
        fixture().sql('revoke execute on function pg_logical_emit_message(boolean, text, text) from public'),
      );
    const intent = await granted();
    const provider = providerWith();
    const SENTENCE =
      'It is not known whether synchronous standbys have this, because the server refuses pg_logical_emit_message().';
    for (const found of ['present', 'none']) {
      const receipt = await provider.ensureAbsent(revoking(intent), neverAborts);
      expect([receipt.found, receipt.note]).toEqual([found, expect.stringContaining(SENTENCE)]);
    }
  });
});
