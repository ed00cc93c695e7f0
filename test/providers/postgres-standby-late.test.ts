import { expect, test } from '@jest/globals';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import { faultOf, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { run, withParts } from './postgres.fixture.ts';
import { describeWithStandby } from './postgres-standby-suite.fixture.ts';
import { until } from '../until.fixture.ts';

/** Amazon Aurora refuses these on its readers, and most of them on its writer. */
const FUNCTIONS_OF_THE_LOG = [
  'pg_last_wal_replay_lsn()',
  'pg_last_wal_receive_lsn()',
  'pg_current_wal_lsn()',
  'pg_current_wal_insert_lsn()',
  'pg_current_wal_flush_lsn()',
];

describeWithStandby('with a standby that is late', (suite) => {
  const { version, open, fixture, cluster, named, granted, providerWith, sessionOnStandby, standbyShows } =
    suite;
  /** Changes settings of the standby while `work` runs. */
  const withSettings = async (settings: Readonly<Record<string, string>>, work: () => Promise<void>) => {
    const reload = async () => void (await run(cluster().standby, 'select pg_reload_conf()'));
    try {
      for (const [name, value] of Object.entries(settings))
        await run(cluster().standby, `alter system set ${name} = '${value}'`);
      await reload();
      for (const [name, value] of Object.entries(settings))
        await standbyShows('select from pg_settings where name = $1 and setting = $2', [name, value]);
      await work();
    } finally {
      for (const name of Object.keys(settings)) await run(cluster().standby, `alter system reset ${name}`);
      await reload();
    }
  };
  const withReplayPaused = async (work: () => Promise<void>) => {
    await run(cluster().standby, 'select pg_wal_replay_pause()');
    await until('the replay is paused', async () => {
      const [row] = await run(cluster().standby, 'select pg_get_wal_replay_pause_state() as is');
      return row?.['is'] === 'paused' || undefined;
    });
    try {
      await work();
    } finally {
      await run(cluster().standby, 'select pg_wal_replay_resume()');
    }
  };

  test('sessions end, and there is a receipt, where the functions of the write-ahead log are refused, as Aurora does (I3)', async () => {
    await open();
    await fixture().sql(`revoke execute on function ${FUNCTIONS_OF_THE_LOG.join(', ')} from public`);
    const intent = await granted(providerWith(named()));
    const client = await sessionOnStandby(intent);
    const asGranter = withParts(suite.onStandby(fixture().adminUrl), {});
    await until('the standby refuses the functions', async () =>
      run(asGranter, 'select pg_last_wal_replay_lsn()').then(
        () => undefined,
        () => true,
      ),
    );
    const { level, seen } = await providerWith(named()).ensureAbsent(revoking(intent), neverAborts);
    expect([level, seen]).toEqual(['none', expect.stringContaining('; 1 sessions were terminated; ')]);
    await expect(client.query('select 1')).rejects.toThrow();
  });

  test('sessions end at the first attempt on a replica that shows each change late, and a later attempt has the receipt (I3)', async () => {
    await open();
    const provider = providerWith(named());
    const intent = await granted(provider);
    const client = await sessionOnStandby(intent);
    await withSettings({ recovery_min_apply_delay: '8000' }, async () => {
      const first = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect([first.code, first.message]).toEqual([
        'not-verified',
        expect.stringContaining('it does not show yet that the login was disabled'),
      ]);
      await expect(client.query('select 1')).rejects.toThrow();
      const receipt = await until('a later attempt has the receipt', async () =>
        provider.ensureAbsent(revoking(intent), neverAborts).catch(() => undefined),
      );
      expect(receipt.level).toBe('none');
    });
  });

  test('an open transaction of the person does not stop the replay, where the standby waits for it without a limit (I3)', async () => {
    await open();
    const provider = providerWith(named());
    const intent = await granted(provider);
    const client = await sessionOnStandby(intent);
    await withSettings({ max_standby_streaming_delay: '-1' }, async () => {
      await client.query('begin isolation level repeatable read');
      await client.query('select id from orders');
      await fixture().sql('delete from orders');
      await fixture().sql('vacuum (truncate false) orders');
      await standbyShows(
        `select from pg_stat_activity where backend_type = 'startup' and wait_event like 'RecoveryConflict%'`,
      );
      const { level, seen } = await provider.ensureAbsent(revoking(intent), neverAborts);
      expect([level, seen]).toEqual(['none', expect.stringContaining('; 1 sessions were terminated; ')]);
      await expect(client.query('select 1')).rejects.toThrow();
    });
  });

  test('a replica that does not know the login yet is not closed, because it will know it later (I3)', async () => {
    await open();
    const provider = providerWith(named());
    await standbyShows('select from orders');
    await withReplayPaused(async () => {
      const intent = await granted(provider);
      const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('not-verified');
      expect(message).toContain('it does not show yet that the login was created');
      await run(cluster().standby, 'select pg_wal_replay_resume()');
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    });
  });

  test('a replica that shows no login, and still a membership that is revoked, is not closed (I3)', async () => {
    await open();
    const provider = providerWith(named());
    const intent = await granted(provider);
    await fixture().sql(`alter role ${roleName(intent.lease)} nologin`);
    await standbyShows('select from pg_roles where rolname = $1 and not rolcanlogin', [
      roleName(intent.lease),
    ]);
    await withReplayPaused(async () =>
      expect((await faultOf(provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe('not-verified'),
    );
    expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
  });

  test('a session on a replica ends although somebody dropped the role on the primary by hand (F24)', async () => {
    await open();
    const provider = providerWith(named());
    const intent = await granted(provider);
    const client = await sessionOnStandby(intent);
    await withReplayPaused(async () => {
      await fixture().sql(`drop role ${roleName(intent.lease)}`);
      expect((await faultOf(provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe('not-verified');
      await expect(client.query('select 1')).rejects.toThrow();
    });
    expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
      level: 'none',
      found: 'none',
    });
  });

  if (version === 15)
    test('there is no receipt while a session on a replica runs as a role that somebody dropped', async () => {
      await open();
      const provider = providerWith(named());
      const intent = await granted(provider);
      const client = await sessionOnStandby(intent);
      await fixture().sql(`drop role ${roleName(intent.lease)}`);
      await until('the standby has no such role', async () => {
        const rows = await run(cluster().standby, 'select from pg_roles where rolname = $1', [
          roleName(intent.lease),
        ]);
        return rows.length === 0 || undefined;
      });
      expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('not-verified');
      expect(message).toContain(`select pg_terminate_backend(${rows[0]?.pid})`);
      expect(message).toContain('on the read replica');
      await run(cluster().standby, 'select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    });

  test('a grant lets Curfew end sessions of the login on named replicas, and without replicas it does not', async () => {
    await open();
    const mayEnd = async (lease: string) =>
      (
        await fixture().sql(`select pg_has_role($1, $2, 'usage') as may`, [
          fixture().names.granter,
          roleName(lease as never),
        ])
      )[0]?.['may'] as boolean;
    const [one, two] = [await granted(providerWith(named())), await granted()];
    expect([await mayEnd(one.lease), await mayEnd(two.lease)]).toEqual([true, false]);
  });

  test('preflight says what the settings of a replica mean for an end', async () => {
    await open();
    await standbyShows('select from pg_roles where rolname = $1', [fixture().names.granter]);
    const found = async (replicas = named()) =>
      (await providerWith(replicas).preflight({ targets: [], duty: 'revoke' }, neverAborts)).permissions.map(
        ({ severity, what }) => `${severity}: ${what.replace(/127\.0\.0\.1:\d+/, 'it')}`,
      );
    await withSettings({ recovery_min_apply_delay: '3600000', max_standby_streaming_delay: '-1' }, async () =>
      expect(await found()).toEqual([
        'unknown: orders: how late an end is on the read replica it: it shows each change 3600 s late (recovery_min_apply_delay). There is no receipt until then. Each attempt terminates the sessions of the lease there, and only the end of the password prevents a new one',
        'unknown: orders: how late an end is on the read replica it: an open transaction there can stop every change for as long as it is open (max_standby_streaming_delay is -1). Curfew terminates a transaction of the lease at its end. While a transaction of somebody else is open, there is no receipt',
      ]),
    );
    await withSettings({ max_standby_streaming_delay: '60000' }, async () =>
      expect(await found()).toEqual([
        'unknown: orders: how late an end is on the read replica it: an open transaction there can stop every change for 60 s (max_standby_streaming_delay). There is no receipt until then',
      ]),
    );
    const other = quoted(`reader_of_${fixture().names.db}`);
    await run(cluster().primary, `create role ${other} login password 'p'`);
    await standbyShows('select from pg_roles where rolname = $1', [`reader_of_${fixture().names.db}`]);
    const asOther = named().map((url) =>
      withParts(url, { user: `reader_of_${fixture().names.db}`, password: 'p' }),
    );
    const lacks = `missing: orders: the read replica it: membership in pg_signal_backend for reader_of_${fixture().names.db}, or the login of the primary there`;
    expect(await found(asOther)).toEqual([lacks]);
    await run(cluster().primary, `grant pg_signal_backend to ${other}`);
    await until('the standby shows it', async () => (await found(asOther)).length === 0 || undefined);
    await run(cluster().primary, `drop role ${other}`);
    await fixture().sql('revoke execute on function pg_control_system() from public');
    await until('the servers refuse it', async () => {
      const [first = ''] = await found();
      return (
        first ===
          'unknown: orders: whether the read replica it is a replica of this server, because it refuses pg_control_system()' ||
        undefined
      );
    });
  });
});
