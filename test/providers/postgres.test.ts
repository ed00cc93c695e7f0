import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Instant } from '../../core/ids.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { assertLoginRefused, tryLogin } from '../../providers/postgres/login.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Address } from '../../providers/postgres/address.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, intentFor, testLedgerAway, testProviderContract, revoking } from './conformance.fixture.ts';
import { until } from '../until.fixture.ts';
import {
  addressOf,
  isSessionStarting,
  postgresFixture,
  run,
  type PostgresFixture,
} from './postgres.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const credentialOf = async ({ provider }: PostgresFixture, intent: Intent<PostgresTarget>) =>
  (await provider.issue?.(intent, { secret: intent.secret ?? '' }))?.text ?? '';
const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

test('a server with an unknown authentication method counts as no answer, and the process does not exit', async () => {
  const server = createServer((socket) => {
    // AuthenticationGSS in the wire protocol: https://www.postgresql.org/docs/18/protocol-message-formats.html
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await tryLogin(addressOf(`postgres://a:b@127.0.0.1:${port}/c`), neverAborts)).toBe('no answer');
  await new Promise((resolve) => server.close(resolve));
});

for (const { version, url } of VERSIONS) {
  testProviderContract(`postgres ${version}, a login for the lease`, () => postgresFixture(url), {
    standing: 'a login that exists for one lease is separate from all other access',
    account: 'the person has no account at the server',
    stale: 'a single server always shows what it has committed',
    found: 'nobody else can have given the login of this lease',
    'throttled-long': 'Postgres states no wait when it has too many connections',
    'narrowed-after': 'a read of the catalogue needs no right, so no verification depends on one',
    'late-write':
      'Postgres carries out a change before it confirms it. Replicas that lag have tests of their own',
  });

  testLedgerAway(`postgres ${version}, a login for the lease`, () => postgresFixture(url));

  describe(`postgres ${version}`, () => {
    const fixtures: PostgresFixture[] = [];
    const open = async (over?: Partial<PostgresTarget>): Promise<PostgresFixture> => {
      const fixture = await postgresFixture(url, over);
      fixtures.push(fixture);
      return fixture;
    };
    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.stop?.();
    });
    const grant = async (fixture: PostgresFixture) => {
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };

    test('the password grants exactly the role’s privileges, and nothing after the revoke', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
      await expect(client.query('delete from orders')).rejects.toThrow(/permission denied/);
      await client.end();
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed/);
    });

    test('a login is rejected only when the server says so, and a login that succeeds prevents the receipt', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const address = addressOf(fixture.adminUrl);
      const login = { user: roleName(intent.lease), password: intent.secret };
      const attempt = (over = {}) => tryLogin({ ...address, ...login, ...over } as Address, neverAborts);
      expect(await attempt()).toBe('accepted');
      expect((await faultOf(assertLoginRefused(address, login, neverAborts))).code).toBe('not-verified');
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await attempt()).toBe('rejected');
      expect(await attempt({ port: 1 })).toBe('no answer');
    });

    test('a person can log in with the credential alone', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      expect(await run(await credentialOf(fixture, intent), 'select id from orders')).toEqual([{ id: 7 }]);
    });

    const setRole = (fixture: PostgresFixture) => `set role "${fixture.names.readers.replace('"', '""')}"`;
    if (version !== '15')
      test('a lease does not allow SET ROLE: a session would keep the privileges and create objects for the role', async () => {
        const fixture = await open();
        const client = await fixture.login(await grant(fixture));
        await expect(client.query(setRole(fixture))).rejects.toThrow(/permission denied to set role/);
        expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
        await client.end();
      });

    test('an open session is terminated by the revoke, and its reads and writes fail', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      if (version === '15') await client.query(setRole(fixture));
      await client.query('insert into orders values (8)');
      const receipt = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(receipt.seen).toContain('1 sessions were terminated');
      await expect(client.query('select id from orders')).rejects.toThrow();
      await expect(client.query('insert into orders values (9)')).rejects.toThrow();
      expect(await fixture.sql('select id from orders order by id')).toEqual([{ id: 7 }, { id: 8 }]);
    });

    test.each([
      [
        'the lock that separates two attempts',
        "select pg_advisory_lock(hashtextextended(replace(session_user, 'curfew_', ''), 0))",
      ],
      ['their own role, by a change that they do not commit', "begin; alter user current_user password 'x'"],
      [
        'their own role, by changes that they commit',
        "do $$ begin loop alter user current_user password 'x'; perform pg_sleep(.3); commit; end loop; end $$",
      ],
    ])('a person who locks %s still loses access on time (I3)', async (_what, lock) => {
      const fixture = await open();
      const intent = await grant(fixture);
      const clients = [await fixture.login(intent), await fixture.login(intent)];
      for (const client of clients) void client.query(lock).catch(() => undefined); // the second one waits or fails
      await until('it is locked', async () => {
        const busy = await fixture.sql(
          `select from pg_stat_activity where usename = $1 and state = 'active'`,
          [roleName(intent.lease)],
        );
        return busy.length > 0 || undefined;
      });
      expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toEqual({
        level: 'none',
        found: 'present',
        seen: `no role ${roleName(intent.lease)}; 2 sessions were terminated; the server refused a test login`,
        lowered: true,
      });
      for (const client of clients) await expect(client.query('select 1')).rejects.toThrow();
      expect(await fixture.vendor.level(intent)).toBe('none');
    });

    test('a session that is still starting is terminated too, and has no access afterwards (I3)', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const role = fixture.names.readers.replace(/[\\ ]/g, '\\$&');
      const client = new pg.Client({
        connectionString: await credentialOf(fixture, intent),
        options: `-c post_auth_delay=30 ${version === '15' ? `-c role=${role}` : ''}`,
      });
      client.on('error', () => undefined);
      const connecting = client.connect().catch(() => undefined);
      await until('it is starting', () => isSessionStarting(fixture));
      expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        seen: expect.stringContaining('1 sessions were terminated'),
      });
      await connecting;
      await expect(client.query('select id from orders')).rejects.toThrow();
    });

    test('cutting off disables the logins of all leases and terminates their sessions, and of no other one', async () => {
      const fixture = await open();
      const [one, two, other] = [await grant(fixture), await grant(fixture), await grant(fixture)];
      const clients = [await fixture.login(one), await fixture.login(two)];
      const kept = await fixture.login(other);
      const cut = {
        leases: [one, two].map((each) => revoking(each)),
        wholeAccount: false,
        beforeChange: () => Promise.resolve(),
      };
      expect(await fixture.provider.cutOff?.(cut, neverAborts)).toEqual({
        seen: '2 of 2 logins of orders are disabled, and 2 sessions were terminated',
        again: [],
      });
      for (const client of clients) await expect(client.query('select 1')).rejects.toThrow();
      await expect(fixture.login(one)).rejects.toThrow('not permitted to log in');
      expect((await kept.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await kept.end();
      // The receipt says nothing about a change by hand.
      expect(await fixture.provider.ensureAbsent(revoking(one), neverAborts)).not.toMatchObject({
        note: expect.stringContaining('by hand'),
      });
    });

    test('the end is an instant, also on a server in another time zone', async () => {
      const fixture = await open();
      await run(url, `alter database ${fixture.names.db} set timezone to 'Asia/Tokyo'`);
      const intent = await grant(fixture);
      const until = await run(
        url,
        'select extract(epoch from rolvaliduntil)::float8 as until from pg_roles where rolname = $1',
        [roleName(intent.lease)],
      );
      expect(until).toEqual([{ until: intent.endsAt / 1_000 }]);
    });

    test('VALID UNTIL alone prevents a new login while Curfew does not run (I3, step 1)', async () => {
      const fixture = await open();
      const intent = await intentFor(fixture, {
        endsAt: (Math.floor(Date.now() / 1_000) * 1_000 - 1_000) as Instant,
      });
      await fixture.provider.ensurePresent(intent, neverAborts);
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed/);
      await fixture.provider.ensurePresent({ ...intent, endsAt: inAnHour() }, neverAborts);
      await (await fixture.login(intent)).end();
    });

    test('an extension keeps the password and the open sessions, and an end that is set back is the end again', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const { secret: _secret, ...rest } = intent;
      const client = await fixture.login(intent);
      const move = (endsAt: number) =>
        fixture.provider.moveEnd?.({ ...rest, endsAt: endsAt as Instant }, neverAborts);
      await move(intent.endsAt + 3_600_000);
      await (await fixture.login(intent)).end();
      expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
      await client.end();
      await move(Math.floor(Date.now() / 1_000) * 1_000 - 1_000);
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed/);
    });

    test.each([
      [
        'changed its end',
        (role: string) => `alter role ${role} valid until 'infinity'`,
        /its end is infinity/,
      ],
      ['may log in no more', (role: string) => `alter role ${role} nologin`, /took the access/],
      ['was renamed', (role: string) => `alter role ${role} rename to ${role}_x`, /renamed the role/],
    ])('a role that somebody %s gets no later end (I22)', async (_what, change, why) => {
      const fixture = await open();
      const intent = await grant(fixture);
      await run(fixture.adminUrl, change(roleName(intent.lease)));
      const fault = await faultOf(
        fixture.provider.moveEnd?.(
          { ...intent, endsAt: (intent.endsAt + 3_600_000) as Instant },
          neverAborts,
        ) ?? Promise.resolve(),
      );
      expect([fault.code, fault.message]).toEqual(['provider-refused', expect.stringMatching(why)]);
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    });

    test('no statement contains the password, only its verifier (B73)', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const statements = fixture.proxy.statements.join('\n');
      expect(statements).toContain('SCRAM-SHA-256$4096:');
      expect(statements).not.toContain(intent.secret);
    });

    test('what the person created stays, belongs to the owner, and is named in the receipt', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      await client.query(
        `create table export (id int); insert into export values (1); grant select on export to public;
         create table notes (id int); grant select, insert on notes to ${fixture.names.owner};
         grant update (id) on notes to ${fixture.names.owner}`,
      );
      await client.query('create function seven() returns int language sql as $$ select 7 $$');
      await client.end();
      const { owner } = fixture.names;
      const { note } = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(note).toBe(
        `Created or taken over by the person, now owned by ${owner}: function public.seven(), table public.export, table public.notes. ` +
          `Granted to others by the person: INSERT, SELECT on public.notes to ${owner}, SELECT on public.export to everybody, UPDATE on public.notes(id) to ${owner}.`,
      );
      expect(await fixture.sql("select tableowner from pg_tables where tablename = 'export'")).toEqual([
        { tableowner: fixture.names.owner },
      ]);
      expect(await fixture.sql('select id from export')).toEqual([{ id: 1 }]);
      const kept = await fixture.sql("select pg_has_role($1, $2, 'usage') as has", [
        fixture.names.granter,
        fixture.names.owner,
      ]);
      expect(kept).toEqual([{ has: false }]);
    });

    test('what the person created belongs to a role without privileges when the named owner is gone', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      await client.query('create table export (id int)');
      await client.end();
      const target = { ...intent.target, owner: 'nobody_of_this_name' };
      const { level } = await fixture.provider.ensureAbsent({ ...revoking(intent), target }, neverAborts);
      expect(level).toBe('none');
      expect(await run(url, 'select from pg_roles where rolname = $1', [roleName(intent.lease)])).toEqual([]);
    });

    test.each([
      [
        'a view',
        'create view peek as select id from orders; grant select on peek to public',
        'peek',
        '_leftovers: view public.peek',
      ],
      [
        'a function',
        'create function peek() returns int security definer language sql as $$ select id from orders $$',
        'peek() as id',
        'kept without login', // a role without privileges may not own a function in that schema
      ],
    ])(
      '%s of the person has no privileges afterwards, unless the catalogue names an owner',
      async (_what, make, peek, says) => {
        const fixture = await open();
        const { role, database } = fixture.target;
        const intent = await intentFor(fixture, { target: { role, database, mode: 'login-role' } });
        await fixture.provider.ensurePresent(intent, neverAborts);
        const client = await fixture.login(intent);
        await client.query(make);
        await client.end();
        expect(await fixture.sql(`select id from ${peek}`)).toEqual([{ id: 7 }]);
        const { note = '' } = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
        expect(note).toContain(says);
        await expect(fixture.sql(`select id from ${peek}`)).rejects.toThrow(
          'permission denied for table orders',
        );
      },
    );

    test('a function that one person left reads neither what another person left nor what it read before', async () => {
      const fixture = await open();
      const { role, database } = fixture.target;
      const target = { role, database, mode: 'login-role' } as const;
      await fixture.sql('grant create on schema public to public');
      const [one, two] = [await intentFor(fixture, { target }), await intentFor(fixture, { target })];
      for (const intent of [one, two]) await fixture.provider.ensurePresent(intent, neverAborts);
      const first = await fixture.login(one);
      await first.query(
        `create function peek(what text) returns setof int security definer language plpgsql
           as $$ begin return query execute what; end $$`,
      );
      await first.end();
      const second = await fixture.login(two);
      await second.query('create table copied as select id from orders');
      await second.end();
      const receipt = await fixture.provider.ensureAbsent(revoking(one), neverAborts);
      await fixture.provider.ensureAbsent(revoking(two), neverAborts);
      expect(receipt.note).toContain(
        'Runs with the rights of its owner, so nobody may call it any more: public.peek(text).',
      );
      for (const table of ['copied', 'orders'])
        await expect(fixture.sql(`select peek('select id from ${table}')`)).rejects.toThrow(
          `permission denied for table ${table}`,
        );
      const callable = `select has_function_privilege('pg_monitor', 'peek(text)', 'execute') as may`;
      expect(await fixture.sql(callable)).toEqual([{ may: false }]);
    });

    test('the membership ends also when the role of the entitlement was renamed meanwhile', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      await client.query('create function seven() returns int language sql as $$ select 7 $$');
      await client.end();
      await fixture.sql(`revoke create on schema public from ${fixture.names.owner}`); // so that the role is kept
      const role = quoted(fixture.target.role);
      await fixture.sql(`alter role ${role} rename to renamed_during_the_lease`);
      const { note } = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      await fixture.sql(`alter role renamed_during_the_lease rename to ${role}`);
      expect(note).toContain('it is kept without login');
      const memberships = `select from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = $1`;
      expect(await fixture.sql(memberships, [roleName(intent.lease)])).toEqual([]);
    });

    test('a function of the person with a name that Curfew uses does not run with Curfew’s privileges', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      await client.query(`
        create table caught (who text);
        grant select on caught to public;
        create function format(text, text, regclass, name) returns text language sql
          as $$ insert into public.caught values (current_user) returning who $$`);
      await client.end();
      const { note = '' } = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.sql('select who from caught')).toEqual([]);
      expect(note).toContain('SELECT on public.caught to everybody');
    });

    test('what the person created in another database does not prevent the drop of the role', async () => {
      const fixture = await open();
      const other = `${fixture.names.db}_other`;
      await fixture.sql(`create database ${other}`);
      try {
        const otherUrl = new URL(fixture.adminUrl);
        otherUrl.pathname = `/${other}`;
        const intent = await grant(fixture);
        const superUrl = new URL(url);
        superUrl.pathname = `/${other}`;
        await run(
          superUrl.href,
          `create table note (id int); alter table note owner to ${roleName(intent.lease)}`,
        );
        await fixture.sql(`create table here (id int); alter table here owner to ${roleName(intent.lease)}`);
        const { note = '' } = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
        const nowOwned = `Created or taken over by the person, now owned by ${fixture.names.owner}`;
        expect(note.split(/(?<=\.) /).toSorted()).toEqual([
          `${nowOwned}: table public.here.`,
          `${nowOwned}: table public.note.`,
        ]);
        expect(await fixture.vendor.level(intent)).toBe('none');
        expect(await run(superUrl.href, "select tableowner from pg_tables where tablename = 'note'")).toEqual(
          [{ tableowner: fixture.names.owner }],
        );
      } finally {
        await fixture.sql(`drop database ${other} with (force)`);
      }
    });

    test('a role that cannot be dropped is kept without login, and the receipt says so', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      const client = await fixture.login(intent);
      await client.query('create function seven() returns int language sql as $$ select 7 $$');
      await client.end();
      // The owner may not create anything in the schema, so Postgres refuses to reassign the function to it.
      await fixture.sql(`revoke create on schema public from ${fixture.names.owner}`);
      const receipt = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      const name = roleName(intent.lease);
      expect(receipt).toMatchObject({
        level: 'none',
        seen: `role ${name} cannot log in; 0 sessions were terminated; the server refused a test login`,
        note: expect.stringMatching(
          /^Created or taken over by the person, and still owned by the role: function public\.seven\(\)\. The role could not be dropped, so it is kept without login \(.*42501 .*\)\.$/,
        ),
      });
      const kept = await fixture.sql(
        `select rolcanlogin, rolpassword, rolconnlimit,
                exists (select from pg_auth_members where member = r.oid) as member
           from pg_authid r where rolname = $1`,
        [name],
      );
      expect(kept).toEqual([{ rolcanlogin: false, rolpassword: null, rolconnlimit: 0, member: false }]);
      await expect(fixture.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
      await fixture.sql(`grant create on schema public to ${fixture.names.owner}`);
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.vendor.level(intent)).toBe('none');
    });

    test('two databases of one server list a lease once, in its own database', async () => {
      const fixture = await open();
      const { lease } = await grant(fixture);
      const beside = fixture.adminUrl.replace(/\/[^/]*$/, '/postgres');
      const both = postgresProvider({ databases: { orders: fixture.adminUrl, beside } });
      expect(await both.listManaged(neverAborts)).toMatchObject([{ lease }]);
      expect(await postgresProvider({ databases: { beside } }).listManaged(neverAborts)).toEqual([]);
    });

    test('the login is removed although its database was dropped (F32)', async () => {
      const fixture = await open();
      const intent = await grant(fixture);
      await run(url, `drop database ${fixture.names.db} with (force)`);
      expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        level: 'none',
      });
      expect(await run(url, 'select from pg_roles where rolname = $1', [roleName(intent.lease)])).toEqual([]);
    });

    test('another role of the same name is neither changed nor removed', async () => {
      const fixture = await open();
      const intent = await intentFor(fixture);
      await fixture.sql(`create role ${roleName(intent.lease)} login`);
      expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe(
        'provider-refused',
      );
      expect((await faultOf(fixture.provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe(
        'not-verified',
      );
      expect(await fixture.vendor.level(intent)).toBe('present');
      await fixture.sql(`drop role ${roleName(intent.lease)}`);
    });

    test.each([
      ['may create roles', (readers: string) => `alter role ${readers} createrole`],
      [
        'may grant a role',
        (readers: string, owner: string) => `grant ${owner} to ${readers} with admin option`,
      ],
      [
        'is a member of a role that may create roles',
        (readers: string, owner: string) => `alter role ${owner} createrole; grant ${owner} to ${readers}`,
      ],
      [
        'is a member, without its rights, of a role that may create roles',
        (readers: string, owner: string) =>
          `alter role ${readers} noinherit; alter role ${owner} createrole; grant ${owner} to ${readers}`,
      ],
      ['may run programs', (readers: string) => `grant pg_execute_server_program to ${readers}`],
      ...(version === '15'
        ? ([
            ['may log in', (readers: string) => `alter role ${readers} login`],
            [
              'is a member of a role that may log in',
              (readers: string, owner: string) => `alter role ${owner} login; grant ${owner} to ${readers}`,
            ],
          ] as const)
        : []),
    ])('a role that %s is refused, because its members could keep access', async (_what, make) => {
      const fixture = await open();
      await fixture.sql(make(`"${fixture.names.readers.replace('"', '""')}"`, fixture.names.owner));
      const { account, target, provider } = fixture;
      expect((await faultOf(provider.observe({ account, target }, neverAborts))).code).toBe(
        'provider-refused',
      );
    });

    test('an unknown database is target-missing, and a wrong password is provider-forbidden (F33)', async () => {
      const fixture = await open();
      const missingDatabase = postgresProvider({
        databases: { orders: fixture.adminUrl.replace(/\/[^/]*$/, '/nowhere') },
      });
      const { account, target } = fixture;
      expect((await faultOf(missingDatabase.observe({ account, target }, neverAborts))).code).toBe(
        'target-missing',
      );
      const wrong = new URL(fixture.adminUrl);
      wrong.password = 'wrong';
      const wrongPassword = postgresProvider({ databases: { orders: wrong.href } });
      expect((await faultOf(wrongPassword.observe({ account, target }, neverAborts))).code).toBe(
        'provider-forbidden',
      );
    });
  });
}

test('without a server at the address: provider-unavailable', async () => {
  const provider = postgresProvider({ databases: { orders: 'postgres://a:b@127.0.0.1:1/orders' } });
  expect((await faultOf(provider.listManaged(neverAborts))).code).toBe('provider-unavailable');
});

test('a revoke for a database that is not configured any more is retried and does not succeed (B07)', async () => {
  const provider = postgresProvider({ databases: {} });
  const target = { database: 'orders', role: 'readers', mode: 'login-role' } as const;
  const fault = await faultOf(provider.observe({ account: 'ana', target }, neverAborts));
  expect([fault.code, fault.retry]).toEqual(['unknown-provider', true]);
});
