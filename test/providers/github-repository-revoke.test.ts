import { expect, test } from '@jest/globals';
import {
  inTurn,
  missing,
  ofGateway,
  outcome,
  scripted,
  status,
  type Answers,
} from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  COLLABORATORS,
  REMOVE_COLLABORATOR,
  INVITATION,
  INVITATIONS,
  NO_REPOSITORY,
  SET_COLLABORATOR,
  READ_EFFECTIVE_ROLE,
  LIST_REPOSITORY_TEAMS,
  DEFAULT_ANSWERS,
  entry,
  intentOf,
  invitation,
  owner,
  secondTeam,
  team,
} from './github-repository.fixture.ts';

const pull = `${SET_COLLABORATOR} {"permission":"pull"}`;
const inEffect = (role_name: string) => ({ [READ_EFFECTIVE_ROLE]: { role_name } });
const receipt = (own: string, all = own, through?: string) => ({
  level: own,
  seen: `lantern/orders: the own entry of ana is ${own}, and the role from all sources is ${all}`,
  ...(through
    ? {
        note: `The person still has ${all} ${through}. That is standing access, which Curfew does not revoke.`,
      }
    : {}),
});
/** The receipt when GitHub showed more before. */
const lowered = (...args: Parameters<typeof receipt>) => ({ ...receipt(...args), lowered: true });
const BASE = 'through the organisation’s base role';
const OPS = 'through the team ops';
const still = (role: string, level: string) =>
  `not-verified: github: ana still has ${role} in lantern/orders, not ${level}`;
const stillInvited = (role: string, level: string) =>
  `not-verified: github: ana still has an invitation to ${role} in lantern/orders, not ${level}`;

/** The receipt of a revoke down to `level`, and what was changed for it. */
async function revoke(level: string, answers: Answers) {
  const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
  const result = await outcome(provider.ensureAbsent(intentOf(level), neverAborts));
  expect(scopes()[0]).toEqual({
    permissions: { administration: 'write', members: 'read', metadata: 'read' },
    repositories: ['orders'],
  });
  return [result, writes()];
}
type Row = [what: string, answers: Answers, result: unknown, sent: string[]];

