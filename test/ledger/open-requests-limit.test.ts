import { expect, test } from '@jest/globals';
import { person } from '../core/request/request.fixture.ts';
import { newRequest, opening } from './ledger.fixture.ts';
import { ledger } from './own-ledger.fixture.ts';

const eve = person('eve');

test('of sixty requests that one person makes at the same moment, as many are opened as may be open (T30)', async () => {
  const requests = Array.from({ length: 60 }, () => {
    const request = opening(newRequest(), { mostOpen: 25 });
    return { ...request, details: { ...request.details, requester: eve } };
  });
  await Promise.all(requests.map((request) => ledger.open(request)));
  const trails = await Promise.all(requests.map(({ details }) => ledger.readTrail(details.id)));
  const kinds = trails.map((trail) => trail.map(({ event }) => event.kind).join(' '));
  expect(kinds.filter((each) => each === 'requested judged')).toHaveLength(25);
  expect(kinds.filter((each) => each === 'refused')).toHaveLength(35);
  for (const request of requests) await ledger.open(request); // It changes nothing.
  expect(await ledger.countOpenRequests(eve)).toBe(25);
});
