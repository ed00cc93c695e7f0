import { afterEach, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { ana } from '../core/request/request.fixture.ts';
import {
  approve,
  approvedIn,
  confirmRevoked,
  end,
  grantedIn,
  newRequest,
  observed,
  openedIn,
  opening,
} from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const TABLES = [
  'click',
  'request',
  'request_lock',
  'event',
  'free_text',
  'holding',
  'lease',
  'secret',
  'outbox',
  'wake_up',
];

/** Every row of the ledger, as text, without its place in the table. */
async function everyRow(): Promise<readonly string[]> {
  const found = await Promise.all(
    TABLES.map((table) => rows<{ row: string }>(`select '${table} ' || t::text as row from ${table} t`)),
  );
  return found
    .flat()
    .map(({ row }) => row)
    .toSorted();
}

// The notification is the last row of a step.
const refuseNotifications = async () => {
  await rows(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'refused'; end $$`);
  await rows('create trigger refuse before insert on outbox for each row execute function refuse()');
};
afterEach(() => rows('drop function if exists refuse cascade'));

const onlyLease = async (request: RequestId) => {
  const lease = await ledger.readLease(leaseIdOf(request, 0));
  if (!lease) throw new Error('there is no lease');
  return lease;
};
const withSecret = async () => {
  const request = await grantedIn(ledger);
  await ledger.storeSecret(leaseIdOf(request, 0), Buffer.from('sealed'));
  return request;
};
const ended = async () => {
  const request = await withSecret();
  await ledger.record(end(request));
  return request;
};

test.each<[what: string, before: () => Promise<RequestId>, step: (request: RequestId) => Promise<unknown>]>([
  ['a request', () => Promise.resolve(newRequest()), (id) => ledger.open(opening(id))],
  [
    'a refusal',
    () => Promise.resolve(newRequest()),
    (request) =>
      ledger.recordRefusal(
        { request, name: 'open', via: 'slack' },
        { by: ana, tried: 'request', refusal: { code: 'reason-missing' } },
      ),
  ],
  ['the last approval, which creates the leases', () => openedIn(ledger), (id) => ledger.record(approve(id))],
  [
    'an intent, which opens a holding (I2)',
    () => approvedIn(ledger),
    async (id) => ledger.intend({ lease: await onlyLease(id), observed, level: 'write', via: 'workflow' }),
  ],
  [
    'the delivery of a secret',
    withSecret,
    (id) =>
      ledger.deliver({
        request: id,
        lease: leaseIdOf(id, 0),
        by: ana,
        click: clickIdOf(uuidv7()),
        via: 'slack',
      }),
  ],
  ['an end, which starts the revocations', withSecret, (id) => ledger.record(end(id))],
  [
    'a receipt, which closes the holding',
    ended,
    async (id) => ledger.record(confirmRevoked(await onlyLease(id))),
  ],
])('%s is recorded whole or not at all', async (_what, before, step) => {
  const request = await before();
  const rowsBefore = await everyRow();
  await refuseNotifications();
  await expect(step(request)).rejects.toThrow('refused');
  expect(await everyRow()).toEqual(rowsBefore);
  await rows('drop function refuse cascade');
  await step(request);
  expect(await everyRow()).not.toEqual(rowsBefore);
});
