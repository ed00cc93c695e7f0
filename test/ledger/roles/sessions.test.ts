import { describe, expect, test } from '@jest/globals';
import { leaseIdOf } from '../../../core/ids.ts';
import { openLedger } from '../../../ledger/index.ts';
import { openPool } from '../../../ledger/pool.ts';
import { approvedIn } from '../ledger.fixture.ts';
import { database, ledger as owner, rows } from '../own-ledger.fixture.ts';

describe('the connections of the ledger', () => {
  test('act as their role also when the address has options of its own, which stay in force', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c role=none -c timezone=Asia/Tokyo -c search_path=public,pg_temp');
    const pool = openPool(url.href, { role: 'sweeper', max: 1, queryTimeoutMs: 5_000 });
    const { rows: found } = await pool.query(
      `select current_user::text as acts, current_setting('TimeZone') as zone, current_setting('search_path') as path`,
    );
    await pool.end();
    expect(found).toEqual([{ acts: 'curfew_sweeper', zone: 'UTC', path: 'public,pg_temp' }]);
  });

  test('a connection of a superuser acts as its role, with its time zone, timeouts and keepalives', async () => {
    const pool = openPool(database.url, { role: 'sweeper', max: 1, queryTimeoutMs: 5_000 });
    const setting = (name: string) => `current_setting('${name}') as "${name}"`;
    const names = [
      'TimeZone',
      'application_name',
      'statement_timeout',
      'idle_in_transaction_session_timeout',
      'lock_timeout',
      'tcp_keepalives_idle',
      'tcp_keepalives_interval',
      'tcp_keepalives_count',
    ];
    const { rows: found } = await pool.query(
      `select current_user::text as acts, session_user::text as login, ${names.map(setting).join(', ')}`,
    );
    await pool.end();
    expect(found).toEqual([
      {
        acts: 'curfew_sweeper',
        login: new URL(database.url).username,
        TimeZone: 'UTC',
        application_name: 'curfew',
        statement_timeout: '10s',
        idle_in_transaction_session_timeout: '10s',
        lock_timeout: '5s',
        tcp_keepalives_idle: '5',
        tcp_keepalives_interval: '5',
        tcp_keepalives_count: '3',
      },
    ]);
  });

  test('the connection that listens, and the one that probes, act as the role too', async () => {
    const ledger = openLedger(database.url, { role: 'sweeper' });
    // The database refuses each change of a lease by another role.
    await rows(
      `create function only_sweeper() returns trigger language plpgsql as $$
       begin
         if current_user <> 'curfew_sweeper' then raise exception 'written by %', current_user; end if;
         return new;
       end $$`,
    );
    const request = await approvedIn(owner);
    await rows(
      'create trigger only_sweeper before update on lease for each row execute function only_sweeper()',
    );
    const watching = ledger.watch(
      'curfew_click',
      () => Promise.resolve(0),
      () => undefined,
    );
    try {
      expect(await ledger.canWrite(leaseIdOf(request, 0))).toBe(true);
      expect(await owner.canWrite(leaseIdOf(request, 0))).toBe(false);
    } finally {
      await watching.stop();
      await ledger.close();
      await rows('drop trigger only_sweeper on lease');
    }
  });
});
