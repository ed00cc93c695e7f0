import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type Activities, createActivities } from '../../activities/index.ts';
import { Fault } from '../../core/faults.ts';
import type { Lease, Step } from '../../ledger/index.ts';
import type { Deps } from '../../requests/deps.ts';
import { lease, request } from '../core/request/request.fixture.ts';

const activitiesOn = (ledger: Partial<Deps['ledger']>): Activities =>
  createActivities({ ledger, providers: new Map() } as unknown as Deps);
/** Calls one activity, as Temporal does it. Any client of Temporal can send any input. */
const call = (activities: Activities, name: keyof Activities, input: object): Promise<unknown> =>
  new MockActivityEnvironment().run(activities[name] as (input: object) => Promise<unknown>, input);

describe('a fault that no later attempt can repair', () => {
  const fails = () => Promise.reject(new Fault('provider-refused', 'x'));
  const ledger = {
    readTrail: fails,
    readClick: fails,
    record: fails,
    readLease: fails,
    noteLeaseFault: fails,
  };

  test.each<[keyof Activities, object, boolean]>([
    ['judge', { request }, true],
    ['answer', { request, click: 'click_1', version: 0 }, true],
    ['settle', { request, command: { kind: 'lapse' }, version: 0 }, true],
    ['grant', { lease, version: 0 }, true],
    ['revoke', { lease, expire: false, version: 0 }, false],
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
  const ledger: Partial<Deps['ledger']> = {
    readLease: (id) => Promise.resolve({ id, request } as Lease),
    record(step) {
      steps.push(step);
      return Promise.reject(new Fault('ledger-unavailable', 'x'));
    },
    noteLeaseFault: () => Promise.resolve(),
  };

  test.each<[keyof Activities, object, string]>([
    ['settle', { request, command: { kind: 'lapse' }, version: 0 }, 'lapse'],
    ['revoke', { lease, expire: true, version: 0 }, 'expire'],
  ])('%s', async (name, input, step) => {
    await expect(call(activitiesOn(ledger), name, { ...input, via: 'slack' })).rejects.toThrow();
    expect(steps.splice(0)).toMatchObject([{ request, name: step, via: 'workflow' }]);
  });
});
