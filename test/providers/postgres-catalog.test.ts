import { afterEach, describe, expect, test } from '@jest/globals';
import type { LeaseId } from '../../core/ids.ts';
import { withDb } from '../../providers/postgres/connection.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import { findRole } from '../../providers/postgres/roles.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { addressOf, postgresFixture, run, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { BOTH_VERSIONS } from './postgres-versions.fixture.ts';

for (const { version, url } of BOTH_VERSIONS) {
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
        mark: { curfew: 1, lease, database: db, since: expect.stringMatching(/^\d+$/), until: endsAt },
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
      const { lease } = await granted();
      const found = await findOwn(lease);
      expect(found?.memberOf).toEqual([
        { oid: await oidOf(fixture.names.readers), name: fixture.names.readers },
      ]);
    });
    const findOwn = (lease: LeaseId) =>
      withDb(addressOf(fixture.adminUrl), neverAborts, (db) => findRole(db, lease));
    const oidOf = async (name: string) =>
      (await fixture.sql('select oid::text from pg_roles where rolname = $1', [name]))[0]?.['oid'];

    test('shows the role of a lease by its mark, also when it was renamed and another one has its name', async () => {
      const intent = await granted();
      const name = roleName(intent.lease);
      const oid = await oidOf(name);
      await fixture.sql(`alter role ${name} rename to hidden_${fixture.names.db}; create role ${name} login`);
      expect(await findOwn(intent.lease)).toMatchObject({ oid, name: `hidden_${fixture.names.db}` });
      expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        found: 'present',
        seen: expect.stringContaining(`no role hidden_${fixture.names.db}; `),
      });
      expect(await oidOf(`hidden_${fixture.names.db}`)).toBeUndefined();
      expect(await oidOf(name)).toBeDefined();
      await fixture.sql(`drop role ${name}`);
    });

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
      const owner = postgresProvider({
        databases: { orders: withParts(url, { database: fixture.names.db }) },
      });
      const provider = isOwner ? owner : fixture.provider;
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toEqual({
        level: 'none',
        found: 'present',
        lowered: true,
        ...(isOwner
          ? { seen: `no role ${name}; 0 sessions were terminated; the server refused a test login` }
          : {
              seen: `role ${name} cannot log in; 0 sessions were terminated; the server refused a test login`,
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
        sources: [],
        target: { ...target, oid: expect.stringMatching(/^\d+$/), server: expect.stringMatching(/^\d+$/) },
      });
    });
  });
}
