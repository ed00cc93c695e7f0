import { cpSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RealConnections } from '../../app/connections.ts';
import { examine } from '../../app/doctor.ts';
import type { Finding } from '../../app/findings.ts';
import { doctorCommand } from '../../cli/commands/doctor.ts';
import { Fault } from '../../core/faults.ts';
import { leaseIdOf } from '../../core/ids.ts';
import type { Preflight, Provider } from '../../providers/provider.ts';
import { quickstartFor } from '../../sandbox/demo/quickstart.ts';
import { startSlack } from '../../sandbox/slack/server.ts';
import { asAdmin, serverUrl, shiftClock } from '../ledger/database.fixture.ts';
import { grantedIn, newRequest, opening, rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const TOKENS = { botToken: 'xoxb-doctor', appToken: 'xapp-doctor' };

let folder: Folder;
let slack: Awaited<ReturnType<typeof startSlack>>;
beforeAll(async () => {
  slack = await startSlack(TOKENS);
  folder = await openFolder({
    slack: { ...TOKENS, channel: 'C1', apiUrl: slack.apiUrl },
    temporal: { TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'] ?? '' },
    providers: { postgres: { databases: { orders: serverUrl() } } },
  });
  // The role of the policy's entitlement. Other tests of this server may create it too.
  await asAdmin(async (owner) => {
    await owner.query(
      'do $$ begin create role orders_reader; exception when duplicate_object or unique_violation then null; end $$',
    );
  });
  // The policy without the entitlements of the providers that are not there.
  cpSync(quickstartFor(folder.home, folder.connections.providers), folder.config, { recursive: true });
});
afterAll(async () => {
  await folder?.stop();
  await slack?.stop();
});

const provider = (name: string, preflight: () => Promise<Preflight>) =>
  ({ name, preflight }) as unknown as Provider;
const FINE: Preflight = { permissions: [], note: '' };

async function findings(
  providers: readonly Provider[] = [],
  more: Partial<RealConnections> = {},
): Promise<readonly Finding[]> {
  const deps = { ...folder.deps, providers: new Map(providers.map((each) => [each.name, each])) };
  return examine({
    deps,
    connections: { ...folder.connections, ...more, kind: 'real', exampleAccounts: 'accepted' },
  });
}
const of = (part: string, found: readonly Finding[]) =>
  found.filter((each) => each.part === part).map(({ state, what }) => [state, what]);

describe('when everything is well', () => {
  test('each part has one line, in a fixed order', async () => {
    const found = await findings([
      provider('one', () => Promise.resolve(FINE)),
      provider('two', () => Promise.resolve(FINE)),
    ]);
    expect(found.map(({ part, state }) => [part, state])).toEqual([
      ['ledger', 'ok'],
      ['audit log', 'ok'],
      ['policy', 'ok'],
      ['policy', 'note'],
      ['slack', 'ok'],
      ['temporal', 'ok'],
      ['one', 'ok'],
      ['two', 'ok'],
    ]);
    expect(of('ledger', found)).toEqual([['ok', 'The database answers and its clock is right.']]);
    expect(of('slack', found)).toEqual([['ok', 'Connected as curfew in Lantern.']]);
    expect(of('policy', found)).toEqual([
      ['ok', expect.stringMatching(/^1 entitlement and \d people in /)],
      ['note', expect.stringContaining(': bo (security), sam (security), ada (auditor).')],
    ]);
    expect(of('temporal', found)).toEqual([['ok', 'Temporal answers and has the namespace "default".']]);
    expect(of('one', found)).toEqual([['ok', 'The credential has the permissions it needs.']]);
  });
});

describe('a part that does not answer is broken, and the others are still examined', () => {
  test('Slack', async () => {
    const found = await findings([], { slack: { ...folder.connections.slack, botToken: 'xoxb-other' } });
    expect(of('slack', found)).toEqual([
      ['broken', expect.stringMatching(/invalid_auth.*Access still ends on time\.$/)],
    ]);
    expect(of('ledger', found)).toMatchObject([['ok', expect.anything()]]);
  });

  test('Temporal', async () => {
    const found = await findings([], { temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    expect(of('temporal', found)).toEqual([
      ['broken', expect.stringMatching(/Access still ends on time: the sweeper revokes it\.$/)],
    ]);
  });

  test('a provider, and not the one beside it', async () => {
    const away = provider('away', () => Promise.reject(new Fault('provider-unavailable', 'no answer')));
    const found = await findings([away, provider('fine', () => Promise.resolve(FINE))]);
    expect(of('away', found)).toEqual([['broken', expect.stringContaining('no answer')]]);
    expect(of('fine', found)).toMatchObject([['ok', expect.anything()]]);
  });

  test('the policy: each mistake with its place', async () => {
    const restore = await folder.breakPolicy();
    try {
      expect(of('policy', await findings())).toEqual([
        ['broken', expect.stringMatching(/^people\.yaml:\d+:\d+/)],
      ]);
    } finally {
      await restore();
    }
  });

  test('the ledger', async () => {
    const ledger = {
      ...folder.deps.ledger,
      now: () => Promise.reject(new Fault('ledger-unavailable', 'down')),
    };
    const found = await examine({
      deps: { ...folder.deps, ledger, providers: new Map() },
      connections: folder.connections,
    });
    expect(of('ledger', found)).toEqual([['broken', expect.stringContaining('down')]]);
  });
});

describe('what the ledger shows', () => {
  afterEach(async () => {
    await shiftClock(folder.url, 0);
    await rowsOf(folder.url, `update lease set ends_at = ledger_now() + interval '1 hour'`);
    await rowsOf(folder.url, 'update outbox set sent_at = now()');
    await rowsOf(folder.url, 'update click set done_at = now()');
  });

  test.each([
    ['1 s ahead', 1_000, 'ok'],
    ['5 s ahead', 5_000, 'warning'],
    ['5 s behind', -5_000, 'warning'],
  ])('a clock that is %s', async (_what, ms, state) => {
    await shiftClock(folder.url, ms);
    const [[found, what] = []] = of('ledger', await findings());
    expect(found).toBe(state);
    if (state === 'warning')
      expect(what).toMatch(
        /^The clock of the database differs from the clock of this machine by \d\.\d s\. Nothing is granted until both are right\.$/,
      );
  });

  test('an overdue lease is a warning with its state and its last fault', async () => {
    const id = await grantedIn(folder.ledger);
    const lease = leaseIdOf(id, 0);
    await rowsOf(
      folder.url,
      `update lease set ends_at = ledger_now() - interval '1 minute' where id = '${lease}'`,
    );
    const line = async () => of('ledger', await findings()).at(1);
    expect(await line()).toEqual(['warning', `${lease} should have ended, but its state is still granted.`]);
    await folder.ledger.noteLeaseFault(lease, 'provider-unavailable: away');
    expect(await line()).toEqual([
      'warning',
      `${lease} should have ended, but its state is still granted: provider-unavailable: away`,
    ]);
  });

  test('clicks and messages that wait for over a minute are warnings, with their number', async () => {
    const old = `now() - interval '2 minutes'`;
    await folder.ledger.open(opening(newRequest()));
    await rowsOf(folder.url, `update outbox set made_at = ${old}`);
    const waiting = async () => of('ledger', await findings()).slice(1);
    const [{ id } = { id: 0 }] = await rowsOf<{ id: number }>(
      folder.url,
      `select id from outbox where sent_at is null and not body ? 'reminder'`,
    );
    await rowsOf(folder.url, 'update outbox set sent_at = now() where id <> $1', [id]);
    expect(await waiting()).toEqual([['warning', '1 Slack message not sent yet. Does the gateway run?']]);
    await folder.ledger.retryLater(id, 'not_in_channel');
    for (const click of ['c1', 'c2'])
      await rowsOf(
        folder.url,
        `insert into click (id, kind, request_id, via, account, body, received_at)
         values ($1, 'end', 'r', 'cli', 'a', '{}', ${old})`,
        [click],
      );
    expect(await waiting()).toEqual([
      ['warning', '2 clicks without an answer for over a minute. Do the gateway and a worker run?'],
      ['warning', '1 Slack message not sent yet: not_in_channel'],
    ]);
  });
});

describe('curfew doctor', () => {
  const doctor = (...args: readonly string[]) => folder.run(doctorCommand(), ...args);

  test('prints a table and exits with 0 when nothing is broken, also with warnings', async () => {
    await shiftClock(folder.url, 30_000);
    try {
      const { code, out, err } = await doctor();
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/^STATE +PART +WHAT\nwarning +ledger +The clock/);
      expect(out).toMatch(/\nok +policy +/);
    } finally {
      await shiftClock(folder.url, 0);
    }
  });

  test('exits with 1 when a part is broken, and still prints every part', async () => {
    const restore = await folder.breakPolicy();
    try {
      const { code, out } = await doctor('--output', 'json');
      const rows = JSON.parse(out) as readonly Finding[];
      expect(code).toBe(1);
      expect(rows.slice(0, 4).map(({ part, state }) => [part, state])).toEqual([
        ['ledger', 'ok'],
        ['audit log', 'ok'],
        ['policy', 'broken'],
        ['slack', 'ok'],
      ]);
      expect(rows.slice(4).map(({ part }) => part)).toContain('postgres');
      expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['part', 'state', 'what']);
    } finally {
      await restore();
    }
  });
});
