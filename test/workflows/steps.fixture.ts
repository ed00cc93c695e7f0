import { uuidv7 } from 'uuidv7';
import { recordAnswer } from '../../requests/answer.ts';
import { judge } from '../../requests/judge.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, handleOf, type WorkflowFixture } from './workflow.fixture.ts';

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

/** A pending request that has no workflow. The code that opens it is the code that the workflow calls. */
export async function openedWithoutWorkflow(
  fixture: WorkflowFixture,
  entitlement = 'thing',
): Promise<RequestId> {
  const click = clickIdOf(uuidv7());
  const request = requestIdOf(click);
  const body = { entitlement, length: '1h', reason: 'incident 4312' };
  await asAdmin(async (owner) => {
    await owner.query(
      `insert into click (id, kind, request_id, via, account, person, body, done_at)
       values ($1, 'request', $2, 'cli', 'ana', 'ana', $3, ledger_now())`, // The click is settled, so no workflow starts.
      [click, request, body],
    );
  }, fixture.url);
  await judge(fixture.deps, { request });
  return request;
}

/** An approved request that has no workflow and is not granted. */
export async function approvedWithoutWorkflow(
  fixture: WorkflowFixture,
  entitlement?: string,
): Promise<RequestId> {
  const request = await openedWithoutWorkflow(fixture, entitlement);
  const state = await fixture.state(request);
  const digest = state.kind === 'pending' ? state.details.digest : '';
  const person = 'bo' as PersonId;
  const id = clickIdOf(uuidv7());
  await recordAnswer(fixture.deps, {
    id,
    request,
    via: 'cli',
    account: 'cli',
    person,
    kind: 'approve',
    body: { digest },
  });
  return request;
}

/** Ends a request as its requester, and waits until it is closed. */
export async function endRequest(fixture: WorkflowFixture, request: RequestId): Promise<void> {
  await fixture.answer(request, 'end', 'ana');
  await fixture.waitForState(request, 'closed');
}

/** Every level that was set at the vendor for this lease, in order, from the vendor's own log. */
export const levelsWritten = (
  fixture: WorkflowFixture,
  request: RequestId,
  lease = firstLease(request),
): readonly string[] =>
  fixture.vendor.log
    .read()
    .flatMap((entry) => (entry.op === 'level-set' && entry.by === lease ? [entry.level] : []));

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
