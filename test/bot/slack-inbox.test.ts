import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { callerOf } from '../../bot/deps.ts';
import { newFormId } from '../../inbox/receive.ts';
import { openInbox } from '../../bot/inbound/slack-inbox.ts';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
import { ana } from '../core/request/request.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';
import { REQUESTS, slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';

let place: Workplace;
beforeAll(async () => {
  place = await startWorkplace();
}, 60_000);
afterAll(() => place?.stop(), 60_000);

const inbox = () => openInbox({ ledger: place.ledger, policy: place.policy, team: TEAM_ID });

describe('the caller comes from the signed payload of Slack', () => {
  test.each<[string, object, object]>([
    [
      'a button',
      { user: { id: 'U1', team_id: 'T2' }, team: { id: 'T1' }, channel: { id: 'C1' } },
      { user: 'U1', team: 'T2', channel: 'C1' },
    ],
    ['a form', { user: { id: 'U1' }, team: { id: 'T1' } }, { user: 'U1', team: 'T1', channel: undefined }],
    [
      'a command',
      { user_id: 'U1', team_id: 'T1', channel_id: 'C1' },
      { user: 'U1', team: 'T1', channel: 'C1' },
    ],
    ['a payload without a user', { team: null }, { user: '', team: undefined, channel: undefined }],
  ])('%s', (_what, body, expected) => expect(callerOf(body)).toEqual(expected));
});

describe('what a person did is stored', () => {
  test.each([
    ['a member', 'ana', TEAM_ID, 'ana'],
    ['a member, when the payload names no workspace', 'ana', undefined, 'ana'],
    ['the same account of another workspace', 'ana', 'T0OTHERCO1', null],
    ['an account that nobody has', 'gil', TEAM_ID, null],
  ])('of %s', async (_who, name, team, person) => {
    const [request, user] = [await place.pending('a click'), slackIdOf(name)];
    const click = await inbox().receive(
      { user, team, channel: REQUESTS, message: '7.7' },
      { kind: 'approve', request, body: { digest: DIGEST } },
    );
    expect(click).toMatchObject({ via: 'slack', account: user, person, kind: 'approve', request });
    expect(await place.ledger.readClick(click.id)).toEqual(click);
    expect(click.body).toEqual({ digest: DIGEST, channel: REQUESTS, message: '7.7' });
  });

  test('once, when Slack sends the same form again (F18)', async () => {
    const [form, other] = [newFormId(), newFormId()];
    const idOf = async (given: string | undefined) => {
      const body = { entitlement: 'orders-db', length: '1h', reason: 'the form comes twice' };
      const caller = { user: slackIdOf('ana'), team: TEAM_ID, channel: undefined, form: given };
      return (await inbox().receive(caller, { kind: 'request', body })).id;
    };
    const first = await idOf(form);
    expect(await idOf(form)).toBe(first);
    expect(await idOf(other)).not.toBe(first);
  });

  test('without a channel and a message when there is none', async () => {
    const [request, user] = [await place.pending('a click in a form'), slackIdOf('ana')];
    const action = { kind: 'approve', request, body: { digest: DIGEST } } as const;
    expect((await inbox().receive({ user, team: TEAM_ID, channel: undefined }, action)).body).toEqual({
      digest: DIGEST,
    });
  });

  test('the end of access by its requester counts when the people file no longer names them, and by nobody else', async () => {
    const requester = slackIdOf('ana');
    const { request } = await inbox().receive(
      { user: requester, team: TEAM_ID, channel: REQUESTS },
      { kind: 'request', body: { entitlement: 'orders-db', length: '1h', reason: 'they leave the file' } },
    );
    const nobodyKnown = { ...place.policy, lastKnownPersonOf: () => Promise.resolve(undefined) };
    const without = openInbox({ ledger: place.ledger, policy: nobodyKnown, team: TEAM_ID });
    const personOf = async (user: string, kind: 'end' | 'withdraw' | 'approve', team: string = TEAM_ID) =>
      (await without.receive({ user, team, channel: REQUESTS }, { kind, request, body: {} })).person;
    expect(await personOf(requester, 'end')).toBe('ana');
    expect(await personOf(requester, 'withdraw')).toBe('ana');
    expect(await personOf(requester, 'approve')).toBeNull();
    expect(await personOf(slackIdOf('gil'), 'end')).toBeNull();
    expect(await personOf(requester, 'end', 'T0OTHERCO1')).toBeNull();
  });

  test('the end of access is not of its requester when the access was requested at the command line', async () => {
    const requester = slackIdOf('gil');
    const id = clickIdOf(uuidv7());
    const request = requestIdOf(id);
    const body = { entitlement: 'orders-db', length: '1h', reason: 'typed in a terminal' };
    await place.ledger.writeClick({
      id,
      request,
      via: 'cli',
      account: requester,
      person: ana,
      kind: 'request',
      body,
    });
    const caller = { user: requester, team: TEAM_ID, channel: REQUESTS };
    expect((await inbox().receive(caller, { kind: 'end', request, body: {} })).person).toBeNull();
  });

  test.each([
    ['a member', 'ana', TEAM_ID, 'ana'],
    ['the same account of another workspace', 'ana', 'T0OTHERCO1', null],
    ['an account that nobody has', 'gil', TEAM_ID, null],
  ])('a refused request of %s is recorded as theirs or as of nobody', async (_who, name, team, by) => {
    await inbox().refuseRequest(
      { user: slackIdOf(name), team, channel: undefined },
      { code: 'too-many-open' },
    );
    const rows =
      await place.rows(`select person as by from click where body->'refusal'->>'code' = 'too-many-open'
                                    order by received_at desc limit 1`);
    expect(rows).toEqual([{ by }]);
  });

  test('a request that was refused in its form is a click with the refusal, and no event before it is decided', async () => {
    const caller = { user: slackIdOf('ana'), team: TEAM_ID, channel: undefined };
    await inbox().refuseRequest(caller, { code: 'reason-missing' });
    const rows = await place.rows(`select c.person, c.kind, via, done_at, (select count(*) from event e
                                           where e.request_id = c.request_id) as events
                                     from click c where body->'refusal'->>'code' = 'reason-missing'`);
    expect(rows).toEqual([{ person: 'ana', kind: 'request', via: 'slack', done_at: null, events: 0 }]);
  });
});
