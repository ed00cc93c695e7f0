import { expect, test } from '@jest/globals';
import {
  GRAPHQL,
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
  base,
  COLLABORATORS,
  DEFAULT_ANSWERS,
  intentOf,
  INVITATION,
  INVITATIONS,
  invitation,
  NO_REPOSITORY,
  NOT_SHOWN_NOTE,
  ops,
  owner,
  READ_EFFECTIVE_ROLE,
  READ_ORG_MEMBERSHIP,
  REMOVE_COLLABORATOR,
  repository,
  SET_COLLABORATOR,
  shows,
  unnamed,
} from './github-repository.fixture.ts';

const pull = `${SET_COLLABORATOR} {"permission":"pull"}`;
const standing = (all: string, through: string) =>
  `The person still has ${all} ${through}. That is standing access, which Curfew does not revoke.`;
const receipt = (found: string | undefined, own: string, all = own, note?: string) => ({
  level: own,
  ...(found === undefined ? {} : { found }),
  seen: `lantern/orders: the own entry of ana is ${own}, and the role from all sources is ${all}`,
  ...(note === undefined ? {} : { note }),
});
/** The receipt when GitHub showed more before. */
const lowered = (...args: Parameters<typeof receipt>) => ({ ...receipt(...args), lowered: true });
const BASE = 'through the organisation’s base role or a role of the organisation';
const UNNAMED = 'through a role of the enterprise, or in another way that GitHub does not name';
const OPS = 'through the team ops';
const REPLACED =
  'GitHub does not say which role the own entry of the person had, so Curfew removed the entry and added it again as read.';
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

/** An entry below a source that GitHub does not name. The list shows the highest role while the entry exists. */
const UNKNOWN_ROLE: Answers = {
  ...shows(['write', 'read'], [unnamed('maintain')], { notShown: true }),
  [COLLABORATORS]: (sent: readonly { call: string }[]) =>
    sent.some(({ call }) => call === REMOVE_COLLABORATOR)
      ? []
      : [{ id: 7, login: 'ana', role_name: 'maintain' }],
};
/** An answer from the removal of the entry on, and another one before. */
const afterRemoval = (call: string, after: unknown, before: unknown): Answers => ({
  [call]: (sent: readonly { call: string }[]) =>
    sent.some((each) => each.call === REMOVE_COLLABORATOR) ? after : before,
});
const BAD_GATEWAY = status(502, 'bad gateway');
const UNAVAILABLE = 'provider-unavailable: github: 502 bad gateway (request ABC1)';
const HIDDEN = { 'GET /user/7': missing };

const repositoryNow = (more: object): Answers => ({ 'GET /repositories/6001': { ...repository, ...more } });
const changedMeanwhile =
  'not-verified: github: somebody renamed or deleted the repository lantern/orders during the call';

