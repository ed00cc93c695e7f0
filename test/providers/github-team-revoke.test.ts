import { expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import {
  inTurn,
  missing,
  neverAborts,
  outcome,
  scripted,
  status,
  type Answers,
} from './github-script.fixture.ts';
import {
  DELETE,
  GET,
  MANAGED,
  MEMBERS,
  ORG,
  OWNER_NOTE,
  PUT,
  TEAM,
  TEAMS,
  WORLD,
  active,
  inherited,
  intentOf,
  managed,
  owner,
  pending,
} from './github-team.fixture.ts';

const INSTALLATION = 'GET /app/installations/8001';
const installed = (login: string) => ({ account: { login }, repository_selection: 'selected' });
const STILL = 'not-verified: github: ana is still in the team lantern/oncall';
const asMember = `${PUT} {"role":"member"}`;
const receipt = (level: string, note?: string) => ({
  level,
  seen: `team lantern/oncall: the role of ana is ${level}`,
  ...(note ? { note } : {}),
});
const becomes = (before: unknown, after: unknown) => ({ [GET]: inTurn(before, after) });

/** The receipt of a revoke down to `level`, and what was changed for it. */
async function revoke(level: string, answers: Answers, over: Partial<TeamTarget> = {}) {
  const { provider, writes, scopes } = scripted({ ...WORLD, ...answers });
  const result = await outcome(provider.ensureAbsent(intentOf(level, over), neverAborts));
  expect(scopes()).toEqual([{ permissions: { members: 'write' } }]);
  return [result, writes()];
}
type Row = [what: string, answers: Answers, result: unknown, sent: string[]];

test.each<Row>([
  ['a member', becomes(active('member'), missing), receipt('none'), [DELETE]],
  ['a maintainer', becomes(active('maintainer'), missing), receipt('none'), [DELETE]],
  ['an invited person', becomes(pending, missing), receipt('none'), [DELETE]],
  ['a person who shows no membership, because a read may be old', {}, receipt('none'), [DELETE]],
  ['a person whom GitHub does not know there', { [DELETE]: missing }, receipt('none'), [DELETE]],
  ['nobody, when the membership still shows', { [GET]: active('member') }, STILL, [DELETE]],
  ['nobody, when the invitation still shows', { [GET]: pending }, STILL, [DELETE]],
  [
    'a member who stays one through a child team',
    { [GET]: inTurn(active('member'), active('member')), [MEMBERS]: inTurn([], inherited[MEMBERS]) },
    receipt('none', 'The person is still a member through a child team.'),
    [DELETE],
  ],
  [
    'an owner',
    { ...owner, ...becomes(active('maintainer'), missing) },
    receipt('none', OWNER_NOTE),
    [DELETE],
  ],
  ['no owner, whose membership still shows', { ...owner, [GET]: active('maintainer') }, STILL, [DELETE]],
  ['a person who left the organisation', { [ORG]: missing }, receipt('none'), [DELETE]],
  ['nobody from a managed team', { [GET]: active('member'), [DELETE]: managed }, MANAGED, [DELETE]],
  ['nobody whose invitation is managed', { [GET]: pending, [DELETE]: managed }, MANAGED, [DELETE]],
  [
    'nobody, and needs to remove nobody, from a managed team',
    { [DELETE]: managed },
    receipt('none'),
    [DELETE],
  ],
  [
    'nobody, when GitHub refuses it',
    { [DELETE]: status(403, 'Resource not accessible by integration') },
    'provider-forbidden: github: 403 Resource not accessible by integration (request ABC1)',
    [DELETE],
  ],
])('a revoke of everything removes %s', async (_what, answers, result, sent) =>
  expect(await revoke('none', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['lowers a maintainer', becomes(active('maintainer'), active('member')), receipt('member'), [asMember]],
  ['sends the role again to a member', { [GET]: active('member') }, receipt('member'), [asMember]],
  ['adds nobody who is outside the team', {}, receipt('none'), []],
  ['adds nobody who is invited', { [GET]: pending }, receipt('none'), []],
  [
    'adds nobody who is a member through a child team',
    inherited,
    receipt('none', 'The person is still a member through a child team.'),
    [],
  ],
  ['is not verified while a maintainer shows', { [GET]: active('maintainer') }, STILL, [asMember]],
  [
    'is verified for an owner, whom GitHub shows as a maintainer',
    { ...owner, [GET]: active('maintainer') },
    receipt('maintainer', OWNER_NOTE),
    [asMember],
  ],
  [
    'is refused for a maintainer of a managed team',
    { [GET]: active('maintainer'), [PUT]: managed },
    MANAGED,
    [asMember],
  ],
  [
    'changes no member of a managed team',
    { [GET]: active('member'), [PUT]: managed },
    receipt('member'),
    [asMember],
  ],
])('a revoke down to a member %s', async (_what, answers, result, sent) =>
  expect(await revoke('member', answers)).toEqual([result, sent]),
);

test.each<[string, unknown]>([
  ['a maintainer', active('maintainer')],
  ['an invited maintainer', { ...pending, role: 'maintainer' }],
  ['a member', active('member')],
])('a revoke down to a maintainer changes nothing for %s', async (_who, membership) =>
  expect((await revoke('maintainer', { [GET]: membership }))[1]).toEqual([]),
);

test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
  [
    'the account does not exist',
    { 'GET /user/7': missing },
    {},
    {
      level: 'none',
      seen: 'GitHub answers 404 for the account 7',
      note: 'The account does not exist any more, and GitHub removed its access with it.',
    },
  ],
  [
    'the team does not exist, and the App is in its organisation',
    { [`GET ${TEAM}`]: missing, [INSTALLATION]: installed('lantern') },
    {},
    {
      level: 'none',
      seen: 'GitHub answers 404 for the team lantern/oncall',
      note: 'The team does not exist any more.',
    },
  ],
  [
    'the name belongs to another team',
    { [TEAMS]: [{ id: 51, slug: 'oncall' }], [INSTALLATION]: installed('lantern') },
    { id: 52 },
    {
      level: 'none',
      seen: 'GitHub answers 404 for the team lantern/oncall',
      note: 'The team does not exist any more.',
    },
  ],
  [
    'nobody knows whether the team exists, because the App is in another organisation',
    { [`GET ${TEAM}`]: missing, [INSTALLATION]: installed('other') },
    {},
    'provider-forbidden: github: the App is not installed in the organisation lantern',
  ],
])('a revoke changes nothing when %s', async (_what, answers, over, result) =>
  expect(await revoke('none', answers, over)).toEqual([result, []]),
);
