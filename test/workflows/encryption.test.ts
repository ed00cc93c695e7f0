import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import { Client } from '@temporalio/client';
import { Fault } from '../../core/faults.ts';
import type { RequestId } from '../../core/ids.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import { encryptedPayloads } from '../../temporal/codec.ts';
import { until } from '../until.fixture.ts';
import { active, approved, endRequest, pending, waitForRetry } from './steps.fixture.ts';
import { firstLease, handleOf, startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

const KEY = randomBytes(32);
let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture({ codec: encryptedPayloads(sealerOf(KEY)) });
});
afterAll(() => fixture?.stop());

/** Everything that Temporal keeps of a request, as text, base64 decoded as well. */
async function keptOf(request: RequestId): Promise<string> {
  const { History } = proto.temporal.api.history.v1;
  const history = await handleOf(fixture, request).fetchHistory();
  const { raw } = await handleOf(fixture, request).describe();
  const bytes = Buffer.from(History.encode(History.create(history)).finish()).toString('latin1');
  return bytes + JSON.stringify(raw);
}

test('Temporal keeps nothing of a request that can be read but its id and the names of its steps (T22)', async () => {
  const request = await active(fixture);
  await endRequest(fixture, request);
  const kept = await keptOf(request);
  expect(kept).toContain(request); // in the id of the workflow
  for (const canary of [firstLease(request), 'endsAt', 'leases', 'undo', 'ana', 'closed'])
    expect(kept).not.toContain(canary);
});

test('the text of a failure is encrypted too', async () => {
  const stop = fixture.providerControl.failFrom(
    'ensurePresent',
    new Fault('provider-unavailable', 'canary-10.0.0.7'),
  );
  const request = await approved(fixture);
  await waitForRetry(fixture, request, 'grant');
  expect(await keptOf(request)).not.toContain('canary');
  stop();
  await fixture.waitForState(request, 'active');
  await endRequest(fixture, request);
});

test('a message with a payload that is not encrypted does not stop the workflow (T11)', async () => {
  const request = await pending(fixture);
  const attacker = new Client({ connection: fixture.client.connection });
  const forged = attacker.workflow.getHandle(handleOf(fixture, request).workflowId);
  await forged.signal('wakeUp', { kind: 'closed' });
  await forged.signal('anything', 'else');
  await fixture.answer(request, 'approve', 'bo');
  await fixture.waitForState(request, 'active');
  await endRequest(fixture, request);
  await fixture.waitForState(request, 'closed');
});

test('an input that is not encrypted with the key reaches no activity and no workflow (T11, T41)', async () => {
  const request = await pending(fixture);
  const attacker = new Client({ connection: fixture.client.connection });
  const judgedBefore = await fixture.kinds(request);
  const handle = await attacker.workflow.start('accessRequest', {
    taskQueue: fixture.queue,
    workflowId: `forged/${request}`,
    args: [{ request }],
  });
  await until('the forged workflow fails its task', async () => {
    const { events = [] } = await handle.fetchHistory();
    return events?.some((event) => event.workflowTaskFailedEventAttributes);
  });
  expect(await fixture.kinds(request)).toBe(judgedBefore);
  await handle.terminate();
  await fixture.answer(request, 'withdraw', 'ana');
  await fixture.waitForState(request, 'closed');
});
