import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import { eventLine } from '../../cli/actions/audit-story.ts';
import type { RequestId } from '../../core/ids.ts';
import { statusPhrase } from '../../wording/status.ts';
import { sweep } from '../../upkeep/sweep.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

const HOUR = 3_600_000;

/** What an invented next version does: new columns, a new state of a request, and a new event in its trail. */
async function asNextVersionWouldLeave(request: RequestId): Promise<void> {
  await rowsOf(fixture.url, 'alter table event drop constraint event_is_sound');
  await rowsOf(fixture.url, 'alter table request drop constraint request_state_check');
  await rowsOf(fixture.url, "alter table lease add column region text not null default 'eu'");
  await rowsOf(fixture.url, "alter table request add column tags text[] not null default '{}'");
  await rowsOf(
    fixture.url,
    `insert into event (request_id, seq, step, kind, body, via, at)
     select request_id, max(seq) + 1, 'pause', 'paused', jsonb_build_object('kind', 'paused', 'by', 'bo', 'at', floor(extract(epoch from now()) * 1000)), 'cli', now()
       from event where request_id = $1 group by request_id`,
    [request],
  );
  await rowsOf(fixture.url, "update request set state = 'paused' where id = $1", [request]);
}
async function live(): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  return request;
}

describe('this version on what a newer version recorded, as after a roll-back (F28)', () => {
  test('access still ends on time, and the event of the newer version stays in the trail', async () => {
    const request = await live();
    await asNextVersionWouldLeave(request);
    await fixture.shiftClock(1.1 * HOUR);
    expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.kinds(request)).toMatch(/activated paused revoke-started revoked closed$/);
  });

  test('access is ended by its requester', async () => {
    const request = await live();
    await asNextVersionWouldLeave(request);
    expect((await answered(fixture, request, { kind: 'end', by: 'ana' })).outcome.ok).toBe(true);
    await fixture.shiftClock(11_000);
    expect((await sweep(fixture.deps)).revoked).toEqual([firstLease(request)]);
    expect(fixture.levelOf()).toBe('none');
  });

  test('a pending request is approved and granted, and one that nobody answers lapses', async () => {
    const [one, other] = [await openedWithoutWorkflow(fixture), await openedWithoutWorkflow(fixture)];
    await asNextVersionWouldLeave(one);
    expect((await answered(fixture, one, { kind: 'approve', by: 'bo' })).outcome.ok).toBe(true);
    await granted(fixture, one);
    expect(fixture.levelOf()).toBe('write');
    await fixture.shiftClock(9 * HOUR);
    expect((await sweep(fixture.deps)).lapsed).toContain(other);
  });

  test('a request in a state of the newer version counts as one that may have access, also when its requester left', async () => {
    const request = await live();
    await asNextVersionWouldLeave(request);
    await fixture.edit('people.yaml', 'manager: bo,', 'manager: bo, active: false,');
    expect((await sweep(fixture.deps)).left).toEqual([request]);
    expect((await fixture.state(request)).kind).toBe('revoking');
  });

  test('its story and its status can be read', async () => {
    const request = await live();
    await asNextVersionWouldLeave(request);
    const trail = await fixture.ledger.readTrail(request);
    expect(
      trail.map(({ event }) => eventLine(event, { title: 'The thing', granted: () => 'granted' })).at(-1),
    ).toBe('Something happened that a newer version of Curfew recorded: "paused".');
    const state = await fixture.state(request);
    expect(
      state.kind === 'blank'
        ? ''
        : terminalText(statusPhrase({ state, title: 'The thing', wait: undefined, elsewhere: [] })),
    ).toMatch(/^Active until/);
  });
});
