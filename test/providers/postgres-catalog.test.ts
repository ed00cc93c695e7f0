import { afterEach, describe, expect, test } from '@jest/globals';
import { urlForDatabase } from '../../providers/postgres/connection.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { findRole, quoted, roleName } from '../../providers/postgres/roles.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { postgresFixture, run, type PostgresFixture } from './postgres.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const servers = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
] as const;

for (const [version, url] of servers) {
  if (!url) {
    console.log(`skipped: no Postgres ${version}`);
    continue;
  }
  describe(`the system catalogue of postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    const granted = async (): Promise<Intent<PostgresTarget>> => {
      fixture = await postgresFixture(url);
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };

    test('shows the role of a lease with its end, its limit and its mark', async () => {
      const { lease, endsAt } = await granted();
      const { db, readers } = fixture.names;
      const [role] = await fixture.sql(
        `select rolcanlogin, rolinherit, rolconnlimit, rolsuper, rolcreaterole, rolcreatedb, rolreplication,
                rolbypassrls, rolvaliduntil, shobj_description(oid, 'pg_authid')::json as mark,
                array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                       where m.member = r.oid) as groups
           from pg_roles r where rolname = $1`,
        [roleName(lease)],
      );
      expect(role).toEqual({
        rolcanlogin: true,
        rolinherit: true,
        rolconnlimit: 5,
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
        rolvaliduntil: new Date(endsAt),
        mark: { curfew: 1, lease, database: db },
        groups: [readers],
      });
    });

    test('shows no login of the server for whom a lease is (T29)', async () => {
      const { lease } = await granted();
      const [other] = await fixture.sql(
        `select row_to_json(r)::text || coalesce(shobj_description(r.oid, 'pg_authid'), '') as all from pg_roles r
          where rolname = $1`,
        [roleName(lease)],
      );
      expect(JSON.stringify(other)).toContain(lease);
      expect(JSON.stringify(other)).not.toContain(fixture.account);
    });

    test('says of which role a lease is a member', async () => {
      const intent = await granted();
      const client = await fixture.login({ ...intent, lease: await renewed(intent) });
      const member = async (group: string) => (await findRole(client, roleName(intent.lease), group))?.member;
      expect(await member(fixture.names.readers)).toBe(true);
      expect(await member(fixture.names.owner)).toBe(false);
      await client.end();
    });
    /** Moves the end of the lease into the future, so that its login works. */
    const renewed = async (intent: Intent<PostgresTarget>) => {
      await fixture.sql(`alter role ${roleName(intent.lease)} valid until 'infinity'`);
      return intent.lease;
    };

    test('shows no privileges of Curfew on a role that is granted again after an interrupted revoke', async () => {
      const intent = await granted();
      const name = roleName(intent.lease);
      const hasPrivileges = () => run(fixture.adminUrl, `select pg_has_role('${name}', 'usage') as has`);
      await run(
        fixture.adminUrl,
        `grant ${name} to current_user ${version === '15' ? '' : 'with inherit true, set true'}`,
      );
      expect(await hasPrivileges()).toEqual([{ has: true }]);
      await fixture.provider.ensurePresent(intent, neverAborts);
      expect(await hasPrivileges()).toEqual([{ has: false }]);
    });

    test.each([
      ['by an owner of the database, who may revoke it', true],
      ['by a granter, who may not revoke it', false],
    ])('shows what became of a role with a privilege on the database: revoked %s', async (_by, isOwner) => {
      const intent = await granted();
      const name = roleName(intent.lease);
      await fixture.sql(`grant create on database ${fixture.names.db} to ${name}`);
      const owner = postgresProvider({ databases: { orders: urlForDatabase(url, fixture.names.db) } });
      const provider = isOwner ? owner : fixture.provider;
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toEqual({
        level: 'none',
        lowered: true,
        ...(isOwner
          ? { seen: `no role ${name}; 0 sessions were terminated` }
          : {
              seen: `role ${name} cannot log in; 0 sessions were terminated`,
              note: expect.stringMatching(/^The role could not be dropped, so it is kept without login \(/),
            }),
      });
      expect(await fixture.sql('select rolcanlogin from pg_roles where rolname = $1', [name])).toEqual(
        isOwner ? [] : [{ rolcanlogin: false }],
      );
    });

    test('names each role whose members could keep access, and it is refused', async () => {
      fixture = await postgresFixture(url);
      const { account, target, provider, names } = fixture;
      const role = quoted(names.readers);
      const refusal = async (change: string, undo: string) => {
        await fixture.sql(change);
        const { code, message } = await faultOf(provider.observe({ account, target }, neverAborts));
        await fixture.sql(undo);
        expect(code).toBe('provider-refused');
        return /\(as a member of "(.*)"\)/.exec(message)?.[1];
      };
      const attributes = ['superuser', 'createrole', 'replication'];
      for (const each of attributes)
        expect(await refusal(`alter role ${role} ${each}`, `alter role ${role} no${each}`)).toBeUndefined();
      const predefined = [
        'pg_execute_server_program',
        'pg_read_server_files',
        'pg_write_server_files',
        'pg_signal_backend',
      ];
      for (const each of predefined)
        expect(await refusal(`grant ${each} to ${role}`, `revoke ${each} from ${role}`)).toBe(each);
      expect(await provider.observe({ account, target }, neverAborts)).toEqual({
        subject: { id: account, name: account },
        level: 'none',
        target,
      });
    });

    test('shows what a login lacks and what it has too much', async () => {
      fixture = await postgresFixture(url);
      const { granter, readers, owner } = fixture.names;
      expect(await fixture.provider.preflight(neverAborts)).toEqual({
        ok: true,
        missing: [],
        excess: [],
        note:
          version === '15'
            ? `orders: ${granter} may grant no role (it has no ADMIN OPTION).`
            : `orders: ${granter} may grant ${readers}, ${owner}.`,
      });
      await fixture.sql(
        `alter role ${granter} createdb replication bypassrls; grant pg_monitor to ${granter};
         revoke ${quoted(readers)}, ${owner} from ${granter}; grant ${owner} to ${granter}`,
      );
      const preflight = await postgresProvider({ databases: { orders: fixture.adminUrl } }).preflight(
        neverAborts,
      );
      expect(preflight).toEqual({
        ok: version === '15',
        missing: version === '15' ? [] : [`orders: ADMIN OPTION for ${granter} on each entitlement's role`],
        excess: [
          'orders: CREATEDB',
          'orders: REPLICATION',
          'orders: BYPASSRLS',
          'orders: membership in pg_monitor',
          'orders: membership in pg_read_all_settings',
          'orders: membership in pg_read_all_stats',
          'orders: membership in pg_stat_scan_tables',
        ],
        note: `orders: ${granter} may grant no role (it has no ADMIN OPTION).`,
      });
    });
  });
}
