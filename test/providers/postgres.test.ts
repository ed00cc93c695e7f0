import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Instant } from '../../core/ids.ts';
import { otherLogin, tryLogin } from '../../providers/postgres/connection.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { assertLoginRefused } from '../../providers/postgres/lease-role.ts';
import { roleName } from '../../providers/postgres/roles.ts';
import { scramVerifier } from '../../providers/postgres/scram.ts';
import { faultOf, intentFor, itKeepsTheContract, itRefusesTargets, without } from './conformance.fixture.ts';
import { until } from '../until.fixture.ts';
import { pgRig, run, type PgRig } from './postgres.fixture.ts';

const servers = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
] as const;
const never = new AbortController().signal;
const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

test('a server that asks for what we cannot answer is no answer, and ends nobody’s process', async () => {
  const server = createServer((socket) => {
    // AuthenticationGSS, as the protocol spells it: https://www.postgresql.org/docs/18/protocol-message-formats.html
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await tryLogin(`postgres://a:b@127.0.0.1:${port}/c`, never)).toBe('no answer');
  await new Promise((resolve) => server.close(resolve));
});

for (const [version, url] of servers) {
  if (!url) {
    console.log(`skipped: no Postgres ${version}`);
    continue;
  }
  itKeepsTheContract(`postgres ${version}, a login for the lease`, () => pgRig(url), {
    standing: 'a login made for one lease stands beside everything else',
    account: 'the person has no account at the server',
    stale: 'one server shows what it has committed',
  });

  describe(`postgres ${version}`, () => {
    const rigs: PgRig[] = [];
    const open = async (over?: Partial<PostgresTarget>): Promise<PgRig> => {
      const rig = await pgRig(url, over);
      rigs.push(rig);
      return rig;
    };
    afterEach(async () => {
      for (const rig of rigs.splice(0)) await rig.stop?.();
    });
    const granted = async (rig: PgRig) => {
      const intent = await intentFor(rig, { endsAt: inAnHour() });
      await rig.provider.ensurePresent(intent, never);
      return intent;
    };

    test('the password opens exactly what the role may do, and nothing after removal', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const client = await rig.login(intent);
      expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
      await expect(client.query('delete from orders')).rejects.toThrow(/permission denied/);
      await client.end();
      await rig.provider.ensureAbsent(without(intent), never);
      await expect(rig.login(intent)).rejects.toThrow(/authentication failed/);
    });

    test('a login is turned down only when the server says so, and whoever gets in has no receipt', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const login = otherLogin(rig.adminUrl, roleName(intent.lease), intent.secret ?? '');
      expect(await tryLogin(login, never)).toBe('in');
      expect((await faultOf(assertLoginRefused(rig.adminUrl, intent, never))).code).toBe('not-verified');
      await rig.provider.ensureAbsent(without(intent), never);
      expect(await tryLogin(login, never)).toBe('turned down');
      const nowhere = new URL(login);
      nowhere.port = '1';
      expect(await tryLogin(nowhere.href, never)).toBe('no answer');
    });

    test('the credential is all that its holder needs', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const credential = rig.provider.credential?.(intent.lease, intent.target, intent.secret ?? '') ?? '';
      expect(await run(credential, 'select id from orders')).toEqual([{ id: 7 }]);
    });

    const setRole = (rig: PgRig) => `set role "${rig.names.readers.replace('"', '""')}"`;
    if (version !== '15')
      test('nobody may SET ROLE to what a lease gives: a session would keep it, and make things in its name', async () => {
        const rig = await open();
        const client = await rig.login(await granted(rig));
        await expect(client.query(setRole(rig))).rejects.toThrow(/permission denied to set role/);
        expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
        await client.end();
      });

    test('a session that is open is gone after removal, reads and writes refused', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const client = await rig.login(intent);
      if (version === '15') await client.query(setRole(rig));
      await client.query('insert into orders values (8)');
      const receipt = await rig.provider.ensureAbsent(without(intent), never);
      expect(receipt.seen).toContain('1 sessions were ended');
      await expect(client.query('select id from orders')).rejects.toThrow();
      await expect(client.query('insert into orders values (9)')).rejects.toThrow();
      expect(await rig.sql('select id from orders order by id')).toEqual([{ id: 7 }, { id: 8 }]);
    });

    test.each([
      [
        'the lock by which we keep attempts apart',
        "select pg_advisory_lock(hashtextextended(replace(session_user, 'curfew_', ''), 0))",
      ],
      ['their own role, by a change that they do not commit', "begin; alter user current_user password 'x'"],
      [
        'their own role, by changes that they commit',
        "do $$ begin loop alter user current_user password 'x'; perform pg_sleep(.3); commit; end loop; end $$",
      ],
    ])('a holder who locks %s ends on time all the same (I3)', async (_what, lock) => {
      const rig = await open();
      const intent = await granted(rig);
      const clients = [await rig.login(intent), await rig.login(intent)];
      for (const client of clients) void client.query(lock).catch(() => undefined); // the second one waits, or gives up
      await until('it is locked', async () => {
        const busy = await rig.sql(`select from pg_stat_activity where usename = $1 and state = 'active'`, [
          roleName(intent.lease),
        ]);
        return busy.length > 0 || undefined;
      });
      expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      for (const client of clients) await expect(client.query('select 1')).rejects.toThrow();
      expect(await rig.world.level(intent)).toBe('none');
    });

    test('a session that hides in its start is ended as well, and has nothing afterwards (I3)', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const role = rig.names.readers.replace(/[\\ ]/g, '\\$&');
      const client = new pg.Client({
        connectionString: rig.provider.credential?.(intent.lease, intent.target, intent.secret ?? ''),
        options: `-c post_auth_delay=30 ${version === '15' ? `-c role=${role}` : ''}`,
      });
      client.on('error', () => undefined);
      const connecting = client.connect().catch(() => undefined);
      await until('it is starting', async () => {
        const found = await rig.sql(
          `select from pg_locks l
            where l.locktype = 'object' and l.classid = 'pg_database'::regclass
              and l.objid = (select oid from pg_database where datname = current_database())
              and not exists (select from pg_stat_activity a where a.pid = l.pid and a.usesysid is not null)`,
        );
        return found.length > 0 || undefined;
      });
      expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({
        seen: expect.stringContaining('1 sessions were ended'),
      });
      await connecting;
      await expect(client.query('select id from orders')).rejects.toThrow();
    });

    test('cutSessions ends what is open, counts it, and leaves the login', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const clients = [await rig.login(intent), await rig.login(intent)];
      expect(await rig.provider.cutSessions(intent, never)).toBe(2);
      for (const client of clients) await expect(client.query('select 1')).rejects.toThrow();
      await (await rig.login(intent)).end();
      expect(await rig.provider.cutSessions({ ...intent, lease: (await intentFor(rig)).lease }, never)).toBe(
        0,
      );
    });

    test('VALID UNTIL alone stops a new login, with nobody awake (I3, rung 1)', async () => {
      const rig = await open();
      const intent = await intentFor(rig, {
        endsAt: (Math.floor(Date.now() / 1_000) * 1_000 - 1_000) as Instant,
      });
      await rig.provider.ensurePresent(intent, never);
      await expect(rig.login(intent)).rejects.toThrow(/authentication failed/);
      await rig.provider.ensurePresent({ ...intent, endsAt: inAnHour() }, never);
      await (await rig.login(intent)).end();
    });

    test('the password is in no statement, only its verifier (B73)', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const said = rig.proxy.statements.join('\n');
      expect(said).toContain('SCRAM-SHA-256$4096:');
      expect(said).not.toContain(intent.secret);
    });

    test('what the holder made survives, owned by the owner, and is named in the receipt', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const client = await rig.login(intent);
      await client.query(
        'create table export (id int); insert into export values (1); grant select on export to public',
      );
      await client.query('create function seven() returns int language sql as $$ select 7 $$');
      await client.end();
      const { note = '' } = await rig.provider.ensureAbsent(without(intent), never);
      expect(note).toContain('table public.export');
      expect(note).toContain('function public.seven()');
      expect(note).toContain('SELECT on public.export to everybody');
      expect(await rig.sql("select tableowner from pg_tables where tablename = 'export'")).toEqual([
        { tableowner: rig.names.owner },
      ]);
      expect(await rig.sql('select id from export')).toEqual([{ id: 1 }]);
      const kept = await rig.sql("select pg_has_role($1, $2, 'usage') as has", [
        rig.names.granter,
        rig.names.owner,
      ]);
      expect(kept).toEqual([{ has: false }]);
    });

    test.each([
      [
        'a view',
        'create view peek as select id from orders; grant select on peek to public',
        'peek',
        'now of curfew_leftovers',
      ],
      [
        'a function',
        'create function peek() returns int security definer language sql as $$ select id from orders $$',
        'peek() as id',
        'kept without login', // who has no rights may not own a function in that schema
      ],
    ])(
      '%s of the holder can do nothing afterwards, unless the catalogue names an owner',
      async (_what, make, peek, says) => {
        const rig = await open();
        await rig.sql('drop role if exists curfew_leftovers'); // since 16 it can only be used by who made it
        const { role, database } = rig.target;
        const intent = await intentFor(rig, { target: { role, database, mode: 'login-role' } });
        await rig.provider.ensurePresent(intent, never);
        const client = await rig.login(intent);
        await client.query(make);
        await client.end();
        expect(await rig.sql(`select id from ${peek}`)).toEqual([{ id: 7 }]);
        const { note = '' } = await rig.provider.ensureAbsent(without(intent), never);
        expect(note).toContain(says);
        await expect(rig.sql(`select id from ${peek}`)).rejects.toThrow('permission denied for table orders');
      },
    );

    test('what the holder made under the name of something we use does not run in our name', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const client = await rig.login(intent);
      await client.query(`
        create table caught (who text);
        grant select on caught to public;
        create function format(text, text, regclass, name) returns text language sql
          as $$ insert into public.caught values (current_user) returning who $$`);
      await client.end();
      const { note = '' } = await rig.provider.ensureAbsent(without(intent), never);
      expect(await rig.sql('select who from caught')).toEqual([]);
      expect(note).toContain('SELECT on public.caught to everybody');
    });

    test('what the holder made in another database does not keep the role alive', async () => {
      const rig = await open();
      const other = `${rig.names.db}_other`;
      await rig.sql(`create database ${other}`);
      try {
        const otherUrl = new URL(rig.adminUrl);
        otherUrl.pathname = `/${other}`;
        const intent = await granted(rig);
        const superUrl = new URL(url);
        superUrl.pathname = `/${other}`;
        await run(
          superUrl.href,
          `create table note (id int); alter table note owner to ${roleName(intent.lease)}`,
        );
        await rig.provider.ensureAbsent(without(intent), never);
        expect(await rig.world.level(intent)).toBe('none');
        expect(await run(superUrl.href, "select tableowner from pg_tables where tablename = 'note'")).toEqual(
          [{ tableowner: rig.names.owner }],
        );
      } finally {
        await rig.sql(`drop database ${other} with (force)`);
      }
    });

    test('a role that cannot be dropped is kept without login, and the receipt says so', async () => {
      const rig = await open();
      const intent = await granted(rig);
      const client = await rig.login(intent);
      await client.query('create function seven() returns int language sql as $$ select 7 $$');
      await client.end();
      // The owner may make nothing in the schema, so that Postgres refuses to hand it the function.
      await rig.sql(`revoke create on schema public from ${rig.names.owner}`);
      const receipt = await rig.provider.ensureAbsent(without(intent), never);
      expect(receipt.level).toBe('none');
      expect(receipt.note).toContain('kept without login');
      await expect(rig.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
      await rig.sql(`grant create on schema public to ${rig.names.owner}`);
      await rig.provider.ensureAbsent(without(intent), never);
      expect(await rig.world.level(intent)).toBe('none');
    });

    test('two databases of one server list a lease once, at the one it is for', async () => {
      const rig = await open();
      const { lease } = await granted(rig);
      const beside = rig.adminUrl.replace(/\/[^/]*$/, '/postgres');
      const both = postgresProvider({ databases: { orders: rig.adminUrl, beside } });
      expect(await both.listManaged(never)).toMatchObject([{ lease }]);
      expect(await postgresProvider({ databases: { beside } }).listManaged(never)).toEqual([]);
    });

    test('with its database dropped, the login is removed all the same (F32)', async () => {
      const rig = await open();
      const intent = await granted(rig);
      await run(url, `drop database ${rig.names.db} with (force)`);
      expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      expect(await run(url, 'select from pg_roles where rolname = $1', [roleName(intent.lease)])).toEqual([]);
    });

    test('a stranger of the same name is neither overwritten nor removed', async () => {
      const rig = await open();
      const intent = await intentFor(rig);
      await rig.sql(`create role ${roleName(intent.lease)} login`);
      expect((await faultOf(rig.provider.ensurePresent(intent, never))).code).toBe('provider-refused');
      await rig.provider.ensureAbsent(without(intent), never);
      expect(await rig.world.level(intent)).toBe('present');
      await rig.sql(`drop role ${roleName(intent.lease)}`);
    });

    test.each([
      ['may make roles', (readers: string) => `alter role ${readers} createrole`],
      [
        'hands out a role',
        (readers: string, owner: string) => `grant ${owner} to ${readers} with admin option`,
      ],
      [
        'is a member of one that may make roles',
        (readers: string, owner: string) => `alter role ${owner} createrole; grant ${owner} to ${readers}`,
      ],
      ['may run programs', (readers: string) => `grant pg_execute_server_program to ${readers}`],
    ])('a role that %s is refused: its members could stay', async (_what, make) => {
      const rig = await open();
      await rig.sql(make(`"${rig.names.readers.replace('"', '""')}"`, rig.names.owner));
      const { account, target, provider } = rig;
      expect((await faultOf(provider.observe({ account, target }, never))).code).toBe('provider-refused');
    });

    test('preflight: exactly enough for the granter, too much for a superuser', async () => {
      const rig = await open();
      expect(await rig.provider.preflight(never)).toMatchObject({ ok: true, missing: [], excess: [] });
      const mighty = await postgresProvider({ databases: { orders: url } }).preflight(never);
      expect(mighty).toMatchObject({ ok: true, missing: [], excess: ['orders: SUPERUSER'] });
    });

    test('no such database is target-missing; a wrong password is forbidden (F33)', async () => {
      const rig = await open();
      const gone = postgresProvider({ databases: { orders: rig.adminUrl.replace(/\/[^/]*$/, '/nowhere') } });
      const { account, target } = rig;
      expect((await faultOf(gone.observe({ account, target }, never))).code).toBe('target-missing');
      const wrong = new URL(rig.adminUrl);
      wrong.password = 'wrong';
      const locked = postgresProvider({ databases: { orders: wrong.href } });
      expect((await faultOf(locked.observe({ account, target }, never))).code).toBe('provider-forbidden');
    });
  });
}

