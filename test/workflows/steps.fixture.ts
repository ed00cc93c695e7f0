import type { RequestId } from '../../core/ids.ts';
import { until } from '../until.fixture.ts';
import { handleOf, type WorkflowFixture } from './workflow.fixture.ts';

type More = Parameters<WorkflowFixture['submit']>[0];

/** The ledger's clock is this far behind while a request for one minute is approved, so its access ends 2 s later. */
const ALMOST_A_MINUTE = -58_000;

export async function pending(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  const request = await fixture.submit(more);
  await fixture.waitForState(request, 'pending');
  return request;
}

/** A request that enough people approved. Its grant may still be in progress. */
export async function approved(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  const request = await pending(fixture, more);
  await fixture.outcomeOf(await fixture.answer(request, 'approve', 'bo'));
  if (more.entitlement === 'pair') await fixture.outcomeOf(await fixture.answer(request, 'approve', 'cy'));
  return request;
}

export async function active(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  const request = await approved(fixture, more);
  await fixture.waitForState(request, 'active');
  return request;
}

/** An active request that ends in less than two seconds. */
export async function expiringSoon(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  await fixture.shiftClock(ALMOST_A_MINUTE);
  const request = await active(fixture, { ...more, length: '1m' });
  await fixture.shiftClock(0);
  return request;
}

/** Ends a request as its requester, and waits until it is closed. */
export async function endRequest(fixture: WorkflowFixture, request: RequestId): Promise<void> {
  await fixture.answer(request, 'end', 'ana');
  await fixture.waitForState(request, 'closed');
}

/** The result of the workflow. Rejects when the workflow ended without a result. */
export const workflowResult = (fixture: WorkflowFixture, request: RequestId): Promise<unknown> =>
  handleOf(fixture, request).result();

/** The channel (`via`) of each event of that kind. */
export const channelsOf = async (
  fixture: WorkflowFixture,
  request: RequestId,
  kind: string,
): Promise<readonly string[]> =>
  (await fixture.ledger.readTrail(request)).flatMap((row) => (row.event.kind === kind ? [row.via] : []));

/** Waits until Temporal plans a retry of this activity. Returns the activity as the server describes it. */
export const waitForRetry = (fixture: WorkflowFixture, request: RequestId, name: string) =>
  until(`${name} waits for its next retry`, async () => {
    const { raw } = await handleOf(fixture, request).describe();
    return raw.pendingActivities?.find(
      (each) => each.activityType?.name === name && each.lastFailure && each.currentRetryInterval,
    );
  });
