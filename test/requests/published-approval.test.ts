import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logAccess } from '../../audit/published-approval.ts';
import { extendLease } from '../../requests/extend-lease.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import type { Deps } from '../../requests/deps.ts';
import type { LogAccess } from '../../requests/log-access.ts';
import { trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, extensionStarted, granted } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => void (fixture = await startRequestsFixture()));
afterAll(() => fixture?.stop());

/** What a process verifies itself. It does not wait, so that a test without a sequencer ends at once. */
const verifying: LogAccess = {
  ...logAccess(trusted),
  publishedEvents: (ledger, events, options) =>
    logAccess(trusted).publishedEvents(ledger, events, { ...options, waitMs: 0 }),
};
const depsWith = (log: LogAccess | undefined): Deps => {
  const { log: _other, ...deps } = fixture.deps;
  return log ? { ...deps, log } : deps;
};
const grant = (deps: Deps, request: Parameters<typeof firstLease>[0]) =>
  grantLease(deps, { lease: firstLease(request), signal: neverAborts, rememberUndo: () => undefined });

describe('nothing is granted before a published checkpoint has its approval (I21)', () => {
  test('the grant waits for the checkpoint, and the provider was not asked before', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(grant(depsWith(verifying), request)).rejects.toMatchObject({ code: 'log-behind' });
    expect(fixture.levelOf()).toBe('none');
    expect((await fixture.state(request)).kind).toBe('granting');
    await publishAll(fixture.ledger);
    await grant(depsWith(verifying), request);
    expect(fixture.levelOf()).toBe('write');
  });

  test('a process without the log grants nothing, and the request ends with the reason', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await expect(grant(depsWith(undefined), request)).rejects.toMatchObject({ code: 'log-missing' });
    expect(await fixture.state(request)).toMatchObject({
      ending: { kind: 'grant-failed', fault: 'log-missing' },
    });
  });

  test('a later end is not given before its approval is published', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    await granted(fixture, request);
    await extensionStarted(fixture, request);
    const extend = () =>
      extendLease(depsWith(verifying), { lease: firstLease(request), signal: neverAborts });
    await expect(extend()).rejects.toMatchObject({ code: 'log-behind' });
    await publishAll(fixture.ledger);
    await extend();
    expect(await fixture.kinds(request)).toMatch(/extension-started lease-extended extended/);
  });
});
