import { afterEach, describe, expect, test } from '@jest/globals';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { postgresFixture, type PostgresFixture } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

for (const { version, url } of VERSIONS) {
  describe(`the identity of roles at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    afterEach(async () => fixture.stop?.());
    const open = async () => {
      fixture = await postgresFixture(url);
      return fixture;
    };
    const oidOf = async (name: string) =>
      (await fixture.sql('select oid::text from pg_roles where rolname = $1', [name]))[0]?.['oid'];
    /** Drops the entitlement's role and creates another one with its name, which the granter may grant too. */
    const recreate = async () => {
      const { readers, granter } = fixture.names;
      const role = quoted(readers);
      const options = version === '15' ? '' : ' with admin option, inherit false, set false';
      await fixture.sql(
        `drop owned by ${role}; drop role ${role}; create role ${role}; grant ${role} to ${granter}${options}`,
      );
    };

    test('an observation completes the target with the oid of its role (F24)', async () => {
      const { provider, names, target } = await open();
      const seen = await provider.observe(fixture, neverAborts);
      expect(seen.target).toEqual({
        ...target,
        oid: await oidOf(names.readers),
        server: expect.stringMatching(/^\d+$/),
      });
      expect(provider.lockKey(seen.target)).toBe(provider.lockKey(target));
    });

    test('a role that was dropped and created again under the same name is not granted (F24)', async () => {
      const { provider, vendor } = await open();
      const intent = await intentFor(fixture);
      await recreate();
      const { code, message } = await faultOf(provider.ensurePresent(intent, neverAborts));
      expect(code).toBe('target-missing');
      expect(message).toContain(
        `(oid ${String(await oidOf(fixture.names.readers))}, and not ${intent.target.oid})`,
      );
      expect(await vendor.level(intent)).toBe('none');
      const seen = await provider.observe(fixture, neverAborts);
      expect(provider.targetKey(seen.target)).not.toBe(provider.targetKey(intent.target));
    });

    test('a lease of a role that was dropped and created again loses its login, and nothing else (F24)', async () => {
      const { provider, vendor } = await open();
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await recreate();
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        level: 'none',
        found: 'present',
      });
      expect(await vendor.level(intent)).toBe('none');
      expect(await oidOf(fixture.names.readers)).toBeDefined();
    });

    test('a role of the lease that somebody dropped and created again is not the lease’s (F24)', async () => {
      const { provider, vendor } = await open();
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const name = roleName(intent.lease);
      await fixture.sql(`drop role ${name}; create role ${name} login`);
      expect((await faultOf(provider.ensurePresent(intent, neverAborts))).code).toBe('provider-refused');
      expect((await faultOf(provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe('not-verified');
      await fixture.sql(`alter role ${name} nologin`);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        level: 'none',
        found: 'none',
        seen: expect.stringContaining(`no role ${name} that Curfew created`),
      });
      expect(await vendor.level(intent)).toBe('present');
      await fixture.sql(`drop role ${name}`);
    });

    test('an attempt that was interrupted grants nothing when the role was replaced meanwhile (F24)', async () => {
      const { provider, proxy, vendor } = await open();
      const intent = await intentFor(fixture);
      const { reached } = proxy.arm({ when: (sql) => sql.startsWith('create role'), act: 'hang' });
      const stop = new AbortController();
      const hanging = faultOf(provider.ensurePresent(intent, stop.signal));
      await reached; // the role was checked, and nothing is written yet
      stop.abort();
      await hanging;
      await recreate();
      expect((await faultOf(provider.ensurePresent(intent, neverAborts))).code).toBe('target-missing');
      expect(await vendor.level(intent)).toBe('none');
    });
  });
}
