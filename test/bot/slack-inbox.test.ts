import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callerOf } from '../../bot/deps.ts';
import { openInbox } from '../../bot/slack-inbox.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
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
      { user, team, channel: REQUESTS },
      { kind: 'approve', request, body: { digest: DIGEST } },
    );
    expect(click).toMatchObject({ via: 'slack', account: user, person, kind: 'approve', request });
    expect(await place.ledger.readClick(click.id)).toEqual(click);
    expect(click.body).toEqual({ digest: DIGEST, channel: REQUESTS });
  });

  test('a request that is refused before it is a click is recorded with its person, and is no click', async () => {
    const before = (await place.rows('select from click')).length;
    const caller = { user: slackIdOf('ana'), team: TEAM_ID, channel: undefined };
    await inbox().refuseRequest(caller, { code: 'reason-missing' });
    const rows = await place.rows(`select body->>'by' as by, body->>'tried' as tried, step, via from event
                                    where kind = 'refused'`);
    expect(rows).toEqual([{ by: 'ana', tried: 'request', step: 'open', via: 'slack' }]);
    expect((await place.rows('select from click')).length).toBe(before);
  });
});