test('nobody listens: provider-unavailable', async () => {
  const provider = postgresProvider({ databases: { orders: 'postgres://a:b@127.0.0.1:1/orders' } });
  expect((await faultOf(provider.listManaged(never))).code).toBe('provider-unavailable');
});

test('a database taken out of the configuration keeps removals waiting, and never makes them succeed (B07)', async () => {
  const provider = postgresProvider({ databases: {} });
  const target = { database: 'orders', role: 'readers', mode: 'login-role' } as const;
  const fault = await faultOf(provider.observe({ account: 'ana', target }, never));
  expect([fault.code, fault.retry]).toEqual(['unknown-provider', true]);
});

test('the verifier is the one of RFC 7677’s example', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(await scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

describe('postgres targets', () => {
  const provider = () => postgresProvider({ databases: { orders: 'postgres://a:b@127.0.0.1:1/orders' } });
  const good = { database: 'orders', role: 'orders_read' };
  itRefusesTargets(provider, [
    ['an unknown database', { ...good, database: 'billing' }, '"database"'],
    ['a database off the prototype', { ...good, database: 'constructor' }, '"database"'],
    ['no role', { database: 'orders' }, '"role"'],
    ['an empty role', { ...good, role: '' }, '"role"'],
    ['a role that Postgres would cut off', { ...good, role: 'r'.repeat(64) }, '"role"'],
    ['a huge role', { ...good, role: 'ü'.repeat(1e6) }, '"role"'],
    ['a role with a NUL', { ...good, role: 'a\0b' }, '"role"'],
    ['half a character', { ...good, role: 'a\ud800' }, '"role"'],
    ['everybody', { ...good, role: 'PUBLIC' }, '"role"'],
    ['a role that runs programs', { ...good, role: 'pg_execute_server_program' }, '"role"'],
    ["another lease's role", { ...good, role: 'curfew_lease_x' }, '"role"'],
    ['another mode', { ...good, mode: 'membership' }, '"mode"'],
    ['a slip in a field', { ...good, onwer: 'dba' }, '"onwer"'],
    ['a huge field with line breaks', { ...good, ['x\n'.repeat(1e5)]: 1 }, 'field'],
    ['an owner of the wrong type', { ...good, owner: 7 }, '"owner"'],
  ]);
  test('the mode may be left out', () => {
    expect(provider().parseTarget(good)).toEqual({ ok: true, value: { ...good, mode: 'login-role' } });
  });
});
