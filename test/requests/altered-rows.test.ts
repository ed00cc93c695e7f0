import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { logAccess } from '../../audit/published-approval.ts';
import type { RequestId } from '../../core/ids.ts';
import type { Intent } from '../../providers/provider.ts';
import type { Deps } from '../../requests/deps.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { verifyAccess } from '../../requests/verify-access.ts';
import { trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, granted, killedGrant } from './steps.fixture.ts';

// Somebody who can write rows of the ledger, its owner or the login of a process, must not change what an approval gives (T24).

let fixture: RequestsFixture;
beforeEach(async () => void (fixture = await startRequestsFixture()));
afterEach(() => fixture.stop());

const rows = (sql: string, values: readonly unknown[] = []) => rowsOf(fixture.url, sql, values);
const levels = () => [fixture.vendor.levelOf('ana', 'thing'), fixture.vendor.levelOf('ana', 'other')];
const look = () => approvedWithoutWorkflow(fixture, { entitlement: 'look' });

/** Grants, and returns what the provider was told to ensure. */
async function grantedIntents(request: RequestId): Promise<readonly Intent<unknown>[]> {
  const { provider } = fixture.providerControl;
  const told: Intent<unknown>[] = [];
  const ensurePresent: typeof provider.ensurePresent = (intent, signal) => {
    told.push(intent);
    return provider.ensurePresent(intent, signal);
  };
  const deps: Deps = { ...fixture.deps, providers: new Map([['fake', { ...provider, ensurePresent }]]) };
  await grantLease(deps, { lease: firstLease(request), signal: neverAborts, rememberUndo: () => undefined });
  return told;
}

describe('what is granted is what was approved and published', () => {
  test('the target that the row of the lease names does not count', async () => {
    const request = await look();
    await rows(
      `set role curfew_provider; update lease set found_spec = '{"resource":"other","level":"admin"}'`,
    );
    await grantedIntents(request);
    expect(levels()).toEqual(['read', 'none']);
  });

  test('after an attempt that was killed, another target or account in the rows is refused', async () => {
    const request = await look();
    await killedGrant(fixture, request);
    await rows(`update lease set found_spec = '{"resource":"other","level":"admin"}'`);
    await expect(grantedIntents(request)).rejects.toMatchObject({ code: 'not-verified' });
    const dee = fixture.vendor.makeAccount('dee');
    await rows('update lease set found_spec = null');
    await rows('update holding set subject_id = $1, subject_name = $2', [dee, 'dee']);
    await expect(grantedIntents(request)).rejects.toMatchObject({ code: 'not-verified' });
    expect([...levels(), fixture.vendor.levelOf('dee', 'thing')]).not.toContain('admin');
    expect(fixture.vendor.levelOf('dee', 'thing')).toBe('none');
  });

  test('a later end in the row of the lease does not reach the provider', async () => {
    const request = await look();
    await rows(`update lease set ends_at = ends_at + interval '1 year'`);
    const [intent] = await grantedIntents(request);
    const state = await fixture.state(request);
    expect(intent?.endsAt).toBe('endsAt' in state ? state.endsAt : undefined);
  });

  test('another lease of the same access counts only when the published log says that it was granted', async () => {
    const request = await look();
    await killedGrant(fixture, request);
    const forged = request.replace(/.{4}$/, 'zzzz');
    await rows(
      `insert into request select $2, requester, 'top', minutes, 'active',
              jsonb_set(targets, '{0,level}', '"admin"'), shown, approvers, opened_at, lapses_at, ends_at + interval '1 day', null
         from request where id = $1`,
      [request, forged],
    );
    await rows(
      `insert into lease (id, request_id, position, provider, state, holding_id, lock_key, ends_at)
       select replace($2, 'req_', 'lease_') || '_0', $2, 0, provider, 'granted', holding_id, lock_key, ends_at + interval '1 day'
         from lease where request_id = $1`,
      [request, forged],
    );
    const told = await grantedIntents(request);
    expect(told.map(({ level }) => level)).not.toContain('admin');
    expect(levels()).toEqual(['read', 'none']);
  });
});

test('a granted lease of another target, attached to this access, does not raise the level', async () => {
  const other = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
  await granted(fixture, other);
  const request = await look();
  await killedGrant(fixture, request);
  await rows(
    'update lease set holding_id = (select holding_id from lease where request_id = $1) where request_id = $2',
    [request, other],
  );
  const told = await grantedIntents(request);
  expect(told.map(({ level }) => level)).toEqual(['read']);
  expect(levels()).toEqual(['read', 'write']);
});

describe('access is granted again only as the published log says', () => {
  const verifying = (): Deps => ({ ...fixture.deps, log: logAccess(trusted) });
  /** A live access that the provider lost. */
  async function lost(): Promise<RequestId> {
    const request = await look();
    await granted(fixture, request);
    fixture.vendor.setLevel('ana', 'thing', 'none');
    return request;
  }
  const verify = (deps = verifying()) => verifyAccess(deps, 'fake\nthing\nana', neverAborts);

  test('not before its events are published', async () => {
    await lost();
    await expect(verify()).rejects.toMatchObject({ code: 'log-behind' });
    expect(levels()).toEqual(['none', 'none']);
    await publishAll(fixture.ledger);
    await verify();
    expect(levels()).toEqual(['read', 'none']);
  });

  test.each([
    ['another target', `update lease set found_spec = '{"resource":"other","level":"admin"}'`],
    [
      'another level of the same target',
      `update lease set found_spec = '{"resource":"thing","level":"admin"}'`,
    ],
    ['another account', `update holding set subject_id = 'another'`],
    [
      'other targets of the request',
      `update request set targets = jsonb_set(targets, '{0,account}', '"dee"')`,
    ],
  ])('not with %s in the rows', async (_what, sql) => {
    await lost();
    await publishAll(fixture.ledger);
    await rows(sql);
    await expect(verify()).rejects.toMatchObject({ code: 'log-altered' });
    expect(levels()).toEqual(['none', 'none']);
  });
});
