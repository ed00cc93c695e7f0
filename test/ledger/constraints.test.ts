import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { freshDatabase } from './database.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let owner: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

type Row = Readonly<Record<string, unknown>>;

/** One right row for each table, in the order in which they can be added. */
const RIGHT = {
  click: { id: 'c', kind: 'approve', request_id: 'r', via: 'slack', account: 'U1', body: '{}' },
  unchecked_click: { click_id: 'c' },
  account_check: { click_id: 'c', facts: '{}' },
  request: {
    id: 'r',
    requester: 'ana',
    entitlement: 'x',
    minutes: 1,
    state: 'pending',
    targets: '[]',
    shown: '{}',
    approvers: '{}',
    opened_at: 'now',
    lapses_at: 'now',
  },
  event: {
    request_id: 'r',
    seq: 0,
    step: 'open',
    kind: 'requested',
    body: '{"kind":"requested"}',
    via: 'slack',
    at: 'now',
  },
  request_lock: { request_id: 'r' },
  provider_lock: { key: 'k', fence: 1, owner: '00000000-0000-0000-0000-000000000000', ends_at: 'now' },
  wake_up: { request_id: 'r' },
  free_text: { request_id: 'r', kind: 'reason', salt: 's', body: 'why' },
  holding: { provider: 'p', target_key: 'k', subject_id: 's', subject_name: 'n', prior: 'none' },
  lease: {
    id: 'l',
    request_id: 'r',
    position: 0,
    provider: 'p',
    state: 'granted',
    lock_key: 'k',
    ends_at: 'now',
  },
  secret: { lease_id: 'l', sealed: '\\x01' },
  outbox: { request_id: 'r', body: '{}' },
  posted_message: { request_id: 'r', place: 'channel', channel: 'C1', ts: '1.0' },
} as const satisfies Readonly<Record<string, Row>>;
type Table = keyof typeof RIGHT;

