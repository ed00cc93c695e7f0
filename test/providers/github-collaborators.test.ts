import { describe, expect, test } from '@jest/globals';
import {
  accountIn,
  deleteInvitation,
  effectiveRole,
  isAbove,
  isRole,
  lowerCollaborator,
  rank,
  readAccess,
  setCollaborator,
  updateInvitation,
} from '../../providers/github/collaborators.ts';
import type { RepoRole } from '../../providers/github/target.ts';
import { inTurn, outcome, scripted, status, type Answers } from './github-script.fixture.ts';

const ANA = { id: 7, login: 'ana' };
const REPO = '/repos/lantern/orders';
const COLLABORATOR = `${REPO}/collaborators/ana`;

/** The repository `lantern/orders` at a GitHub with these answers. */
async function atOrders(answers: Answers = {}) {
  const github = scripted(answers);
  return { ...github, at: { octokit: await github.octokit(), owner: 'lantern', repo: 'orders' } };
}

const full = <T>(item: T): T[] => Array.from({ length: 100 }, () => item);

const LEVELS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

test('the roles of a repository are ordered, and a custom role is not in the order', () => {
  expect(LEVELS.map(rank)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(LEVELS.map(isRole)).toEqual([false, true, true, true, true, true]);
  expect([rank('security-lead'), isRole('security-lead')]).toEqual([-1, false]);
});

test('a role is above the lower ones only, and a custom role is above every other role', () => {
  const above = (shown: string) => LEVELS.filter((level) => isAbove(shown, level));
  expect(above('none')).toEqual([]);
  expect(above('write')).toEqual(['none', 'read', 'triage']);
  expect(above('admin')).toEqual(['none', 'read', 'triage', 'write', 'maintain']);
  expect(above('security-lead')).toEqual(LEVELS);
  expect(isAbove('security-lead', 'security-lead')).toBe(false);
});

describe('what GitHub shows about a person in a repository', () => {
  const entry = (role_name: string, id = 7) => ({ id, role_name });
  const invited = (over: object = {}) => ({ id: 70, invitee: { id: 7 }, permissions: 'write', ...over });
  const shown = async (collaborators: unknown, invitations: unknown) => {
    const answers = {
      [`GET ${REPO}/collaborators`]: collaborators,
      [`GET ${REPO}/invitations`]: invitations,
    };
    const { at, sent } = await atOrders(answers);
    return { access: await readAccess(at, ANA), sent };
  };

  test.each<[string, object[], object[], object]>([
    ['nothing', [], [], { direct: 'none' }],
    ['nothing of other people', [entry('admin', 8)], [invited({ invitee: { id: 8 } })], { direct: 'none' }],
    ['their own entry', [entry('admin', 8), entry('maintain')], [], { direct: 'maintain' }],
    ['a custom role', [entry('security-lead')], [], { direct: 'security-lead' }],
    ['an invitation', [], [invited()], { direct: 'none', invitation: { id: 70, role: 'write' } }],
    ['no invitation that expired', [], [invited({ expired: true })], { direct: 'none' }],
    ['no invitation to an address of e-mail', [], [invited({ invitee: null })], { direct: 'none' }],
    [
      'the invitation that is open, after one that expired',
      [],
      [invited({ expired: true }), invited({ id: 71, expired: false })],
      { direct: 'none', invitation: { id: 71, role: 'write' } },
    ],
    [
      'both their own entry and an invitation',
      [entry('read')],
      [invited()],
      { direct: 'read', invitation: { id: 70, role: 'write' } },
    ],
  ])('is %s', async (_what, collaborators, invitations, access) =>
    expect((await shown(collaborators, invitations)).access).toEqual(access),
  );

  test('is read from every page of both lists, and only from entries of people by name', async () => {
    const { access, sent } = await shown(
      inTurn(full(entry('admin', 8)), [entry('triage')]),
      inTurn(full(invited({ invitee: { id: 8 } })), [invited()]),
    );
    expect(access).toEqual({ direct: 'triage', invitation: { id: 70, role: 'write' } });
    expect(sent.slice(1).map(({ url }) => url.pathname + url.search)).toEqual([
      `${REPO}/invitations?per_page=100&page=1`,
      `${REPO}/invitations?per_page=100&page=2`,
      `${REPO}/collaborators?affiliation=direct&per_page=100&page=1`,
      `${REPO}/collaborators?affiliation=direct&per_page=100&page=2`,
    ]);
  });
});

describe('an account that GitHub does not show', () => {
  const BO = { id: 8, login: 'bo' };

  test.each<[string, unknown, unknown, object | undefined]>([
    ['among the collaborators, behind another person', [BO, ANA], [], ANA],
    ['on the second page of the collaborators', inTurn(full(BO), [ANA]), [], ANA],
    ['among the invited people, behind another person', [BO], [{ invitee: BO }, { invitee: ANA }], ANA],
    ['on the second page of the invitations', [], inTurn(full({ invitee: BO }), [{ invitee: ANA }]), ANA],
    ['nowhere when it has neither', [BO], [{ invitee: BO }, { invitee: null }], undefined],
  ])('is found by its number %s', async (_where, collaborators, invitations, found) => {
    const { at } = await atOrders({
      [`GET ${REPO}/collaborators`]: collaborators,
      [`GET ${REPO}/invitations`]: invitations,
    });
    expect(await accountIn(at, 7)).toEqual(found);
  });
});

test.each<[string, unknown, string]>([
  ['the name of the role, not the permission', { permission: 'write', role_name: 'maintain' }, 'maintain'],
  ['none when GitHub names no role', { permission: 'none', role_name: '' }, 'none'],
  ['none for a person whom GitHub does not know there', status(404, 'Not Found'), 'none'],
  [
    'unknown while GitHub fails',
    status(500, 'Server Error'),
    'provider-unavailable: github: 500 Server Error (request ABC1)',
  ],
])('the role from all sources is %s', async (_what, answer, role) => {
  const { at } = await atOrders({ [`GET ${COLLABORATOR}/permission`]: answer });
  expect(await outcome(effectiveRole(at, ANA))).toBe(role);
});

test.each<[RepoRole, string]>([
  ['read', 'pull'],
  ['triage', 'triage'],
  ['write', 'push'],
  ['maintain', 'maintain'],
  ['admin', 'admin'],
])('the role %s is sent with the permission %s', async (role, permission) => {
  const { at, writes } = await atOrders();
  await setCollaborator(at, ANA, role);
  expect(writes()).toEqual([`PUT ${COLLABORATOR} {"permission":"${permission}"}`]);
});

describe('lowering the person’s own entry', () => {
  const [PUT, DELETE] = [`PUT ${COLLABORATOR}`, `DELETE ${COLLABORATOR}`];
  const below = status(422, 'Cannot assign ana permission of read');
  const refused = status(422, 'Validation Failed');

  test.each<[string, string, Answers, unknown, string[]]>([
    ['sets the lower role', 'triage', {}, 'triage', [`${PUT} {"permission":"triage"}`]],
    ['removes it', 'none', {}, 'none', [DELETE]],
    ['is done when it is already removed', 'none', { [DELETE]: status(404, 'Not Found') }, 'none', [DELETE]],
    [
      'removes it when the role is below the base role of the organisation',
      'read',
      { [PUT]: below },
      'none',
      [`${PUT} {"permission":"pull"}`, DELETE],
    ],
    [
      'fails when GitHub refuses the role for another reason',
      'read',
      { [PUT]: refused },
      'provider-refused: github: 422 Validation Failed (request ABC1)',
      [`${PUT} {"permission":"pull"}`],
    ],
    [
      'fails when GitHub refuses the removal',
      'none',
      { [DELETE]: status(403, 'Forbidden') },
      'provider-forbidden: github: 403 Forbidden (request ABC1)',
      [DELETE],
    ],
  ])('%s', async (_what, level, answers, reached, sent) => {
    const { at, writes } = await atOrders(answers);
    expect(await outcome(lowerCollaborator(at, ANA, level))).toBe(reached);
    expect(writes()).toEqual(sent);
  });
});

describe('an invitation', () => {
  const PATH = `${REPO}/invitations/70`;

  test('is changed to another role', async () => {
    const { at, writes } = await atOrders();
    await updateInvitation(at, 70, 'write');
    expect(writes()).toEqual([`PATCH ${PATH} {"permissions":"write"}`]);
  });

  test.each<[string, Answers, unknown]>([
    ['is deleted', {}, undefined],
    ['may be gone before it is deleted', { [`DELETE ${PATH}`]: status(404, 'Not Found') }, undefined],
    [
      'is not taken for deleted when GitHub fails',
      { [`DELETE ${PATH}`]: status(502, 'Server Error') },
      'provider-unavailable: github: 502 Server Error (request ABC1)',
    ],
  ])('%s', async (_what, answers, expected) => {
    const { at, writes } = await atOrders(answers);
    expect(await outcome(deleteInvitation(at, 70))).toBe(expected);
    expect(writes()).toEqual([`DELETE ${PATH}`]);
  });
});
