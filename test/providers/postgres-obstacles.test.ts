import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

for (const { version, url } of VERSIONS) {
  describe(`what could stop a revoke at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    const atTheEnd: string[] = [];
    afterEach(async () => {
      for (const statement of atTheEnd.splice(0)) await fixture.sql(inNames(statement));
      await fixture.stop?.();
    });
    const inNames = (sql: string) => {
      const { db, granter, owner, readers } = fixture.names;
      return sql
        .replaceAll('$db', db)
        .replaceAll('$granter', granter)
        .replaceAll('$owner', owner)
        .replaceAll('$role', quoted(readers));
    };
    /** A lease whose leftovers belong to a role without privileges. */
    const granted = async (prepare = '') => {
      fixture = await postgresFixture(url);
      if (prepare) await fixture.sql(inNames(prepare));
      const { owner: _owner, ...target } = fixture.target;
      const intent = await intentFor({ ...fixture, target }, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };
    const asPerson = async (intent: Intent<PostgresTarget>, ...statements: readonly string[]) => {
      const client = await fixture.login(intent);
      try {
        for (const statement of statements) await client.query(inNames(statement));
      } finally {
        await client.end();
      }
    };
    const revoked = (intent: Intent<PostgresTarget>) =>
      fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    const rolesOf = ({ lease }: Intent<PostgresTarget>) =>
      fixture.sql('select rolcanlogin from pg_roles where rolname = $1', [roleName(lease)]);

    test.each([
      'default_transaction_read_only = on',
      'idle_session_timeout = 1',
      ...(version === '15' ? [] : ['transaction_timeout = 1']),
    ])('the owner of the database sets %s, and the access ends (I3)', async (setting) => {
      const intent = await granted('alter database $db owner to $role');
      atTheEnd.push('alter database $db owner to current_user');
      await asPerson(intent, `alter database $db set ${setting}`);
      expect(await revoked(intent)).toMatchObject({ level: 'none', found: 'present' });
      expect(await rolesOf(intent)).toEqual([]);
    });

    if (version === '18')
      test('somebody sets default_transaction_read_only for the login of Curfew, and the access ends (I3)', async () => {
        const intent = await granted();
        await fixture.sql(inNames('alter role $granter set default_transaction_read_only = on'));
        expect(await revoked(intent)).toMatchObject({ level: 'none', found: 'present' });
      });

    if (version === '18')
      test('a role that may lock the tables of roles is refused (T33)', async () => {
        fixture = await postgresFixture(url);
        await fixture.sql(inNames('grant pg_maintain to $role'));
        expect(await faultOf(fixture.provider.observe(fixture, neverAborts))).toMatchObject({
          code: 'provider-refused',
          message: expect.stringContaining('(as a member of "pg_maintain")'),
        });
      });

    if (version === '18')
      test('expressions of tables and settings of the database, changed with the rights of the role, are named (T33)', async () => {
        const intent = await granted(
          'create table report (id int); alter table report owner to $role; alter database $db owner to $role',
        );
        atTheEnd.push('alter database $db owner to current_user');
        await asPerson(
          intent,
          'alter table report alter column id set default 7',
          'alter table report add constraint checked check (id > 0)',
          'create index computed on report ((id + 1))',
          'alter database $db set search_path = public',
        );
        const { note = '' } = await revoked(intent);
        for (const what of [
          'default value for column id',
          'constraint checked',
          'computed',
          'settings of the database',
        ])
          expect(note).toContain(what);
      });

    if (version === '18')
      test('grants on foreign data wrappers, languages and parameters are named and warned of (T33)', async () => {
        const intent = await granted(
          `create foreign data wrapper away; grant usage on foreign data wrapper away to $role with grant option;
           grant usage on language plpgsql to $role with grant option; grant set on parameter log_statement to $role with grant option`,
        );
        atTheEnd.push(
          'revoke all on foreign data wrapper away from $role cascade; revoke all on language plpgsql from $role cascade; revoke all on parameter log_statement from $role cascade',
        );
        const lines = ['foreign data wrapper away', 'language plpgsql', 'parameter log_statement'];
        const { note: warning } = await fixture.provider.observe(
          { account: fixture.account, target: intent.target },
          neverAborts,
        );
        await asPerson(
          intent,
          'grant usage on foreign data wrapper away to $owner',
          'grant usage on language plpgsql to $owner',
          'grant set on parameter log_statement to $owner',
        );
        const { note } = await revoked(intent);
        for (const line of lines) {
          expect(warning).toContain(line);
          expect(note).toContain(`${line} to ${fixture.names.owner}`);
        }
      });

    test('a role that may read the settings of a standby, and files of the server, is warned of (T33)', async () => {
      const intent = await granted(
        'grant pg_monitor to $role; grant execute on function pg_read_file(text) to $role',
      );
      const { note } = await fixture.provider.observe(
        { account: fixture.account, target: intent.target },
        neverAborts,
      );
      expect(note).toContain(
        'may read files of the server (pg_read_file), the password of replication (primary_conninfo at a standby)',
      );
    });

    test('a preflight names administrators to whose roles the login of Curfew can change', async () => {
      fixture = await postgresFixture(url);
      atTheEnd.push('drop role dba_$db; drop role azure_pg_admin');
      await fixture.sql(
        inNames(
          `create role dba_$db superuser; create role azure_pg_admin; alter role $granter noinherit;
           grant dba_$db, azure_pg_admin, pg_monitor to $granter`,
        ),
      );
      const { permissions } = await fixture.provider.preflight({ targets: [], duty: 'grant' }, neverAborts);
      for (const role of [`dba_${fixture.names.db}`, 'azure_pg_admin', 'pg_monitor'])
        expect(permissions).toContainEqual({ severity: 'excess', what: `orders: membership in ${role}` });
    });

    test('a role whose comment somebody changed has no receipt, and the comment of the message brings it back (F24)', async () => {
      const intent = await granted();
      const name = quoted(roleName(intent.lease));
      await fixture.sql(`comment on role ${name} is 'temporary login, see the ticket'`);
      const { message, code } = await faultOf(revoked(intent));
      expect(code).toBe('not-verified');
      const [, statement = ''] = /\((comment on role .*)\), or drop/.exec(message) ?? [];
      await fixture.sql(statement);
      expect(await revoked(intent)).toMatchObject({ level: 'none', found: 'present' });
      expect(await rolesOf(intent)).toEqual([]);
    });

    const other = VERSIONS.find((one) => one.version !== version);
    if (other)
      test('another server at the address has no receipt for a lease that it does not know (F24)', async () => {
        const intent = await granted();
        const elsewhere = postgresProvider({
          databases: { orders: withParts(other.url, { database: 'postgres' }) },
          replicas: { orders: [] },
        });
        const { message } = await faultOf(elsewhere.ensureAbsent(revoking(intent), neverAborts));
        expect(message).toContain(
          `is not the one of the lease (${intent.target.server}), where the login may still work`,
        );
        const { server: _server, ...before } = intent.target;
        expect(
          await elsewhere.ensureAbsent(revoking({ ...intent, target: before }), neverAborts),
        ).toMatchObject({ level: 'none' });
      });

    test.each([
      ['connection limit 0', 'alter database $db connection limit 0', '53300'],
      ['no CONNECT for Curfew', 'revoke connect on database $db from public, $granter', 'refuses Curfew'],
    ])(
      'the owner of the database closes it with %s, and the access ends (I3)',
      async (_what, statement, why) => {
        const intent = await granted('alter database $db owner to $role');
        atTheEnd.push('alter database $db owner to current_user');
        await asPerson(intent, 'create table kept (id int)', statement);
        const receipt = await revoked(intent);
        expect(receipt).toMatchObject({
          level: 'none',
          found: 'present',
          untidied: expect.stringContaining(why),
        });
        expect(await rolesOf(intent)).toEqual([{ rolcanlogin: false }]);
        await fixture.sql(
          inNames('alter database $db connection limit -1; grant connect on database $db to $granter'),
        );
        expect(await revoked(intent)).not.toHaveProperty('untidied');
        expect(await rolesOf(intent)).toEqual([]);
      },
    );
  });
}