const add = async (table: Table, more: Row = {}): Promise<void> => {
  const row: Row = { ...RIGHT[table], ...more };
  const columns = Object.keys(row);
  await owner.query(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
};

/** Adds all right rows, runs the work, and leaves nothing behind. */
async function withRightRows(work: () => Promise<void>): Promise<void> {
  await owner.query('begin');
  try {
    for (const table of Object.keys(RIGHT) as Table[]) await add(table);
    await work();
  } finally {
    await owner.query('rollback');
  }
}

describe('the database refuses', () => {
  test.each<[string, Table, Row, string | RegExp]>([
    ['an unknown kind of click', 'click', { id: 'c2', kind: 'grant' }, 'click_kind_check'],
    ['a click through an unknown channel', 'click', { id: 'c2', via: 'mail' }, 'click_via_check'],
    ['a second click with the same id', 'click', { kind: 'deny' }, 'click_pkey'],
    ['a request of no length', 'request', { id: 'r2', minutes: 0 }, 'request_minutes_check'],
    ['an unknown state of a request', 'request', { id: 'r2', state: 'failed' }, 'request_state_check'],
    ['a second request with the same id', 'request', { requester: 'bo' }, 'request_pkey'],
    ['an event before the first one', 'event', { seq: -1, step: 'x' }, 'event_is_sound'],
    ['an unknown kind of event', 'event', { seq: 1, kind: 'promised' }, 'event_is_sound'],
    ['an event through an unknown channel', 'event', { seq: 1, step: 'x', via: 'mail' }, 'event_is_sound'],
    ['two events with one number', 'event', { step: 'x' }, /^event_before_\d{4}_\d\d_pkey$/],
    [
      'the same event of the same step again',
      'event',
      { seq: 1 },
      /^event_before_\d{4}_\d\d_request_id_step_kind_key$/,
    ],
    ['an unknown kind of text', 'free_text', { kind: 'note' }, 'free_text_kind_check'],
    ['a second reason of one request', 'free_text', { body: 'another' }, 'free_text_pkey'],
    ['two open holdings of one account at one target', 'holding', { prior: 'write' }, 'holding_open'],
    ['an unknown state of a lease', 'lease', { id: 'l2', position: 1, state: 'lost' }, 'lease_state_check'],
    [
      'a lease without its request',
      'lease',
      { id: 'l2', position: 1, request_id: 'none' },
      'lease_request_id_fkey',
    ],
    ['a lease in no holding', 'lease', { id: 'l2', position: 1, holding_id: 0 }, 'lease_holding_id_fkey'],
    ['two leases of a request on one target', 'lease', { id: 'l2' }, 'lease_request_id_position_key'],
    ['a secret of no lease', 'secret', { lease_id: 'none' }, 'secret_lease_id_fkey'],
    ['a second secret of a lease', 'secret', { sealed: '\\x02' }, 'secret_pkey'],
    ['a second lock of a request', 'request_lock', {}, 'request_lock_pkey'],
    ['a check of no click', 'account_check', { click_id: 'none' }, 'account_check_click_id_fkey'],
    ['a second check of a click', 'account_check', { facts: '{"id":"U2"}' }, 'account_check_pkey'],
    [
      'no click that waits for a check',
      'unchecked_click',
      { click_id: 'none' },
      'unchecked_click_click_id_fkey',
    ],
    ['a second wake-up of a request', 'wake_up', {}, 'wake_up_pkey'],
    ['a second message in one place', 'posted_message', { ts: '2.0' }, 'posted_message_pkey'],
  ])('%s', async (_what, table, row, constraint) => {
    await withRightRows(async () => {
      await expect(add(table, row)).rejects.toMatchObject({
        constraint: typeof constraint === 'string' ? constraint : expect.stringMatching(constraint),
      });
    });
  });

  test.each([
    ['a secret that is gone and not marked as erased', 'sealed = null, delivered_at = null'],
    ['a secret that is marked as erased and still there', 'erased_at = now()'],
  ])('%s', async (_what, change) => {
    await withRightRows(async () => {
      await expect(owner.query(`update secret set ${change}`)).rejects.toMatchObject({
        constraint: 'secret_check',
      });
    });
  });
});

describe('the database accepts', () => {
  test('a secret that is erased', async () => {
    await withRightRows(async () => {
      await owner.query('update secret set sealed = null, erased_at = now()');
    });
  });

  test('another holding of the same account at the same target after the first one is closed', async () => {
    await withRightRows(async () => {
      await owner.query('update holding set closed_at = now()');
      await add('holding', { prior: 'write' });
    });
  });

  test.each<[Table, string, readonly string[]]>([
    ['click', 'kind', ['request', 'approve', 'deny', 'withdraw', 'end', 'deliver']],
    ['click', 'via', ['slack', 'cli']],
    ['request', 'state', ['pending', 'granting', 'active', 'revoking', 'closed']],
    ['lease', 'state', ['grant-started', 'intended', 'granted', 'revoke-started', 'revoked']],
  ])('in %s each %s of %j', async (table, column, values) => {
    await withRightRows(async () => {
      for (const [index, value] of values.entries())
        await add(table, {
          id: `n${index}`,
          ...(table === 'lease' ? { position: index + 1 } : {}),
          [column]: value,
        });
    });
  });
});

describe('nobody changes an event, not even the owner of the tables (I20)', () => {
  test.each([
    ['update', `update event set body = '{"kind":"approved"}'`],
    ['delete', 'delete from event'],
    ['truncate', 'truncate event'],
    ['truncate all tables together with events', 'truncate request, lease, event cascade'],
  ])('%s', async (_what, sql) => {
    await withRightRows(async () => {
      await expect(owner.query(sql)).rejects.toMatchObject({ code: 'CRF01' });
    });
  });
});

describe('nobody changes what Slack said about an account, not even the owner of the tables (T45)', () => {
  test.each([
    ['update', `update account_check set facts = '{}'`],
    ['delete', 'delete from account_check'],
    ['truncate', 'truncate account_check'],
    ['truncate with clicks', 'truncate click cascade'],
  ])('%s', async (_what, sql) => {
    await withRightRows(async () => {
      await expect(owner.query(sql)).rejects.toMatchObject({ code: 'CRF01' });
    });
  });
});
