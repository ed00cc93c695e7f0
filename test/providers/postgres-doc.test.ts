import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { quoted } from '../../providers/postgres/names.ts';
import { intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { PAGE, rowsOf, sectionOf, sqlOf } from './postgres-doc.fixture.ts';
import { PROOFS } from './postgres-proofs.fixture.ts';
import { problemsOfPage } from './provider-page.fixture.ts';
import { postgresFixture, type PostgresFixture, withParts } from './postgres.fixture.ts';
import { VERSIONS } from './postgres-versions.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

test('a test shows each way to have or keep access that the page names, or the page marks it', () => {
  expect(problemsOfPage(PAGE, PROOFS)).toEqual([]);
});

for (const { version, url } of VERSIONS) {
  describe(`the page at postgres ${version}`, () => {
    let fixture: PostgresFixture;
    const granters: string[] = [];
    afterEach(async () => {
      for (const granter of granters.splice(0)) {
        await fixture.sql(`drop owned by ${granter} cascade`);
        await fixture.sql(`drop role ${granter}`);
      }
      await fixture.stop?.();
    });

    test('names the least privileges as SQL: with exactly these, a grant and a revoke work', async () => {
      fixture = await postgresFixture(url);
      const granter = `granter_of_page_${randomBytes(5).toString('hex')}`;
      const [since16 = '', before16 = ''] = sqlOf(sectionOf('Least privileges'));
      const names: Readonly<Record<string, string>> = {
        curfew_granter: granter,
        orders_read: `"${fixture.names.readers.replaceAll('"', '""')}"`,
        orders: fixture.names.db,
        '...': 'p',
      };
      const sql = (version === '15' ? before16 : since16).replace(
        /curfew_granter|orders_read|orders|\.\.\./g,
        (name) => names[name] ?? name,
      );
      await fixture.sql(sql);
      granters.push(granter);
      const provider = postgresProvider({
        databases: { orders: withParts(url, { database: fixture.names.db, user: granter, password: 'p' }) },
        replicas: { orders: [] },
      });
      const { owner: _owner, ...target } = fixture.target;
      const intent = await intentFor({ ...fixture, provider, target }, { endsAt: inAnHour() });
      const { permissions } = await provider.preflight(
        { targets: [intent.target], duty: 'grant' },
        neverAborts,
      );
      expect(permissions.filter(({ what }) => !what.includes('also opens'))).toEqual([]);
      expect(await provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'present' });
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    });

    /** The statements that change something, written as on the page. */
    const writesOf = (statements: readonly string[], lease: string) =>
      statements
        .filter((sql) => /^(create|alter|grant|revoke|comment|drop|reassign)/.test(sql))
        .map((sql) =>
          sql
            .replace(/'SCRAM[^']+'/, "'<SCRAM verifier>'")
            .replace(/(valid until) '[^']+'/, "$1 '<end>'")
            .replace(/( is) '.+'$/, "$1 '<mark>'")
            .replaceAll(quoted(fixture.names.readers), 'orders_read')
            .replaceAll(fixture.names.reaper, 'curfew_reaper')
            .replaceAll('"', '')
            .replaceAll(lease, '<lease>'),
        );
    /** Before Postgres 16, a membership has no options. */
    const statementsOf = (block: string) =>
      block
        .split('\n')
        .filter(Boolean)
        .filter((line) => version !== '15' || !line.includes('curfew_reaper'))
        .map((line) => line.replace(/;$/, ''))
        .map((line) => (version === '15' ? line.replace(/ with inherit true, set \w+$/, '') : line));

    test('names every statement that changes something', async () => {
      fixture = await postgresFixture(url);
      const { provider, proxy } = fixture;
      const { owner: _owner, ...target } = fixture.target;
      const sentBy = async (lease: string, work: () => Promise<unknown>) => {
        const from = proxy.statements.length;
        await work();
        return writesOf(proxy.statements.slice(from), lease);
      };
      const [grant = [], revoke = [], leftovers = []] = sqlOf(sectionOf('What is written')).map(statementsOf);
      const intent = await intentFor({ ...fixture, target }, { endsAt: inAnHour() });
      const { lease } = intent;
      expect(await sentBy(lease, () => provider.ensurePresent(intent, neverAborts))).toEqual(grant);
      const [, ...rest] = grant;
      expect(await sentBy(lease, () => provider.ensurePresent(intent, neverAborts))).toEqual([
        grant[0]?.replace('create', 'alter'),
        'revoke curfew_<lease> from current_user',
        ...rest,
      ]);
      expect(await sentBy(lease, () => provider.ensureAbsent(revoking(intent), neverAborts))).toEqual(revoke);
      const next = await intentFor({ ...fixture, target }, { endsAt: inAnHour() });
      await provider.ensurePresent(next, neverAborts);
      const client = await fixture.login(next);
      await client.query('create table export (id int)');
      await client.end();
      expect(await sentBy(next.lease, () => provider.ensureAbsent(revoking(next), neverAborts))).toEqual([
        ...revoke.slice(0, -1),
        ...leftovers,
        ...revoke.slice(-1),
      ]);
    });

    test('says how many connections and statements a grant and a revoke take', async () => {
      fixture = await postgresFixture(url);
      const { provider, proxy } = fixture;
      /** Without those for sessions that are just starting: whether there are some depends on the others at the server. */
      const isCounted = (sql: string) => !/pg_sleep|set role|pg_terminate_backend\(\$1\)/.test(sql);
      const count = async <T>(work: () => Promise<T>) => {
        const [connections, statements] = [proxy.connections(), proxy.statements.length];
        const value = await work();
        const sent = proxy.statements.slice(statements).filter(isCounted);
        const repeated = sent.filter(
          (sql, index) => /pg_locks|pg_terminate_backend/.test(sql) && sent.indexOf(sql) < index,
        );
        return { value, counted: [proxy.connections() - connections, sent.length - repeated.length] };
      };
      const once = async () => {
        const observed = await count(() => intentFor(fixture, { endsAt: inAnHour() }));
        const intent = observed.value;
        const calls = [
          () => provider.ensurePresent(intent, neverAborts),
          () => provider.ensurePresent(intent, neverAborts),
          () => provider.ensureAbsent(revoking(intent), neverAborts),
          () => provider.ensureAbsent(revoking(intent), neverAborts),
        ];
        const counted = [observed.counted];
        for (const call of calls) counted.push((await count(call)).counted);
        return counted;
      };
      // On a busy machine a statement takes longer than a second, and then Curfew opens another connection.
      const [one, two, three] = [await once(), await once(), await once()];
      const least = one.map((numbers, call) =>
        numbers.map((number, index) => Math.min(number, two[call]?.[index] ?? 0, three[call]?.[index] ?? 0)),
      );
      const calls = [
        'the observation before a grant',
        'a grant',
        'the same grant again',
        'a revoke',
        'the same revoke again',
      ];
      const ofPage = rowsOf(sectionOf('Connections and statements')).map(([what, ...numbers]) => {
        const [connections = 0, statements = 0] = numbers.map(Number);
        const isGrant = what === 'a grant' || what === 'the same grant again';
        return [what, [connections, version === '15' && isGrant ? statements - 1 : statements]];
      });
      expect(calls.map((call, index) => [call, least[index]])).toEqual(ofPage);
    });

    test('says that a preflight only reads', async () => {
      fixture = await postgresFixture(url);
      const { provider, proxy, target } = fixture;
      const from = proxy.statements.length;
      await provider.preflight({ targets: [target], duty: 'grant' }, neverAborts);
      const sent = proxy.statements.slice(from).map((sql) => sql.trim().split(/\s/)[0]);
      // Since Postgres 17, each connection begins with `set transaction_timeout`.
      expect(new Set(sent)).toEqual(
        new Set([version === '15' ? 'select' : 'set', 'select', 'begin', 'rollback']),
      );
      expect(proxy.statements.slice(from)).toContain('begin transaction read only');
    });

    test('says what preflight misses for each target', async () => {
      fixture = await postgresFixture(url);
      const { provider, names, target } = fixture;
      const found = async (over: object, duty: 'grant' | 'revoke' = 'grant') =>
        (await provider.preflight({ targets: [{ ...target, ...over }], duty }, neverAborts)).permissions
          .filter(({ severity }) => severity === 'missing')
          .map(({ what }) => what);
      expect(await found({})).toEqual([]);
      expect(await found({ role: 'nobody_of_this_name' })).toEqual([
        'orders: the role "nobody_of_this_name" does not exist',
      ]);
      expect(await found({ role: 'nobody_of_this_name' }, 'revoke')).toEqual([]);
      expect(await found({ owner: 'nobody_of_this_name' })).toEqual([
        'orders: the owner "nobody_of_this_name" does not exist',
      ]);
      expect(await found({ oid: '1' })).toEqual([
        expect.stringContaining('is another one than the catalogue names'),
      ]);
      await fixture.sql(`alter role ${names.owner} createrole`);
      expect(await found({ role: names.owner })).toEqual([
        expect.stringContaining('may create roles, grant roles'),
      ]);
      await fixture.sql(
        `alter role ${names.owner} nocreaterole; revoke ${names.owner} from ${names.granter}`,
      );
      // Before Postgres 16, CREATEROLE may grant every role that is not a superuser.
      expect(await found({ role: names.owner })).toEqual(
        version === '15'
          ? []
          : [expect.stringContaining(`ADMIN OPTION for ${names.granter} on the role "${names.owner}"`)],
      );
    });
  });
}
