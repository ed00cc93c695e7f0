import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { PostgresTarget } from '../../providers/postgres/index.ts';
import { withDb } from '../../providers/postgres/connection.ts';
import { publicDatabases } from '../../providers/postgres/preflight-facts.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Intent } from '../../providers/provider.ts';
import { intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf, postgresFixture, type PostgresFixture, run, withParts } from './postgres.fixture.ts';
import { until } from '../until.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;
const BY_WHOM =
  'Postgres does not record who did this: the person, another member or a superuser. Revoke by hand what must not stay.';

for (const { version, url } of VERSIONS) {
  describe(`what a person can keep at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    /** A lease whose leftovers belong to a role without privileges. `prepare` runs before the grant. */
    const granted = async (prepare = '') => {
      fixture = await postgresFixture(url);
      if (prepare)
        await fixture.sql(
          prepare
            .replaceAll('$role', quoted(fixture.names.readers))
            .replaceAll('$owner', fixture.names.owner),
        );
      const { owner: _owner, ...target } = fixture.target;
      const observed = await intentFor({ ...fixture, target }, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(observed, neverAborts);
      return observed;
    };
    const grantedWith = async (prepare: string) => {
      const intent = await granted(prepare);
      return { intent, names: fixture.names };
    };
    const asPerson = async (intent: Intent<PostgresTarget>, ...statements: readonly string[]) => {
      const client = await fixture.login(intent);
      try {
        for (const statement of statements)
          await client.query(statement.replaceAll('$role', quoted(fixture.names.readers)));
      } finally {
        await client.end();
      }
    };
    const revoked = (intent: Intent<PostgresTarget>) =>
      fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    const OWNS = 'create table report (id int); alter table report owner to $role';

    test('a grant on a table that the role of the entitlement owns is named in the receipt (T33)', async () => {
      const intent = await granted(
        `${OWNS}; create table older (id int); alter table older owner to $role; grant select on older to public`,
      );
      await asPerson(intent, 'grant select, insert on report to public');
      const { readers } = fixture.names;
      expect((await revoked(intent)).note).toBe(
        `May have been granted to others with the rights of ${readers} since the lease began, or before: INSERT, SELECT on public.report to everybody. ${BY_WHOM}`,
      );
      expect(
        await run(
          withParts(url, { database: fixture.names.db }),
          `select has_table_privilege('public', 'report', 'select') as may`,
        ),
      ).toEqual([{ may: true }]);
    });

    test('a privilege with grant option that was granted on is named in the receipt (T33)', async () => {
      const intent = await granted(
        `create table lent (id int); grant select on lent to $role with grant option`,
      );
      await asPerson(intent, `grant select on lent to ${fixture.names.owner}`);
      expect((await revoked(intent)).note).toContain(
        `since the lease began: SELECT on public.lent to ${fixture.names.owner}.`,
      );
    });

    test.each([
      ['TRUNCATE', ['truncate report']],
      ['VACUUM FULL', ['vacuum full report']],
      ['another grant on the same table', ['grant insert on report to public']],
    ])('an older grant is not named as a new one after %s (T33)', async (_what, statements) => {
      const { names, intent } = await grantedWith(
        `${OWNS}; grant truncate on report to $role; grant select on report to public, $owner`,
      );
      await asPerson(intent, ...statements);
      const { note = '' } = await revoked(intent);
      expect(note).not.toMatch(/(^|\. )Granted to others/);
      expect(note).toContain(
        `May have been granted to others with the rights of ${names.readers} since the lease began, or before: `,
      );
      expect(note).toContain(`SELECT on public.report to ${names.owner}`);
    });

    test('a grant to a role that had nothing on the table before is named as a new one, beside an older grant (T33)', async () => {
      const { names, intent } = await grantedWith(`${OWNS}; grant select on report to public`);
      await asPerson(intent, `grant insert on report to ${names.owner}`);
      expect((await revoked(intent)).note).toBe(
        `Granted to others with the rights of ${names.readers} since the lease began: INSERT on public.report to ${names.owner}. ` +
          `May have been granted to others with the rights of ${names.readers} since the lease began, or before: SELECT on public.report to everybody. ${BY_WHOM}`,
      );
    });

    test('a new grant on each kind of object is named as a new one (T33)', async () => {
      const intent = await granted(
        `create schema s; create table s.t (id int); create function s.f() returns int language sql as 'select 1';
         create type s.k as enum ('one'); select lo_create(4712);
         create foreign data wrapper away; create server elsewhere foreign data wrapper away;
         alter table s.t owner to $role; alter function s.f() owner to $role; alter type s.k owner to $role;
         alter large object 4712 owner to $role; grant usage on foreign data wrapper away to $role;
         alter server elsewhere owner to $role; alter schema s owner to $role`,
      );
      const { owner, db, readers } = fixture.names;
      await fixture.sql(`grant connect on database ${db} to ${quoted(readers)} with grant option`);
      await asPerson(
        intent,
        `grant usage on schema s to ${owner}`,
        `grant select on s.t to ${owner}`,
        `grant update (id) on s.t to ${owner}`,
        `grant execute on function s.f() to ${owner}`,
        `grant usage on type s.k to ${owner}`,
        `grant select on large object 4712 to ${owner}`,
        `grant usage on foreign server elsewhere to ${owner}`,
        `grant connect on database ${db} to ${owner}`,
        `alter default privileges for role $role in schema s grant select on tables to ${owner}`,
      );
      const { note = '' } = await revoked(intent);
      const [, lines = ''] =
        /^Granted to others with the rights of .* since the lease began: (.*?)\. /.exec(note) ?? [];
      expect(lines.split(', ').toSorted()).toEqual(
        [
          `CONNECT on database ${db} to ${owner}`,
          `EXECUTE on s.f() to ${owner}`,
          `SELECT on future tables of "${readers.replaceAll('"', '""')}" in schema s to ${owner}`,
          `SELECT on large object 4712 to ${owner}`,
          `SELECT on s.t to ${owner}`,
          `UPDATE on s.t(id) to ${owner}`,
          `USAGE on foreign server elsewhere to ${owner}`,
          `USAGE on schema s to ${owner}`,
          `USAGE on type s.k to ${owner}`,
        ].toSorted(),
      );
      await fixture.sql(`drop owned by ${quoted(readers)} cascade`);
    });

    test('a role that may read password verifiers is warned of, and its members can read them (T33)', async () => {
      const intent = await granted('grant pg_read_all_data to $role');
      const { account, provider, names } = fixture;
      const client = await fixture.login(intent);
      const { rows } = await client.query(
        'select rolpassword from pg_authid where rolname in ($1, $2) and rolpassword is not null',
        [names.granter, roleName(intent.lease)],
      );
      await client.end();
      expect(rows).toEqual([
        { rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$/) },
        { rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$/) },
      ]);
      const warning = `the role "${names.readers}" may read the password verifiers of every login (pg_authid), the passwords for foreign servers (pg_user_mapping), the passwords of subscriptions (pg_subscription). Its members can use a password that they find out there after the end`;
      const seen = await provider.observe({ account, target: intent.target }, neverAborts);
      expect(seen.note).toBe(`${warning.replace('the role', 'The role')}.`);
      const { permissions } = await provider.preflight(
        { targets: [intent.target], duty: 'grant' },
        neverAborts,
      );
      expect(permissions).toContainEqual({ severity: 'excess', what: `orders: ${warning}` });
    });

    test.each([
      [
        'as a member of a member of pg_read_all_data',
        'grant pg_read_all_data to $owner; grant $owner to $role',
      ],
      [
        'without the rights of its own roles',
        'grant pg_read_all_data to $owner; alter role $role noinherit; grant $owner to $role',
      ],
      ['by a grant on the table itself', 'grant select on pg_authid to $role'],
      ['by a grant on the column itself', 'grant select (rolpassword) on pg_authid to $role'],
      ['by a grant on the view of it', 'grant select on pg_shadow to $role'],
    ])('a role that may read password verifiers is warned of: %s (T33)', async (_how, prepare) => {
      const { intent } = await grantedWith(prepare);
      const { note } = await fixture.provider.observe(
        { account: fixture.account, target: intent.target },
        neverAborts,
      );
      expect(note).toContain('may read the password verifiers of every login (pg_authid)');
    });

    test('default privileges for tables of the future are named in the receipt (T33)', async () => {
      const intent = await granted(OWNS);
      await asPerson(
        intent,
        'alter default privileges for role $role in schema public grant select on tables to public',
      );
      const { readers } = fixture.names;
      expect((await revoked(intent)).note).toBe(
        `May have been granted to others with the rights of ${readers} since the lease began, or before: SELECT on future tables of "${readers.replaceAll('"', '""')}" in schema public to everybody. ${BY_WHOM}`,
      );
      await fixture.sql(
        `alter default privileges for role ${quoted(readers)} in schema public revoke select on tables from public`,
      );
    });

    test('a trigger, a function, a view and a policy that were changed with the rights of the role are named in the receipt (T33)', async () => {
      const intent = await granted(
        `${OWNS}; create table watched (id int); grant trigger on watched to $role;
         create function shared() returns int language sql as 'select 1'; alter function shared() owner to $role;
         create view shown as select 1 as one; alter view shown owner to $role;
         create function untouched() returns int language sql as 'select 1'; alter function untouched() owner to $role`,
      );
      await asPerson(
        intent,
        `create function caught() returns trigger language plpgsql as 'begin return new; end'`,
        'create trigger catches before insert on watched for each row execute function caught()',
        `create or replace function shared() returns int security definer language sql as 'select 2'`,
        'create or replace view shown as select 2 as one',
        'create policy opened on report using (true)',
      );
      const { note = '' } = await revoked(intent);
      expect(note).toContain(
        `Changed since the lease began, perhaps with the rights of ${fixture.names.readers}: function public.shared(), policy opened on table public.report, rule _RETURN on view public.shown, trigger catches on table public.watched.`,
      );
      expect(note).not.toContain('untouched');
    });

    if (version === '15')
      test('what was created after SET ROLE belongs to the role of the entitlement, and is named in the receipt (T33)', async () => {
        const intent = await granted();
        await asPerson(
          intent,
          'set role $role',
          'create table hidden (id int)',
          'grant select on hidden to public',
        );
        const { readers } = fixture.names;
        expect((await revoked(intent)).note).toBe(
          `Owned by ${readers} since the lease began: table public.hidden. ` +
            `May have been granted to others with the rights of ${readers} since the lease began, or before: SELECT on public.hidden to everybody. ${BY_WHOM}`,
        );
      });

    if (version === '15')
      test('a database that was created after SET ROLE, where the role may create some, is named in the receipt (T33)', async () => {
        const intent = await granted('alter role $role createdb');
        const made = `${fixture.names.db}_made`;
        try {
          await asPerson(intent, 'set role $role', `create database ${made}`);
          const { readers } = fixture.names;
          expect((await revoked(intent)).note).toBe(
            `Owned by ${readers} since the lease began: database ${made}. ${BY_WHOM}`,
          );
        } finally {
          await fixture.sql(`drop database if exists ${made} with (force)`);
        }
      });

    test('changes in another database of the server are named too (T33)', async () => {
      fixture = await postgresFixture(url);
      const other = `${fixture.names.db}_beside`;
      await fixture.sql(`create database ${other}`);
      try {
        const beside = withParts(url, { database: other });
        const role = quoted(fixture.names.readers);
        await run(beside, `create table report (id int); alter table report owner to ${role}`);
        const intent = await intentFor(fixture, { endsAt: inAnHour() });
        await fixture.provider.ensurePresent(intent, neverAborts);
        const login = withParts(beside, { user: roleName(intent.lease), password: intent.secret ?? '' });
        await run(login, 'grant select on report to public');
        expect((await revoked(intent)).note).toContain('SELECT on public.report to everybody.');
      } finally {
        await fixture.sql(`drop database ${other} with (force)`);
      }
    });

    test('an observation and a preflight warn of a role whose members can give access to others (T33)', async () => {
      const intent = await granted(
        `${OWNS}; create table lent (id int); grant select on lent to $role with grant option`,
      );
      const { account, provider, names } = fixture;
      const warning = `the role "${names.readers}" owns table public.report, and may grant SELECT on public.lent. Its members can give access to others that outlasts the lease. The receipt names what was changed`;
      const seen = await provider.observe({ account, target: intent.target }, neverAborts);
      expect(seen.note).toBe(`${warning.replace('the role', 'The role')}.`);
      const { permissions } = await provider.preflight(
        { targets: [intent.target], duty: 'grant' },
        neverAborts,
      );
      expect(permissions).toContainEqual({ severity: 'excess', what: `orders: ${warning}` });
    });

    test('a materialized view keeps what it copied, and cannot be refreshed by its new owner', async () => {
      const intent = await granted();
      await asPerson(
        intent,
        'create materialized view copied as select id from orders; grant select on copied to public',
      );
      const leftovers = `${roleName(intent.lease)}_leftovers`;
      expect((await revoked(intent)).note).toBe(
        `Created or taken over by the person, now owned by ${leftovers}: materialized view public.copied. Granted to others by the person: SELECT on public.copied to everybody.`,
      );
      expect(await fixture.sql('select id from copied')).toEqual([{ id: 7 }]);
      await expect(fixture.sql('refresh materialized view copied')).rejects.toThrow(
        'permission denied for table orders',
      );
      await fixture.sql('drop materialized view copied');
    });

    test('a large object stays, belongs to a role without privileges, and is named in the receipt', async () => {
      const intent = await granted();
      await asPerson(intent, 'select lo_create(4711); grant select on large object 4711 to public');
      expect((await revoked(intent)).note).toBe(
        `Created or taken over by the person, now owned by ${roleName(intent.lease)}_leftovers: large object 4711. Granted to others by the person: SELECT on large object 4711 to everybody.`,
      );
    });

    test('a foreign server with its user mapping stays with the role, which is kept without login', async () => {
      const intent = await granted(
        'create foreign data wrapper away; grant usage on foreign data wrapper away to $role',
      );
      await asPerson(
        intent,
        `create server elsewhere foreign data wrapper away;
         create user mapping for current_user server elsewhere options (password 'hunter2')`,
      );
      // A role without privileges may not own a server of this wrapper, so Postgres refuses to reassign it.
      const { level, note = '' } = await revoked(intent);
      expect(level).toBe('none');
      expect(note).toMatch(
        /and still owned by the role: server elsewhere, user mapping for .* on server elsewhere\. The role could not be dropped, so it is kept without login/,
      );
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
    });

    if (version !== '15')
      test('the password of a role that may log in cannot be changed by the person', async () => {
        const intent = await granted('alter role $role login');
        await expect(asPerson(intent, `alter user $role password 'chosen'`)).rejects.toThrow(
          'permission denied to alter role',
        );
      });

    test('a publication stays with the role, which is kept without login', async () => {
      fixture = await postgresFixture(url);
      const { db, readers } = fixture.names;
      await fixture.sql(`grant create on database ${db} to ${quoted(readers)}`);
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      await asPerson(intent, 'create table export (id int)', 'create publication sent for table export');
      // The new owner may create nothing in the database, so Postgres refuses to reassign the publication.
      const { level, note = '' } = await revoked(intent);
      expect(level).toBe('none');
      expect(note).toMatch(
        /and still owned by the role: publication sent, table public\.export\. The role could not be dropped, so it is kept without login/,
      );
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
    });

    test('an extension that the person installed stays, and is named in the receipt', async () => {
      fixture = await postgresFixture(url);
      const { db, readers, owner } = fixture.names;
      await fixture.sql(`grant create on database ${db} to ${quoted(readers)}`);
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      await asPerson(intent, 'create extension citext'); // one that its control file calls trusted
      const { level, note = '' } = await revoked(intent);
      expect(level).toBe('none');
      expect(note).toBe(`Created or taken over by the person, now owned by ${owner}: extension citext.`);
    });

    test('a session at another server by dblink ends with the session of the person', async () => {
      const intent = await granted('create extension dblink');
      const { db, granter } = fixture.names;
      const other = `weak_${granter.replace('granter_', '')}`;
      const { host, port } = addressOf(url);
      const client = await fixture.login(intent);
      await client.query('select public.dblink_connect($1, $2)', [
        'there',
        `host=${host} port=${port} dbname=${db} user=${other} password=granter-password`,
      ]);
      const open = () => fixture.sql('select from pg_stat_activity where usename = $1', [other]);
      expect(await open()).toHaveLength(1);
      await revoked(intent);
      await expect(client.query('select 1')).rejects.toThrow();
      await until('the other session has ended', async () => (await open()).length === 0 || undefined);
    });

    test('a cursor WITH HOLD and a temporary table end with their session', async () => {
      const intent = await granted();
      const client = await fixture.login(intent);
      await client.query('create temporary table kept as select id from orders');
      await client.query('declare held cursor with hold for select id from orders');
      await revoked(intent);
      await expect(client.query('fetch held')).rejects.toThrow();
      expect(await fixture.sql(`select from pg_class where relname = 'kept'`)).toEqual([]);
    });

    test.each([
      ['a slot of logical replication', `select pg_create_logical_replication_slot('kept', 'pgoutput')`],
      ['a subscription', `create subscription kept connection '' publication p with (connect = false)`],
      [
        'an event trigger',
        `create function f() returns event_trigger language plpgsql as 'begin end';
         create event trigger kept on ddl_command_end execute function f()`,
      ],
      ['another login', 'create role kept login'],
      ['a later end of the own login', `alter user current_user valid until 'infinity'`],
      ['a membership in the own login', 'grant $self to pg_monitor'],
      ['another database', 'create database kept'],
    ])('%s cannot be made by the person', async (_what, statement) => {
      const intent = await granted();
      await expect(asPerson(intent, statement.replace('$self', roleName(intent.lease)))).rejects.toThrow(
        /permission denied|must be superuser|must have|must be a|Only roles with/,
      );
    });

    test('a password that the person chose is refused after the end like the first one', async () => {
      const intent = await granted();
      await asPerson(intent, `alter user current_user password 'chosen'`);
      const chosen = { ...intent, secret: 'chosen' };
      await (await fixture.login(chosen)).end();
      await revoked(intent);
      await expect(fixture.login(chosen)).rejects.toThrow('authentication failed');
    });
  });

  describe(`access at postgres ${version} that is not of the lease`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    const granted = async (prepare: (role: string, owner: string) => string) => {
      fixture = await postgresFixture(url);
      await fixture.sql(prepare(quoted(fixture.names.readers), fixture.names.owner));
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };
    const readable = async (intent: Intent<PostgresTarget>, table: string) => {
      const client = await fixture.login(intent);
      try {
        return (await client.query(`select from ${table}`)).rowCount === 0;
      } finally {
        await client.end();
      }
    };

    test.each<[what: string, prepare: (role: string, owner: string) => string]>([
      [
        'a role that the role is a member of',
        (role, owner) =>
          `create table nested (id int); grant select on nested to ${owner}; grant ${owner} to ${role}`,
      ],
      ['PUBLIC', () => 'create table nested (id int); grant select on nested to public'],
      ['ownership', (role) => `create table nested (id int); alter table nested owner to ${role}`],
      [
        'default privileges',
        (role) =>
          `alter default privileges in schema public grant select on tables to ${role}; create table nested (id int)`,
      ],
    ])('comes from %s, and ends with the login', async (_what, prepare) => {
      const intent = await granted(prepare);
      expect(await readable(intent, 'nested')).toBe(true);
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      await expect(readable(intent, 'nested')).rejects.toThrow('authentication failed');
    });

    test('comes from somebody who made the login a member of another role, and ends with the login', async () => {
      const intent = await granted(
        (_role, owner) => `create table nested (id int); grant select on nested to ${owner}`,
      );
      await fixture.sql(`grant ${fixture.names.owner} to ${roleName(intent.lease)}`);
      expect(await readable(intent, 'nested')).toBe(true);
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.vendor.level(intent)).toBe('none');
    });

    test('is what PUBLIC has in each other database to which PUBLIC may connect, until somebody closes it', async () => {
      const intent = await granted(() => 'select 1');
      const other = `${fixture.names.db}_beside`;
      await fixture.sql(`create database ${other}`);
      try {
        const login = withParts(url, {
          database: other,
          user: roleName(intent.lease),
          password: intent.secret ?? '',
        });
        expect(await run(login, 'select 1 as one')).toEqual([{ one: 1 }]);
        // The finding of the preflight is a short list, and other databases of this run may fill it.
        const listed = async () =>
          (await withDb(addressOf(fixture.adminUrl), neverAborts, publicDatabases)).includes(other);
        const { permissions } = await fixture.provider.preflight(
          { targets: [intent.target], duty: 'grant' },
          neverAborts,
        );
        expect(permissions).toContainEqual({
          severity: 'excess',
          what: expect.stringMatching(/^orders: a lease’s login also opens .*PUBLIC may connect there/),
        });
        const before = await listed();
        await fixture.sql(`revoke connect on database ${other} from public`);
        expect([before, await listed()]).toEqual([true, false]);
        await expect(run(login, 'select 1')).rejects.toThrow('permission denied for database');
      } finally {
        await fixture.sql(`drop database ${other} with (force)`);
      }
    });
  });
}
