import { describe, expect, test } from '@jest/globals';
import { accountRefusal } from '../../bot/account-check.ts';

const TEAM = 'T0LANTERN';
/** A member of the workspace, as Slack describes one. */
const MEMBER = {
  id: 'U0ANA',
  team_id: TEAM,
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};
const without = (field: keyof typeof MEMBER) => ({ ...MEMBER, [field]: undefined });

describe('why an account may not act (T07)', () => {
  test.each<[string, Parameters<typeof accountRefusal>[0], string | undefined]>([
    ['a member', MEMBER, undefined],
    ['a member who is no stranger', { ...MEMBER, is_stranger: false }, undefined],
    ['a deactivated account', { ...MEMBER, deleted: true }, 'deactivated'],
    ['a bot', { ...MEMBER, is_bot: true }, 'bot'],
    ['Slackbot, which Slack does not mark as a bot', { ...MEMBER, id: 'USLACKBOT' }, 'bot'],
    ['a person of another company', { ...MEMBER, is_stranger: true }, 'outsider'],
    ['a guest of several channels', { ...MEMBER, is_restricted: true }, 'guest'],
    ['a guest of one channel', { ...MEMBER, is_ultra_restricted: true }, 'guest'],
    ['an account of another workspace', { ...MEMBER, team_id: 'T0OTHER' }, 'other-workspace'],
    ['an account without a workspace', without('team_id'), 'unknown'],
    ['an account that may be deactivated', without('deleted'), 'unknown'],
    ['an account that may be a bot', without('is_bot'), 'unknown'],
    ['an account that may be a guest', without('is_restricted'), 'unknown'],
    ['an account that may be a guest of one channel', without('is_ultra_restricted'), 'unknown'],
    ['an account of which nothing is known', {}, 'unknown'],
    ['a bot of which nothing else is known', { is_bot: true }, 'bot'],
    ['a guest of another company', { ...MEMBER, is_stranger: true, is_restricted: true }, 'outsider'],
    ['a guest of another workspace', { ...MEMBER, team_id: 'T0OTHER', is_restricted: true }, 'guest'],
    ['a bot of another company', { ...MEMBER, is_stranger: true, is_bot: true }, 'bot'],
    [
      'an account of another company and workspace',
      { ...MEMBER, team_id: 'T0OTHER', is_stranger: true },
      'outsider',
    ],
    ['a deactivated bot', { ...MEMBER, deleted: true, is_bot: true }, 'deactivated'],
    ['a deactivated guest', { ...MEMBER, deleted: true, is_restricted: true }, 'deactivated'],
  ])('%s', (_what, user, refusal) => expect(accountRefusal(user, TEAM)).toBe(refusal));
});
