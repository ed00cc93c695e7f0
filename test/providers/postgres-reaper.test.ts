import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { postgresProvider, postgresRemover } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { ManagedObject } from '../../providers/provider.ts';
import { until } from '../until.fixture.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { connected, postgresFixture, type PostgresFixture, run } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const in_ = (ms: number) => (Math.ceil(Date.now() / 1_000) * 1_000 + ms) as Instant;

for (const { version, url } of VERSIONS) {
  describe(`the reaper at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());

    const granted = async (endsAt: Instant) => {
      const intent = await intentFor(fixture, { endsAt });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };
    /** Lets the access end soon. It had a far end, so that on a slow machine a login was possible before. */
    const endsSoon = async (intent: Awaited<ReturnType<typeof granted>>): Promise<Instant> => {
      const endsAt = in_(2_000);
      await fixture.provider.moveEnd?.({ ...intent, endsAt }, neverAborts);
      return endsAt;
    };
    const objectOf = async (lease: string): Promise<ManagedObject> => {
      const found = (await fixture.remover.listManaged(neverAborts)).find((each) => each.lease === lease);
      if (!found) throw new Error('the role is not listed');
      return found;
    };
    const exists = async (lease: string) =>
      (await fixture.sql('select from pg_roles where rolname = $1', [`curfew_${lease}`])).length === 1;

    test('ends open sessions and drops the role, with a login that grants nothing (F07, I3)', async () => {
      fixture = await postgresFixture(url);
      const intent = await granted(in_(3_600_000));
      const session = await fixture.login(intent);
      const endsAt = await endsSoon(intent);
      const object = await objectOf(intent.lease);
      await until('the end', async () => {
        const { level } = await fixture.remover.endManaged(object, neverAborts);
        return level === 'none' || undefined;
      });
      expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
      await expect(session.query('select 1')).rejects.toThrow();
      expect(await exists(intent.lease)).toBe(false);
      await session.end().catch(() => undefined);
    });

    test('VALID UNTIL alone refuses a login from the end on, with nothing of Curfew running (F07)', async () => {
      fixture = await postgresFixture(url);
      const intent = await granted(in_(3_600_000));
      const early = await fixture.login(intent);
      await early.end();
      const endsAt = await endsSoon(intent);
      await until('the server refuses the password', () =>
        fixture.login(intent).then(
          async (client) => client.end().then(() => undefined),
          (error: Readonly<{ code?: string }>) => error.code === '28P01' || undefined,
        ),
      );
      expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
      const [role] = await fixture.sql('select rolcanlogin from pg_roles where rolname = $1', [
        roleName(intent.lease),
      ]);
      expect(role).toEqual({ rolcanlogin: true });
    });

    test('an extension between the list and the end is respected (I6)', async () => {
      fixture = await postgresFixture(url);
      const intent = await granted(in_(-60_000));
      const object = await objectOf(intent.lease);
      await fixture.provider.moveEnd?.({ ...intent, endsAt: in_(3_600_000) }, neverAborts);
      expect((await fixture.remover.endManaged(object, neverAborts)).level).toBe('present');
      const session = await fixture.login(intent);
      await session.end();
    });

    test('a role that owns something is closed and not tidied, and the revocation tidies later', async () => {
      fixture = await postgresFixture(url);
      const intent = await granted(in_(3_600_000));
      const session = await fixture.login(intent);
      await session.query('create table export (id int)');
      const receipt = await fixture.remover.ensureAbsent(revoking(intent), neverAborts);
      expect(receipt).toMatchObject({
        level: 'none',
        untidied: expect.stringContaining('is kept without login'),
      });
      await expect(session.query('select 1')).rejects.toThrow();
      await session.end().catch(() => undefined);
      expect((await fixture.login(intent).catch((error: Error) => error)) instanceof Error).toBe(true);
      // The reaper kept nothing of the lease for itself.
      const inherits = await fixture.sql(
        `select pg_has_role($1::name, $2::name, 'usage') as has from pg_roles limit 1`,
        [fixture.names.reaper, fixture.names.readers],
      );
      expect(inherits).toEqual([{ has: false }]);
      const tidied = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect([tidied.level, tidied.untidied]).toEqual(['none', undefined]);
      expect(await exists(intent.lease)).toBe(false);
    });

    test('a lease that the reaper’s role cannot be given is not granted', async () => {
      fixture = await postgresFixture(url);
      const providerWith = (reaper: string) =>
        postgresProvider({ databases: { orders: fixture.adminUrl }, replicas: { orders: [] }, reaper });
      const provider = providerWith('nobody_of_this_name');
      const intent = await intentFor(fixture, { endsAt: in_(60_000) });
      const own = await faultOf(providerWith(fixture.names.granter).ensurePresent(intent, neverAborts));
      expect([own.code, own.message]).toEqual([
        'provider-refused',
        expect.stringContaining('it is the role of the granter'),
      ]);
      const fault = await faultOf(provider.ensurePresent(intent, neverAborts));
      expect([fault.code, fault.message]).toEqual([
        'provider-refused',
        expect.stringContaining('the role "nobody_of_this_name" of the reaper cannot be prepared'),
      ]);
      expect(await exists(intent.lease)).toBe(false);
      const { permissions } = await provider.preflight(
        { targets: [fixture.target], duty: 'grant' },
        neverAborts,
      );
      expect(permissions.filter(({ severity }) => severity === 'missing')).toEqual([
        {
          severity: 'missing',
          what: 'orders: the role "nobody_of_this_name" of the reaper, without which nothing is granted. Run: create role "nobody_of_this_name" login createrole password \'...\'',
        },
      ]);
    });

    test('a lease is granted only while the reaper’s role can log in and change roles, and the doctor says what is missing (F07)', async () => {
      fixture = await postgresFixture(url);
      const { reaper } = fixture.names;
      const missing = async () => {
        const asked = { targets: [fixture.target], duty: 'grant' } as const;
        const { permissions } = await fixture.provider.preflight(asked, neverAborts);
        return permissions.flatMap(({ severity, what }) => (severity === 'missing' ? [what] : []));
      };
      const intent = await intentFor(fixture, { endsAt: in_(60_000) });
      expect(await missing()).toEqual([]);
      for (const [attributes, why, found] of [
        ['nologin createrole', 'it cannot log in', 'LOGIN'],
        ['login nocreaterole', 'it has no CREATEROLE', 'CREATEROLE'],
      ] as const) {
        await fixture.sql(`alter role ${reaper} ${attributes}`);
        const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
        expect([fault.code, fault.message]).toEqual(['provider-refused', expect.stringContaining(why)]);
        expect(await exists(intent.lease)).toBe(false);
        expect(await missing()).toEqual([expect.stringContaining(`orders: ${found} for "${reaper}"`)]);
      }
      await fixture.sql(`alter role ${reaper} login nocreaterole superuser`);
      expect(await missing()).toEqual([]);
      expect((await fixture.provider.ensurePresent(intent, neverAborts)).level).toBe('present');
    });

    test('the reaper’s own check says what its login has too much and too little', async () => {
      fixture = await postgresFixture(url);
      const { remover, names } = fixture;
      const check = async () => {
        const { permissions } = await remover.preflight({ targets: [], duty: 'reap' }, neverAborts);
        return permissions.map(({ severity, what }) => `${severity} ${what}`);
      };
      const beforeSixteen =
        'excess orders: CREATEROLE, which may grant every role that is not a superuser before Postgres 16';
      const usual = version === '15' ? [beforeSixteen] : [];
      // Leases of tests that run at the same time are those of other reapers.
      const own = async () => (await check()).filter((line) => !/ADMIN OPTION on the roles of \d/.test(line));
      expect(await own()).toEqual(usual);
      await fixture.sql(`grant ${names.owner} to ${names.reaper} with admin option`);
      expect(await own()).toContain(`excess orders: ADMIN OPTION on ${names.owner}, which it could grant`);
      await fixture.sql(`revoke ${names.owner} from ${names.reaper}`);
      if (version === '15') return;
      const intent = await granted(in_(60_000));
      await fixture.sql(
        `revoke ${quoted(roleName(intent.lease))} from ${names.reaper} granted by ${names.granter}`,
      );
      expect(
        (await check()).find((line) => /ADMIN OPTION on the roles of \d+ lease/.test(line)),
      ).toBeDefined();
    });

    test('from Postgres 16 on, its login can grant no role of an entitlement (I24)', async () => {
      fixture = await postgresFixture(url);
      await granted(in_(60_000));
      const { names, reaperUrl } = fixture;
      const grant = run(reaperUrl, `grant ${quoted(names.readers)} to ${names.reaper}`);
      if (version === '15') await grant;
      else await expect(grant).rejects.toThrow(/permission denied/);
      const reaper = await connected(reaperUrl);
      if (version !== '15')
        await expect(reaper.query('select * from orders')).rejects.toThrow(/permission denied/);
      await reaper.end();
    });

    // What docs/providers/postgres.md says of a stolen credential of the reaper.
    test('its login can change the end and the password of a live lease, and take its privileges until it ends', async () => {
      fixture = await postgresFixture(url);
      const { names, reaperUrl } = fixture;
      const intent = await granted(in_(3_600_000));
      const role = quoted(roleName(intent.lease));
      const whoHasIt = async () =>
        (await fixture.provider.discover(fixture.target, { signal: neverAborts })).accesses
          .filter(({ lease }) => lease === undefined)
          .map(({ subject, sources }) => [subject.name, sources.map(({ through }) => through)]);
      const written = fixture.proxy.statements.find((sql) => sql.startsWith('comment on role'));
      // What Curfew's own logins need to end a lease is no access of theirs. Where replicas are named, the granter is a member.
      expect(await whoHasIt()).toEqual([]);
      await run(fixture.adminUrl, `grant ${role} to current_user`);
      expect(await whoHasIt()).toEqual([]);
      await run(reaperUrl, `alter role ${role} valid until 'infinity' password 'of the thief'`);
      await (await fixture.login({ ...intent, secret: 'of the thief' })).end();
      const option = version === '15' ? '' : 'with inherit true, set true';
      await run(reaperUrl, `grant ${role} to ${names.reaper} ${option}`);
      expect(await run(reaperUrl, 'select id from orders')).toEqual([{ id: 7 }]);
      // It is noticed: who has the target is read again and again, and so is the end of each lease. Nobody can see the password.
      expect(await whoHasIt()).toEqual([
        [names.reaper, [`as a member of the role ${roleName(intent.lease)}`]],
      ]);
      expect(await fixture.provider.readOwnObject?.(intent, neverAborts)).toMatchObject({
        changed: expect.stringContaining('its end is infinity'),
      });
      // From Postgres 16 on, it can do that to roles of leases only.
      for (const other of [names.granter, names.owner, quoted(names.readers)]) {
        const change = run(reaperUrl, `alter role ${other} password 'x'`);
        if (version === '15') await change;
        else await expect(change).rejects.toThrow(/permission denied/);
      }
      if (version === '15') return;
      // Without its mark no revocation changes the role, and there is no receipt.
      await run(reaperUrl, `comment on role ${role} is null`);
      const { code } = await faultOf(fixture.provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('not-verified');
      const [, comment = ''] = /comment on role .* is '(.*)'$/.exec(written ?? '') ?? [];
      await run(reaperUrl, `comment on role ${role} is '${comment}'`);
      // The end of the lease takes all of this away, because it drops the role.
      expect((await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      await expect(run(reaperUrl, 'select id from orders')).rejects.toThrow(/permission denied/);
    });

    test('a database that does not answer hides no other one', async () => {
      fixture = await postgresFixture(url);
      const intent = await granted(in_(-60_000));
      const remover = postgresRemover({
        databases: { orders: fixture.reaperUrl, gone: 'postgres://x:y@127.0.0.1:1/gone' },
        replicas: { orders: [], gone: [] },
      });
      await expect(remover.listManaged(neverAborts)).rejects.toThrow('provider-unavailable');
      const failed: string[] = [];
      const listed = await remover.listManaged(neverAborts, ({ message }) => void failed.push(message));
      expect(listed.map(({ lease }) => lease)).toContain(intent.lease);
      expect(failed).toEqual([expect.stringMatching(/^provider-unavailable: postgres: gone: /)]);
    });
  });
}
