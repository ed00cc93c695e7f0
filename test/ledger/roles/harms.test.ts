import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, leaseIdOf, type RequestId } from '../../../core/ids.ts';
import type { Command } from '../../../core/request/commands.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { LEDGER_ROLES } from '../../../ledger/roles.ts';
import { ana, bo } from '../../core/request/request.fixture.ts';
import * as the from '../../core/request/request.fixture.ts';
import { asAdmin } from '../database.fixture.ts';
import { grantedIn, rowsOf, stepOf } from '../ledger.fixture.ts';
import { database, ledger, rows } from '../own-ledger.fixture.ts';
import { HARMS, type Victim } from './harms.fixture.ts';

// docs/security.md is read here: what it says of a role is compared with what Postgres does.

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');
const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
const namesIn = (cell: string): readonly string[] => cell.split(', ');
/** The roles, from the table that says what each of them writes. */
const roles = [...PAGE.matchAll(/^\| `curfew_(\w+)` /gm)].map(([, role = '']) => role);
const [, , ...lines] = (/\| what an attacker does[^]*?\n\n/.exec(PAGE)?.[0] ?? '').trim().split('\n');
/** A line has the harms that the same roles can do, with the same consequences. */
const possible = lines.map(cellsOf).flatMap(([harms = '', who = '', follows = '', limit = '']) => {
  const can = who === 'every role' ? roles : namesIn(who);
  return harms.split('; ').map((harm) => ({ harm, can, follows, limit }));
});
const impossible = (/^\*\*No role can\*\*: (.*)\.$/m.exec(PAGE)?.[1] ?? '')
  .split('; ')
  .map((harm) => ({ harm, can: [], follows: '-', limit: '-' }));
const table = [...possible, ...impossible].map(({ harm, can, follows, limit }) => ({
  ...{ harm, can, follows, limit },
  said: Object.fromEntries(roles.map((role) => [role, can.includes(role) ? 'yes' : 'no'])),
}));

/** Every role of the ledger, and that of auditors and their tools, as which no part of Curfew acts. */
const ROLES = [...LEDGER_ROLES, 'auditor'] as const;
type Role = (typeof ROLES)[number];
const roleName = (role: Role): string => `curfew_${role}`;

let victim: Victim;

beforeAll(async () => {
  const request = await grantedIn(ledger);
  const [lease, click, delivered] = [leaseIdOf(request, 0), clickIdOf(uuidv7()), clickIdOf(uuidv7())];
  const [extended, failed] = [await extendedIn(), await extendedIn('fail')];
  const other = await grantedIn(ledger);
  const typed = { lease: leaseIdOf(other, 0), click: clickIdOf(uuidv7()) };
  victim = { request, lease, click, delivered, typed, extended, failed };
  await ledger.writeClick({
    ...{ id: click, request, via: 'slack', account: 'U1', person: ana, kind: 'end' },
    body: { digest: 'd1' },
  });
  await ledger.storeSecret(lease, Buffer.from('sealed'));
  await ledger.deliver({ request, lease, by: ana, click: delivered, via: 'slack' });
  await ledger.storeSecret(typed.lease, Buffer.from('sealed too'));
  await ledger.deliver({ request: other, ...typed, by: ana, via: 'cli' });
  await ledger.savePostedMessage(request, { place: 'channel', channel: 'C1', ts: '1' });
  await ledger.withLock('x', () => Promise.resolve());
  await rows('insert into manifest_entry (lease_id) values ($1)', [lease]);
  await rows(
    `insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id)
     values ('restored', 1, 2, now(), 'dee', 'd', nextval('log_id'))`,
  );
  await rows(
    `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
     select id, 'lease_lost', 'unknown', '{"serial":1}', '', 'req_lost', 'x', now() from quarantine`,
  );
  await rows('insert into wake_up (request_id) values ($1) on conflict do nothing', [request]);
  await rows(
    `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, draw_at)
     values ('find_victim', 'access', 'fake', 'x', 'x', '{}', 'x', 'id-9', 'eve', 'read', true, '[]', 'open', now())`,
  );
  await rows(
    `insert into finding_decision (click_id, finding_id, kind, by, via) values ('click_decided', 'find_victim', 'adopt', 'cy', 'cli')`,
  );
  await rows(`insert into finding_reason values ('click_decided', 'on call')`);
  await rows(`update log_state set name = 'log.example/harms', size = 2`);
  await rows(`insert into log_checkpoint (size, note) values (1, 'note')`);
  await rows(
    `insert into console_session (id_hash, person, account, zone, own_zone) values (sha256('y'), 'ana', 'x', 'UTC', 'UTC')`,
  );
  await rows(`insert into reading (person, kind, address) values ('dee', 'page', '/')`);
  await rows(
    `insert into visit (person, from_at, until_at) values ('dee', now(), now() + interval '15 minutes')`,
  );
  await rows(
    `insert into review (id, opened_by, title_hash, scope, from_at, to_at, due_at, population, population_digest)
     values ('review_victim', 'dee', 'x', '{}', '2026-01-01', '2026-02-01', '2026-03-01', 1, 'x')`,
  );
  await rows(
    `insert into review_decision (click_id, review_id, line_id, kind, by, via) values ('click_reviewed', 'review_victim', 'lease_y', 'object', 'cy', 'cli')`,
  );
  await rows(`insert into review_reason (click_id, salt, body) values ('click_reviewed', 's', 'because')`);
  await rows(`insert into log_gap (first, last, holders) values (1000000, 1000000, '{}')`);
  await rows(
    `insert into use_reading (lease_id, read_at, source, kind, why) values ($1, now(), 'fake', 'unknown', 'hidden')`,
    [lease],
  );
  await rows(
    `insert into log_stream (sink, log, claimed_by, claimed_until) values ('stdout:', 'log', 'me', now())`,
  );
  await rows(`insert into target_pass (provider, target_key, spec) values ('fake', 'x', '{}')`);
  await rows(`insert into read_budget (provider, calls) values ('fake', 1)`);
  await rows(`insert into request_lock values ($1) on conflict do nothing`, [request]);
  // A copy of a database does not have the rights on the database itself, which the migration gives.
  const name = new URL(database.url).pathname.slice(1);
  await rows(
    `revoke all on database ${name} from public; grant connect on database ${name} to ${ROLES.map(roleName).join(', ')}`,
  );
  await rows(
    `insert into mass_ending (id, scope, made_by, needs) values ('end_victim', '{"kind":"everything"}', 'cy', 9)`,
  );
  for (const role of ROLES)
    await rows(`create role ${loginNameOf(role)} login password 'x' in role ${roleName(role)}`);
});
afterAll(() =>
  asAdmin(async (admin) => {
    for (const role of ROLES) await admin.query(`drop role if exists ${loginNameOf(role)}`);
  }),
);