test.each<Row>([
  ['removes the entry', entry('write', 'none'), lowered('none'), [REMOVE_COLLABORATOR]],
  [
    'removes an entry with a custom role',
    entry('security-lead', 'none'),
    lowered('none'),
    [REMOVE_COLLABORATOR],
  ],
  ['is sent when nothing shows, because a read may be old', {}, receipt('none'), [REMOVE_COLLABORATOR]],
  [
    'does not need the teams of a person without access',
    { [LIST_REPOSITORY_TEAMS]: status(500) },
    receipt('none'),
    [REMOVE_COLLABORATOR],
  ],
  ['is not verified while the entry shows', entry('write'), still('write', 'none'), [REMOVE_COLLABORATOR]],
  [
    'is not verified while the entry shows, also when a team has the same role',
    { ...entry('write'), ...inEffect('write'), ...team('push') },
    still('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'deletes the invitation',
    invitation('write', 'none'),
    lowered('none'),
    [`DELETE ${INVITATION}`, REMOVE_COLLABORATOR],
  ],
  [
    'is not verified while the invitation shows',
    invitation('write'),
    stillInvited('write', 'none'),
    [`DELETE ${INVITATION}`, REMOVE_COLLABORATOR],
  ],
  [
    'names the team that still gives access',
    { ...entry('admin', 'none'), ...inEffect('maintain'), ...team('maintain') },
    lowered('none', 'maintain', OPS),
    [REMOVE_COLLABORATOR],
  ],
  [
    'names the base role that still gives access',
    { ...entry('write', 'none'), ...inEffect('read'), ...team('maintain'), [LIST_REPOSITORY_TEAMS]: [] },
    lowered('none', 'read', BASE),
    [REMOVE_COLLABORATOR],
  ],
  [
    'says that an owner has access to everything',
    { ...owner, ...entry('write', 'none'), ...inEffect('admin') },
    lowered('none', 'admin', 'as an owner of the organisation'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'fails when GitHub refuses it',
    { ...entry('write'), [REMOVE_COLLABORATOR]: status(403, 'Resource not accessible by integration') },
    'provider-forbidden: github: 403 Resource not accessible by integration (request ABC1)',
    [REMOVE_COLLABORATOR],
  ],
  [
    'is done when the repository does not exist',
    NO_REPOSITORY,
    {
      level: 'none',
      seen: 'GitHub answers 404 for the repository lantern/orders, and the App can see all repositories',
      note: 'The organisation has no such repository any more. It was deleted, or it was transferred: then its new owner decides who has access.',
    },
    [],
  ],
  [
    'removes a collaborator whose account GitHub does not show',
    {
      'GET /user/7': missing,
      [COLLABORATORS]: inTurn(
        ...Array.from({ length: 2 }, () => [{ id: 7, login: 'ana', role_name: 'write' }]),
        [],
      ),
    },
    lowered('none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'removes the invitation of an account that GitHub does not show',
    { 'GET /user/7': missing, ...invitation('write', 'write', 'none') },
    lowered('none'),
    [`DELETE ${INVITATION}`, REMOVE_COLLABORATOR],
  ],
  [
    'is done when the account does not exist',
    { 'GET /user/7': missing },
    {
      level: 'none',
      seen: 'GitHub answers 404 for the account 7, and it is no collaborator of lantern/orders',
      note: 'The account does not exist any more, and GitHub removed its access with it.',
    },
    [],
  ],
])('a revoke of everything %s', async (_what, answers, result, sent) =>
  expect(await revoke('none', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['lowers the entry', { ...entry('write', 'read'), ...inEffect('read') }, lowered('read'), [pull]],
  [
    'lowers a custom role',
    { ...entry('security-lead', 'read'), ...inEffect('read') },
    lowered('read'),
    [pull],
  ],
  [
    'is sent again when read shows already',
    { ...entry('read'), ...inEffect('read') },
    receipt('read'),
    [pull],
  ],
  [
    'is not sent when read comes from a team',
    { ...entry('read'), ...inEffect('read'), ...team('pull') },
    receipt('read'),
    [],
  ],
  ['adds nobody who has no entry', {}, receipt('none'), []],
  [
    'adds nobody who has only the role of a team',
    { ...team('pull'), ...inEffect('read') },
    receipt('none', 'read'),
    [],
  ],
  [
    'is not verified while the entry shows',
    { ...entry('write'), ...inEffect('write') },
    still('write', 'read'),
    [pull],
  ],
  [
    'is not verified while the entry shows and a team has a lower role',
    { ...entry('write'), ...inEffect('write'), ...team('triage') },
    still('write', 'read'),
    [pull],
  ],
  [
    'is verified when a team gives the role that shows',
    { ...entry('write'), ...inEffect('write'), ...team('push') },
    receipt('read', 'write', OPS),
    [pull],
  ],
  [
    'is verified when the second of two teams gives the role that shows',
    { ...entry('write'), ...inEffect('write'), ...secondTeam('push') },
    receipt('read', 'write', OPS),
    [pull],
  ],
  [
    'is not verified by a custom role',
    { ...entry('security-lead'), ...inEffect('security-lead') },
    still('security-lead', 'read'),
    [pull],
  ],
  [
    'removes an entry that would be below the base role',
    {
      ...entry('write', 'none'),
      ...inEffect('write'),
      [SET_COLLABORATOR]: status(422, 'Cannot assign ana permission of read'),
    },
    lowered('none', 'write', BASE),
    [pull, REMOVE_COLLABORATOR],
  ],
  [
    'is not verified while an entry shows that GitHub should have removed',
    {
      ...entry('write', 'read'),
      ...inEffect('read'),
      [SET_COLLABORATOR]: status(422, 'Cannot assign ana permission of read'),
    },
    still('read', 'none'),
    [pull, REMOVE_COLLABORATOR],
  ],
  [
    'lowers an invitation',
    invitation('write', 'read'),
    lowered('none'),
    [`PATCH ${INVITATION} {"permissions":"read"}`],
  ],
  [
    'is not verified while the invitation shows the higher role',
    invitation('write'),
    stillInvited('write', 'read'),
    [`PATCH ${INVITATION} {"permissions":"read"}`],
  ],
  ['leaves an invitation to read as it is', invitation('read'), receipt('none'), []],
])('a revoke down to read %s', async (_what, answers, result, sent) =>
  expect(await revoke('read', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['an entry', { ...entry('triage'), ...inEffect('triage') }, receipt('triage'), []],
  ['an invitation', invitation('triage'), receipt('none'), []],
  [
    'an entry beside a team',
    { ...entry('triage'), ...inEffect('triage'), ...team('triage') },
    receipt('triage'),
    [],
  ],
])('a revoke down to write leaves %s lower', async (_what, answers, result, sent) =>
  expect(await revoke('write', answers)).toEqual([result, sent]),
);

test.each([
  ['redirects', ofGateway(302)],
  ['shows a page of its own', ofGateway(200, 'blocked')],
])('a gateway that %s instead of asking GitHub confirms no revoke', async (_what, answer) => {
  const calls = [COLLABORATORS, INVITATIONS, LIST_REPOSITORY_TEAMS, READ_EFFECTIVE_ROLE, REMOVE_COLLABORATOR];
  const [result] = await revoke('none', Object.fromEntries(calls.map((call) => [call, answer])));
  expect(result).toBe(
    'provider-unavailable: github: an answer without x-github-request-id is that of a gateway, not of GitHub',
  );
});