test.each<Row>([
  [
    'is not verified when the repository was renamed during the call',
    { ...shows(['write', 'none']), ...repositoryNow({ name: 'pay' }) },
    changedMeanwhile,
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified when the organisation was renamed during the call',
    { ...shows(['write', 'none']), ...repositoryNow({ owner: { login: 'lantern-inc', id: 3001 } }) },
    changedMeanwhile,
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified when the repository was deleted during the call',
    { ...shows(['write', 'none']), 'GET /repositories/6001': missing },
    changedMeanwhile,
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified when nothing showed before, and the repository was renamed during the call',
    repositoryNow({ name: 'pay' }),
    changedMeanwhile,
    [REMOVE_COLLABORATOR],
  ],
  ['removes the entry', shows(['write', 'none']), lowered('write', 'none'), [REMOVE_COLLABORATOR]],
  [
    'removes an entry with a custom role',
    shows(['security-lead', 'none']),
    lowered('security-lead', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'is sent when nothing shows, because a read may be old',
    {},
    receipt('none', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'finds the role of the entry, and not the higher one of a team',
    shows(['triage', 'none'], [ops('maintain')]),
    lowered('triage', 'none', 'maintain', standing('maintain', OPS)),
    [REMOVE_COLLABORATOR],
  ],
  ['is not verified while the entry shows', shows('write'), still('write', 'none'), [REMOVE_COLLABORATOR]],
  [
    'is not verified while the entry shows, also when a team has the same role',
    shows('write', [ops('write')]),
    still('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified while the entry is listed, where GitHub does not say the sources',
    shows('write', [], { notShown: true }),
    still('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'deletes the invitation',
    invitation('write', 'none'),
    lowered('none', 'none'),
    [REMOVE_COLLABORATOR, `DELETE ${INVITATION}`],
  ],
  [
    'is not verified while the invitation shows',
    invitation('write'),
    stillInvited('write', 'none'),
    [REMOVE_COLLABORATOR, `DELETE ${INVITATION}`],
  ],
  [
    'names the base role that still gives access',
    shows(['write', 'none'], [base('read')]),
    lowered('write', 'none', 'read', standing('read', BASE)),
    [REMOVE_COLLABORATOR],
  ],
  [
    'names all sources of the highest role',
    shows(['write', 'none'], [ops('triage'), base('triage'), { team: 'all', role: 'read' }]),
    lowered('write', 'none', 'triage', standing('triage', `${OPS} and ${BASE}`)),
    [REMOVE_COLLABORATOR],
  ],
  [
    'names a source that GitHub does not name, where REST shows more than GraphQL',
    shows(['write', 'none'], [unnamed('admin')]),
    lowered('write', 'none', 'admin', standing('admin', UNNAMED)),
    [REMOVE_COLLABORATOR],
  ],
  [
    'is verified beside a team that GitHub does not show, because the person is not listed any more',
    shows(['write', 'none'], [ops('maintain')], { notShown: true }),
    lowered(undefined, 'none', 'maintain', standing('maintain', UNNAMED)),
    [REMOVE_COLLABORATOR],
  ],
  [
    'says that an owner has access to everything',
    owner(['write', 'none']),
    lowered('write', 'none', 'admin', standing('admin', 'as an owner of the organisation')),
    [REMOVE_COLLABORATOR],
  ],
  [
    'fails when GitHub refuses it',
    { ...shows('write'), [REMOVE_COLLABORATOR]: status(403, 'Resource not accessible by integration') },
    'provider-forbidden: github: 403 Resource not accessible by integration (request ABC1)',
    [REMOVE_COLLABORATOR],
  ],
  [
    'is done when the repository does not exist',
    NO_REPOSITORY,
    {
      level: 'none',
      seen: 'GitHub answers 404 for the repository lantern/orders, and the App can see all repositories',
      note: 'The organisation has no such repository any more. It was deleted, or somebody transferred it: then its new owner decides who has access.',
    },
    [],
  ],
  [
    'removes a collaborator whose account GitHub does not show',
    { ...HIDDEN, ...shows(['write', 'none']) },
    lowered('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified by a 404 for the account, while the list still shows the person',
    { ...HIDDEN, ...shows('write'), [READ_EFFECTIVE_ROLE]: missing, [REMOVE_COLLABORATOR]: missing },
    still('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'is not verified by a 404 for the account where GitHub does not say the sources',
    {
      ...HIDDEN,
      ...shows('write', [], { notShown: true }),
      [READ_EFFECTIVE_ROLE]: missing,
      [REMOVE_COLLABORATOR]: missing,
    },
    still('write', 'none'),
    [REMOVE_COLLABORATOR],
  ],
  [
    'removes the invitation of an account that GitHub does not show',
    { ...HIDDEN, ...invitation('write', 'none') },
    lowered('none', 'none'),
    [REMOVE_COLLABORATOR, `DELETE ${INVITATION}`],
  ],
  [
    'is done when the account does not exist',
    HIDDEN,
    {
      level: 'none',
      seen: 'GitHub answers 404 for the account 7, and it is no collaborator of lantern/orders',
      note: NOT_SHOWN_NOTE,
    },
    [],
  ],
])('a revoke of everything %s', async (_what, answers, result, sent) =>
  expect(await revoke('none', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['lowers the entry', shows(['write', 'read']), lowered('write', 'read'), [pull]],
  ['lowers a custom role', shows(['security-lead', 'read']), lowered('security-lead', 'read'), [pull]],
  ['is sent again when read shows already', shows('read'), receipt('read', 'read'), [pull]],
  ['adds nobody who has no entry', {}, receipt('none', 'none'), []],
  [
    'adds nobody who has only the role of a team',
    shows('none', [ops('read')]),
    receipt('none', 'none', 'read'),
    [],
  ],
  ['is not verified while the entry shows', shows('write'), still('write', 'read'), [pull]],
  [
    'is not verified while the entry shows, also when a team has the same role',
    shows('write', [ops('write')]),
    still('write', 'read'),
    [pull],
  ],
  [
    'restores exactly, although a team gives more',
    shows(['write', 'read'], [ops('maintain')]),
    lowered('write', 'read', 'maintain', standing('maintain', OPS)),
    [pull],
  ],
  ['is not verified by a custom role', shows('security-lead'), still('security-lead', 'read'), [pull]],
  [
    'removes an entry that would be below the base role',
    {
      ...shows(['write', 'none'], [base('write')]),
      [SET_COLLABORATOR]: status(422, 'Cannot assign ana permission of read'),
    },
    lowered('write', 'none', 'write', standing('write', BASE)),
    [pull, REMOVE_COLLABORATOR],
  ],
  [
    'is verified where GitHub does not say the sources, when no more than read shows then',
    shows(['write', 'read'], [], { notShown: true }),
    lowered(undefined, 'read'),
    [pull],
  ],
  [
    'removes the entry, adds it again and names that, where a source that GitHub does not name hides its role',
    UNKNOWN_ROLE,
    lowered(undefined, 'read', 'maintain', `${REPLACED} ${standing('maintain', UNNAMED)}`),
    [pull, REMOVE_COLLABORATOR, pull],
  ],
  [
    'does the same for an owner of the organisation, who has other sources too',
    { ...UNKNOWN_ROLE, [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'admin' } },
    lowered(undefined, 'read', 'maintain', `${REPLACED} ${standing('maintain', UNNAMED)}`),
    [pull, REMOVE_COLLABORATOR, pull],
  ],
  [
    'is not verified, where the removed entry still shows, and the entry is added again',
    { ...UNKNOWN_ROLE, ...shows('maintain', [], { notShown: true }) },
    still('maintain', 'read'),
    [pull, REMOVE_COLLABORATOR, pull],
  ],
  [
    'adds a removed entry again also when GitHub does not answer the read after it (I5, F12)',
    { ...UNKNOWN_ROLE, ...afterRemoval(READ_EFFECTIVE_ROLE, BAD_GATEWAY, { role_name: 'maintain' }) },
    UNAVAILABLE,
    [pull, REMOVE_COLLABORATOR, pull],
  ],
  [
    'adds the entry again also when GitHub does not answer the removal (F13)',
    { ...UNKNOWN_ROLE, [REMOVE_COLLABORATOR]: BAD_GATEWAY },
    UNAVAILABLE,
    [pull, REMOVE_COLLABORATOR, pull],
  ],
  [
    'adds a removed entry again at the second try (F12)',
    { ...UNKNOWN_ROLE, [SET_COLLABORATOR]: inTurn(status(200), BAD_GATEWAY, status(200)) },
    lowered(undefined, 'read', 'maintain', `${REPLACED} ${standing('maintain', UNNAMED)}`),
    [pull, REMOVE_COLLABORATOR, pull, pull],
  ],
  [
    'says which role must be added by hand when a removed entry could not be added again (F12)',
    { ...UNKNOWN_ROLE, [SET_COLLABORATOR]: inTurn(status(200), BAD_GATEWAY) },
    'provider-unavailable: github: Curfew removed the own entry of ana in lantern/orders and could not add it again. Somebody must add ana with the role read by hand (502 bad gateway (request ABC1))',
    [pull, REMOVE_COLLABORATOR, pull, pull],
  ],
  [
    'says so also when the removed entry still showed (F12)',
    {
      ...UNKNOWN_ROLE,
      ...shows('maintain', [], { notShown: true }),
      [SET_COLLABORATOR]: inTurn(status(200), status(403, 'Resource not accessible by integration')),
    },
    'provider-forbidden: github: Curfew removed the own entry of ana in lantern/orders and could not add it again. Somebody must add ana with the role read by hand (403 Resource not accessible by integration (request ABC1))',
    [pull, REMOVE_COLLABORATOR, pull, pull],
  ],
  [
    'is not verified where a person from outside shows more, because they have no other source',
    { ...shows('maintain', [], { notShown: true }), [READ_ORG_MEMBERSHIP]: missing },
    still('maintain', 'read'),
    [pull],
  ],
  [
    'lowers an invitation',
    invitation('write', 'read'),
    lowered('none', 'none'),
    [`PATCH ${INVITATION} {"permissions":"read"}`],
  ],
  [
    'is not verified while the invitation shows the higher role',
    invitation('write'),
    stillInvited('write', 'read'),
    [`PATCH ${INVITATION} {"permissions":"read"}`],
  ],
  ['leaves an invitation to read as it is', invitation('read'), receipt('none', 'none'), []],
])('a revoke down to read %s', async (_what, answers, result, sent) =>
  expect(await revoke('read', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['an entry', shows('triage'), receipt('triage', 'triage'), []],
  ['an invitation', invitation('triage'), receipt('none', 'none'), []],
  ['an entry beside a team', shows('triage', [ops('triage')]), receipt('triage', 'triage'), []],
  [
    'an entry that shows as write, where GitHub does not say its own role',
    shows('write', [], { notShown: true }),
    receipt(undefined, 'write'),
    [],
  ],
])('a revoke down to write leaves %s as it is', async (_what, answers, result, sent) =>
  expect(await revoke('write', answers)).toEqual([result, sent]),
);

test.each([
  ['redirects', ofGateway(302)],
  ['shows a page of its own', ofGateway(200, 'blocked')],
])('a gateway that %s instead of asking GitHub confirms no revoke', async (_what, answer) => {
  const calls = [COLLABORATORS, GRAPHQL, INVITATIONS, READ_EFFECTIVE_ROLE, REMOVE_COLLABORATOR];
  const [result] = await revoke('none', Object.fromEntries(calls.map((call) => [call, answer])));
  expect(result).toBe(
    'provider-unavailable: github: an answer without x-github-request-id is that of a gateway, not of GitHub',
  );
});
