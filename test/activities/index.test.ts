import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type Activities, providerActivities, requestActivities } from '../../activities/index.ts';
import type { GrantAttempt } from '../../activities/waiting-grants.ts';
import { Fault } from '../../core/faults.ts';
import type { Step } from '../../ledger/index.ts';
import type { Deps } from '../../requests/deps.ts';
import { active, lease, request } from '../core/request/request.fixture.ts';

function activitiesOn(ledger: Partial<Deps['ledger']>): Activities {
  const deps = { ledger, providers: new Map() } as unknown as Deps;
  return { ...requestActivities(deps), ...providerActivities(deps) };
}
/** Calls one activity, as Temporal does it. Any client of Temporal can send any input. */
const call = (
  activities: Partial<Activities>,
  name: keyof Activities,
  input: object,
  taskQueue = 'fake',
): Promise<unknown> =>
  new MockActivityEnvironment({ taskQueue }).run(
    activities[name] as (input: object) => Promise<unknown>,
    input,
  );

test('each grant waits with those of the provider on whose queue it is (F31)', async () => {
  const waiting: GrantAttempt[] = [];
  const deps = { ledger: {}, providers: new Map() } as unknown as Deps;
  const activities = providerActivities(deps, {
    attempt: (attempted) => (waiting.push(attempted), Promise.resolve({} as never)),
  });
  for (const queue of ['github', 'aws-iam', 'postgres']) await call(activities, 'grant', { lease }, queue);
  expect(waiting).toEqual(['github', 'aws-iam', 'postgres'].map((provider) => ({ lease, provider })));
});

describe('a fault that no later attempt can repair', () => {
  const fails = () => Promise.reject(new Fault('provider-refused', 'x'));
  const ledger = {
    readState: fails,
    laterEndsOf: fails,
    readClick: fails,
    record: fails,
    readLease: fails,
    noteLeaseFault: fails,
    canWrite: () => Promise.resolve(true),
  };

  test.each<[keyof Activities, object, boolean]>([
    ['judge', { request }, true],
    ['look', { request }, true],
    ['grant', { lease }, true],
    ['revoke', { lease }, false],
  ])(
    'in the activity %s: it is given up only if it is no revocation (I4)',
    async (name, input, isGivenUp) => {
      await expect(call(activitiesOn(ledger), name, input)).rejects.toMatchObject({
        type: 'provider-refused',
        nonRetryable: isGivenUp,
      });
    },
  );
});

describe('what the workflow does is recorded as done by the workflow, whatever the input says (T11)', () => {
  const steps: Step[] = [];
  if (active.kind !== 'active') throw new Error('it is not active');
  const { endsAt } = active;
  const ledger: Partial<Deps['ledger']> = {
    readState: () => Promise.resolve({ state: active, at: endsAt }),
    leasesOf: () => Promise.resolve([]),
    laterEndsOf: () => Promise.resolve([]),
    record(step) {
      steps.push(step);
      return Promise.reject(new Fault('ledger-unavailable', 'x'));
    },
    canWrite: () => Promise.resolve(true),
    noteLeaseFault: () => Promise.resolve(),
  };

  test.each<[keyof Activities, object]>([
    ['look', { request }],
    ['revoke', { lease }],
  ])('%s', async (name, input) => {
    const forged = { ...input, via: 'slack', command: { kind: 'void' }, expire: false };
    await expect(call(activitiesOn(ledger), name, forged)).rejects.toThrow();
    expect(steps.splice(0)).toMatchObject([{ request, name: 'expire', via: 'workflow' }]);
  });
});
