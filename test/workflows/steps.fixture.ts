import { uuidv7 } from 'uuidv7';
import { recordAnswer } from '../../requests/answer.ts';
import { judge } from '../../requests/judge.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, handleOf, type WorkflowFixture } from './workflow.fixture.ts';

type More = Parameters<WorkflowFixture['submit']>[0];

/** The ledger's clock runs this far behind while a 1 min request is approved, so that it ends 2 s later. */
const ALMOST_A_MINUTE = -58_000;

export async function pending(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  const request = await fixture.submit(more);
  await fixture.waitForState(request, 'pending');
  return request;
}

/** Approved by enough people; what the provider makes of it is still open. */
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

/** Active, with an end that is less than two seconds away. */
export async function shortlyActive(fixture: WorkflowFixture, more: More = {}): Promise<RequestId> {
  await fixture.shiftClock(ALMOST_A_MINUTE);
  const request = await active(fixture, { ...more, length: '1m' });
  await fixture.shiftClock(0);
  return request;
}

/** Opened as the workflow would, by the same effects, on the ledger alone. */
export async function openedAlone(fixture: WorkflowFixture): Promise<RequestId> {
  const ask = clickIdOf(uuidv7());
  const request = requestIdOf(ask);
  const body = { entitlement: 'thing', length: '1h', reason: 'incident 4312' };
  await asAdmin(async (owner) => {
    await owner.query(
      `insert into click (id, kind, request_id, via, account, person, body, done_at)
       values ($1, 'request', $2, 'cli', 'ana', 'ana', $3, ledger_now())`, // settled, so that no workflow starts
      [ask, request, body],
    );
  }, fixture.url);
  await judge(fixture.deps, { request });
  return request;
}

/** The same, and approved. */
export async function approvedAlone(fixture: WorkflowFixture): Promise<RequestId> {
  const request = await openedAlone(fixture);
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

/** Ends it as its requester, and waits for the receipt. */
export async function done(fixture: WorkflowFixture, request: RequestId): Promise<void> {
  await fixture.answer(request, 'end', 'ana');
  await fixture.waitForState(request, 'closed');
}

/** Every level that was written at the vendor for this lease, in order: the truth about what happened. */
export const levelsWritten = (
  fixture: WorkflowFixture,
  request: RequestId,
  lease = firstLease(request),
): readonly string[] =>
  fixture.vendor.log
    .read()
    .flatMap((entry) => (entry.op === 'level-set' && entry.by === lease ? [entry.level] : []));

/** How the workflow itself ended: its result, or its status when it has none. */
export const outcome = (fixture: WorkflowFixture, request: RequestId): Promise<unknown> =>
  handleOf(fixture, request).result();

/** The channel (`via`) of each event of that kind. */
export const channelsOf = async (
  fixture: WorkflowFixture,
  request: RequestId,
  kind: string,
): Promise<readonly string[]> =>
  (await fixture.ledger.readTrail(request)).flatMap((row) => (row.event.kind === kind ? [row.via] : []));

/** An activity that Temporal will try again, as the server describes it. */
export const waiting = (fixture: WorkflowFixture, request: RequestId, name: string) =>
  until(`${name} waits to be tried again`, async () => {
    const { raw } = await handleOf(fixture, request).describe();
    return raw.pendingActivities?.find(
      (each) => each.activityType?.name === name && each.lastFailure && each.currentRetryInterval,
    );
  });
