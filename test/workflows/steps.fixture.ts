import { uuidv7 } from 'uuidv7';
import { recordAnswer } from '../../requests/answer.ts';
import { judge } from '../../requests/judge.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, handleOf, type Rig } from './workflow.fixture.ts';

type More = Parameters<Rig['ask']>[0];

/** The ledger's clock runs this far behind while a 1 min request is approved, so that it ends 2 s later. */
const ALMOST_A_MINUTE = -58_000;

export async function pending(rig: Rig, more: More = {}): Promise<RequestId> {
  const request = await rig.ask(more);
  await rig.reaches(request, 'pending');
  return request;
}

/** Approved by enough people; what the provider makes of it is still open. */
export async function approved(rig: Rig, more: More = {}): Promise<RequestId> {
  const request = await pending(rig, more);
  await rig.settled(await rig.say(request, 'approve', 'bo'));
  if (more.entitlement === 'pair') await rig.settled(await rig.say(request, 'approve', 'cy'));
  return request;
}

export async function active(rig: Rig, more: More = {}): Promise<RequestId> {
  const request = await approved(rig, more);
  await rig.reaches(request, 'active');
  return request;
}

/** Active, with an end that is less than two seconds away. */
export async function shortlyActive(rig: Rig, more: More = {}): Promise<RequestId> {
  await rig.shiftClock(ALMOST_A_MINUTE);
  const request = await active(rig, { ...more, length: '1m' });
  await rig.shiftClock(0);
  return request;
}

/** Opened as the workflow would, by the same effects, on the ledger alone. */
export async function openedAlone(rig: Rig): Promise<RequestId> {
  const ask = clickIdOf(uuidv7());
  const request = requestIdOf(ask);
  const body = { entitlement: 'thing', length: '1h', reason: 'incident 4312' };
  await asAdmin(async (owner) => {
    await owner.query(
      `insert into click (id, kind, request_id, via, account, person, body, settled_at)
       values ($1, 'request', $2, 'cli', 'ana', 'ana', $3, ledger_now())`, // settled, so that no workflow starts
      [ask, request, body],
    );
  }, rig.url);
  await judge(rig.deps, { request });
  return request;
}

/** The same, and approved. */
export async function approvedAlone(rig: Rig): Promise<RequestId> {
  const request = await openedAlone(rig);
  const state = await rig.state(request);
  const digest = state.kind === 'pending' ? state.details.digest : '';
  const person = 'bo' as PersonId;
  const id = clickIdOf(uuidv7());
  await recordAnswer(rig.deps, {
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
export async function done(rig: Rig, request: RequestId): Promise<void> {
  await rig.say(request, 'end', 'ana');
  await rig.reaches(request, 'closed');
}

/** Every level that was written at the vendor for this lease, in order: the truth about what happened. */
export const written = (rig: Rig, request: RequestId, lease = firstLease(request)): readonly string[] =>
  rig.vendor.log
    .read()
    .flatMap((entry) => (entry.op === 'level-set' && entry.by === lease ? [entry.level] : []));

/** How the workflow itself ended: its result, or its status when it has none. */
export const outcome = (rig: Rig, request: RequestId): Promise<unknown> => handleOf(rig, request).result();

/** Which door each event of that kind came through. */
export const doors = async (rig: Rig, request: RequestId, kind: string): Promise<readonly string[]> =>
  (await rig.ledger.readTrail(request)).flatMap((row) => (row.event.kind === kind ? [row.via] : []));

/** An activity that Temporal will try again, as the server describes it. */
export const waiting = (rig: Rig, request: RequestId, name: string) =>
  until(`${name} waits to be tried again`, async () => {
    const { raw } = await handleOf(rig, request).describe();
    return raw.pendingActivities?.find(
      (each) => each.activityType?.name === name && each.lastFailure && each.currentRetryInterval,
    );
  });
