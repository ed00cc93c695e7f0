import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { courierOf } from './outbox.fixture.ts';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { ana } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';

let place: Workplace;
let courier: ReturnType<typeof courierOf>;
beforeAll(async () => {
  place = await startWorkplace();
  courier = courierOf(place, () => undefined);
}, 60_000);
afterAll(async () => {
  await courier?.stop();
  await place?.stop();
}, 60_000);

async function activeRequest(reason: string): Promise<RequestId> {
  const request = await place.pending(reason);
  await place.approve(request);
  await place.record(request, 'granted', (at) => ({
    kind: 'confirm-granted',
    lease: leaseIdOf(request, 0),
    seen: 'present',
    at,
  }));
  await place.sent(request);
  return request;
}
/** Makes the reminder of a request due now, and waits until it is sent or dropped. */
async function dueNow(request: RequestId): Promise<void> {
  const ofReminder = `request_id = '${request}' and body ? 'reminder'`;
  await place.rows(
    `update outbox set next_try_at = ledger_now() where ${ofReminder} returning pg_notify('curfew_outbox', '')`,
  );
  await until('the reminder is sent or dropped', async () => {
    const [row] = await place.rows<{ sent: boolean }>(
      `select sent_at is not null as sent from outbox where ${ofReminder}`,
    );
    return row?.sent;
  });
}
const remindersOf = (name: string) =>
  place
    .messagesIn(dmOf(place.slack.workspace.state, slackIdOf(name))?.id ?? 'none')
    .filter(({ text }) => text.includes('ends soon'));

test('the requester is reminded of access that ends soon, once', async () => {
  const request = await activeRequest('a reminder');
  await dueNow(request);
  expect(remindersOf('ana').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Your access to .+ ends soon[<,]/),
  ]);
});

test('nobody is reminded of access that is over', async () => {
  const request = await activeRequest('no reminder');
  const before = remindersOf('ana').length;
  await place.record(request, 'end', (at) => ({ kind: 'end', by: ana, eligibility: ELIGIBLE, at }));
  await place.sent(request);
  await dueNow(request);
  expect(remindersOf('ana')).toHaveLength(before);
});

test('nobody is reminded of an end that the access has no more, because it was extended', async () => {
  const request = await activeRequest('an old reminder');
  const before = remindersOf('ana').length;
  await place.rows(
    `update outbox set body = jsonb_set(body, '{reminder}', '1') where request_id = '${request}' and body ? 'reminder' returning id`,
  );
  await dueNow(request);
  expect(remindersOf('ana')).toHaveLength(before);
});
