import { expect, test } from '@jest/globals';
import { person } from '../core/request/request.fixture.ts';
import { approve, newRequest, opening, stepOf } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const eve = person('eve');

test('of twenty requests that one person makes at the same moment, as many are opened as may be open (T30)', async () => {
  const requests = Array.from({ length: 20 }, () => {
    const request = opening(newRequest(), { mostOpen: 8 });
    return { ...request, details: { ...request.details, requester: eve } };
  });
  await Promise.all(requests.map((request) => ledger.open(request)));
  const trails = await Promise.all(requests.map(({ details }) => ledger.readTrail(details.id)));
  const kinds = trails.map((trail) => trail.map(({ event }) => event.kind).join(' '));
  expect(kinds.filter((each) => each === 'requested judged')).toHaveLength(8);
  expect(kinds.filter((each) => each === 'refused')).toHaveLength(12);
  for (const request of requests) await ledger.open(request); // It changes nothing.
  expect(await ledger.countOpenRequests(eve)).toBe(8);
});

test('the refusal is the step that opens the request, and names the person and the reason (I19)', async () => {
  const { details } = opening(newRequest());
  const request = opening(details.id, { mostOpen: 0, details: { ...details, requester: person('dan') } });
  await ledger.open(request);
  expect((await ledger.readTrail(details.id)).map(({ event }) => event)).toEqual([
    {
      ...{ kind: 'refused', by: 'dan', tried: 'request', at: expect.any(Number) },
      refusal: { code: 'too-many-open' },
    },
  ]);
  expect(await rows('select step from event where request_id = $1', [details.id])).toEqual([
    { step: 'open' },
  ]);
});

test('only openings of the same person wait for each other', async () => {
  await ledger.open(opening(newRequest()));
  const held = await rows(`select request_id from request_lock where request_id = 'requests of ana'`);
  expect(held).toHaveLength(1);
});

test('requests with access count too, and closed ones do not (T30)', async () => {
  const of = (more: object) => {
    const request = opening(newRequest(), { mostOpen: 2 });
    return { ...request, ...more, details: { ...request.details, requester: person('fay') } };
  };
  const [active, over, pending, refused] = [of({}), of({}), of({}), of({})];
  const open = async (request: typeof active) => (await ledger.open(request)).outcome.ok;
  expect(await open(active)).toBe(true);
  await ledger.record(approve(active.details.id));
  expect(await open(over)).toBe(true);
  await ledger.record(
    stepOf(over.details.id, 'withdraw', (at) => ({ kind: 'withdraw', by: person('fay'), digest: 'd1', at })),
  );
  expect([await open(pending), await open(refused)]).toEqual([true, false]);
});