/** A request with an approved extension that is carried out, but for the row of its lease, or that failed. */
async function extendedIn(how: 'extend' | 'fail' = 'extend'): Promise<RequestId> {
  const request = await grantedIn(ledger);
  const record = (name: string, command: (at: Instant, state: RequestState) => Command) =>
    ledger.record(stepOf(request, name, command));
  await record('extend', (at, state) =>
    the.extend(at, { from: 'endsAt' in state ? (state.endsAt ?? at) : at }),
  );
  await record('approve', (at) => the.approveExtension(bo, at));
  if (how === 'fail') await record('fail', (at) => the.failExtension(at));
  else {
    await record('lease', (at) => the.confirmLeaseExtended(leaseIdOf(request, 0), at));
    await record('extended', (at) => the.confirmExtended(at));
    await rows(`update lease set ends_at = ends_at - interval '1 hour' where request_id = $1`, [request]);
  }
  return request;
}

/** A login that is a member of one role, as a split process has it. */
const loginNameOf = (role: Role): string => `${new URL(database.url).pathname.slice(1)}_${role}`;

async function sessionOf(role: Role): Promise<pg.Client> {
  const url = Object.assign(new URL(database.url), { username: loginNameOf(role), password: 'x' });
  const client = new pg.Client({ connectionString: url.href, options: `-c role=${roleName(role)}` });
  await client.connect();
  return client;
}

/** 42501: no right. 23514: a constraint of the table. */
const REFUSED = ['42501', '23514'];
/** The role of auditors does not see the schema "public", so its tables and functions do not exist for it. */
const UNSEEN = ['42P01', '42883', '3F000'];

/** What Postgres does with the statement of a role. Nothing of it stays. */
async function tried(role: Role, sql: string): Promise<string> {
  const client = await sessionOf(role);
  try {
    await client.query('begin');
    const { command, rowCount } = await client.query(sql);
    return /^(INSERT|UPDATE|DELETE|SELECT)$/.test(command) && rowCount === 0 ? 'no' : 'yes';
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (REFUSED.includes(code) || (role === 'auditor' && UNSEEN.includes(code))) return 'no';
    throw error;
  } finally {
    await client.end();
  }
}

describe('the table of docs/security.md: which role can do what harm (I20, T24, T43)', () => {
  test('has a column for each role, and a line for each harm that is tried here', () => {
    expect(roles).toEqual([...ROLES]);
    expect(table.map(({ harm }) => harm).toSorted()).toEqual(Object.keys(HARMS).toSorted());
    expect(table.flatMap(({ can }) => can).filter((role) => !roles.includes(role))).toEqual([]);
  });

  test.each(table)('$harm: what is possible is what the table says', async ({ harm, said }) => {
    const attack = HARMS[harm];
    if (!attack) throw new Error(`no statement tries: ${harm}`);
    const found: Record<string, string> = {};
    for (const role of ROLES) found[role] = await tried(role, attack(victim));
    expect(found).toEqual(said);
  });

  test.each(table)('$harm: the line says what follows and what limits it', ({ said, follows, limit }) => {
    const isPossible = Object.values(said).includes('yes');
    expect([follows, limit]).not.toContain('');
    expect([follows === '-', limit === '-']).toEqual([!isPossible, !isPossible]);
  });
});

test('no role can log in, is an administrator, belongs to another role, or owns anything (I20)', async () => {
  expect(
    await rows(
      `select rolname from pg_roles r
        where rolname = any ($1)
          and (rolcanlogin or rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
               or exists (select from pg_auth_members m where m.member = r.oid)
               or exists (select from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o'))`,
      [ROLES.map(roleName)],
    ),
  ).toEqual([]);
});

test('PUBLIC has no right on any table, function or schema of the ledger', async () => {
  const found = await rowsOf(
    database.url,
    `select c.relname::text as what from pg_class c, aclexplode(c.relacl) x
      where c.relnamespace = 'public'::regnamespace and x.grantee = 0
      union all select p.proname::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
      where p.pronamespace = 'public'::regnamespace and x.grantee = 0
      union all select n.nspname::text from pg_namespace n, aclexplode(n.nspacl) x
      where n.nspname = 'public' and x.grantee = 0`,
  );
  expect(found).toEqual([]);
});
