import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseRequestId } from '../../core/ids.ts';
import { readContent } from '../../requests/mass-ending/read-content.ts';
import { revokeLost, sweep } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { type Backup, backUp } from '../ledger/restore.fixture.ts';
import { ana, endedAll } from './mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from './steps.fixture.ts';

const HOUR = 3_600_000;

let fixture: RequestsFixture;
let backup: Backup | undefined;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(async () => {
  await fixture?.stop();
  await backup?.drop();
  backup = undefined;
});

/** Runs statements with the rights of a provider's process. */
const asProvider = (...statements: readonly string[]) =>
  asAdmin(async (owner) => {
    await owner.query('set role curfew_provider');
    for (const statement of statements) await owner.query(statement);
  }, fixture.url);
const OPEN = `insert into quarantine (reason, ledger_serial, manifest_serial) values ('forged', 0, 0)`;
const THE_ACCESS = `(select replace(to_jsonb(array[provider, target_key, subject_id])::text, '", "', '","') from holding)`;
const line = (kind: string, { request = 'req_x', key = `'x'` } = {}) =>
  `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
   select id, 'lease_forged_0', '${kind}', '{"serial":1}', 'x', '${request}', ${key}, 'infinity' from quarantine`;
const ANY_REQUEST = `req_${'0'.repeat(26)}`;

describe('a row that the stolen login of a provider wrote, with a time that no calendar has, stops no end (I3, T24)', () => {
  test('of a lost lease of the same access', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await asProvider(OPEN, line('unknown', { key: THE_ACCESS }));
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revoked(fixture, request);
    expect([fixture.levelOf(), (await fixture.state(request)).kind]).toEqual(['none', 'closed']);
  });

  test('of a later end of the same request', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await asProvider(OPEN, line('later-end', { request }));
    await fixture.shiftClock(2 * HOUR);
    await sweep(fixture.deps);
    expect([fixture.levelOf(), (await fixture.state(request)).kind]).toEqual(['none', 'closed']);
  });

  test('of a request that nobody made, when everything of a person ends', async () => {
    expect(parseRequestId(ANY_REQUEST).ok).toBe(true);
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await asProvider(OPEN, line('unknown', { request: ANY_REQUEST }));
    await endedAll(fixture, ana);
    expect((await fixture.state(request)).kind).toBe('revoking');
    expect((await fixture.ledger.readQuarantine())?.plan).toHaveLength(1);
  });

  test('of the request itself, when everything of a person ends and when the requests are listed', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    await asProvider(`update request set ends_at = 'infinity' where id = '${request}'`);
    expect((await readContent(fixture.deps, ana, 5)).total).toBe(1);
    expect(await fixture.ledger.listRequests({})).toHaveLength(1);
    await endedAll(fixture, ana);
    expect((await fixture.state(request)).kind).toBe('revoking');
  });
});

test('an entry without a serial is refused, so a lost lease of the same id still ends (I25, T24)', async () => {
  backup = await backUp(fixture.url);
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  await backup.restore();
  const lease = firstLease(request);
  const forged = (serial: string) =>
    asProvider(
      `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       select id, '${lease}', 'later-end', '{"serial":${serial}}', 'x', 'req_x', 'x', now() + interval '1 year' from quarantine`,
    );
  await asProvider(OPEN);
  for (const serial of ['"x"', 'null', '-1', '1e30'])
    await expect(forged(serial)).rejects.toThrow('quarantine_lease_serial');
  await forged('0');
  await sweep(fixture.deps);
  await fixture.shiftClock(2 * HOUR);
  await revokeLost(fixture.deps);
  expect(fixture.levelOf()).toBe('none');
});
