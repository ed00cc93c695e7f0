import { describe, expect, test } from '@jest/globals';
import { lowerCollaborator, setCollaborator } from '../../providers/github/collaborators.ts';
import {
  accountIn,
  deleteInvitation,
  invitationOf,
  updateInvitation,
} from '../../providers/github/invitations.ts';
import { repositoryFrom } from '../../providers/github/repository-answer.ts';
import type { RepoRole } from '../../providers/github/target.ts';
import { repository, target } from './github-repository.fixture.ts';
import { inTurn, outcome, scripted, status, type Answers } from './github-script.fixture.ts';

const ANA = { id: 7, login: 'ana', hidden: false };
const REPO = '/repos/lantern/orders';
const COLLABORATOR = `${REPO}/collaborators/ana`;

/** The repository `lantern/orders` at a GitHub with these answers. */
async function atOrders(answers: Answers = {}) {
  const github = scripted(answers);
  return { ...github, at: { octokit: await github.octokit(), ...repositoryFrom(repository, target) } };
}

const full = <T>(item: T): T[] => Array.from({ length: 100 }, () => item);

describe('the open invitation of a person', () => {
  const invited = (over: object = {}) => ({
    id: 70,
    invitee: { id: 7, login: 'ana' },
    permissions: 'write',
    ...over,
  });
  const open = (id = 70) => ({ id, role: 'write', login: 'ana' });
  const bo = invited({ invitee: { id: 8, login: 'bo' } });

  test.each<[string, unknown, object | undefined]>([
    ['is none', [], undefined],
    ['is not that of another person', [bo], undefined],
    ['is found behind another person', [bo, invited()], open()],
    ['is none that expired', [invited({ expired: true })], undefined],
    ['is none to an address of e-mail', [invited({ invitee: null })], undefined],
    [
      'is the one after one that expired',
      [invited({ expired: true }), invited({ id: 71, expired: false })],
      open(71),
    ],
    ['is found on the second page', inTurn(full(bo), [invited()]), open()],
  ])('%s', async (_what, invitations, expected) => {
    const { at } = await atOrders({ [`GET ${REPO}/invitations`]: invitations });
    expect(await invitationOf(at, 7)).toEqual(expected);
  });

  const OPEN = { id: 70, role: 'write', login: 'ana' } as const;
  const PATH = `${REPO}/invitations/70`;

  test('is changed to another role', async () => {
    const { at, writes } = await atOrders();
    await updateInvitation(at, OPEN, 'write');
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
    expect(await outcome(deleteInvitation(at, OPEN))).toBe(expected);
    expect(writes()).toEqual([`DELETE ${PATH}`]);
  });
});

describe('an account that GitHub does not show', () => {
  const [BO, HER] = [
    { id: 8, login: 'bo' },
    { id: 7, login: 'ana' },
  ];
  const FOUND = { ...HER, hidden: true };

  test.each<[string, unknown, unknown, object | undefined]>([
    ['among the collaborators, behind another person', [BO, HER], [], FOUND],
    ['on the second page of the collaborators', inTurn(full(BO), [HER]), [], FOUND],
    ['among the invited people, behind another person', [BO], [{ invitee: BO }, { invitee: HER }], FOUND],
    ['on the second page of the invitations', [], inTurn(full({ invitee: BO }), [{ invitee: HER }]), FOUND],
    ['nowhere when it has neither', [BO], [{ invitee: BO }, { invitee: null }], undefined],
  ])('is found by its number %s', async (_where, collaborators, invitations, found) => {
    const { at, sent } = await atOrders({
      [`GET ${REPO}/collaborators`]: collaborators,
      [`GET ${REPO}/invitations`]: invitations,
    });
    expect(await accountIn(at, 7)).toEqual(found);
    expect(sent[1]?.url.search).toBe('?per_page=100&affiliation=direct&page=1');
  });
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

  test.each<[string, string, Answers, string, string[]]>([
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
  ])('%s', async (_what, level, answers, result, sent) => {
    const { at, writes } = await atOrders(answers);
    expect(await outcome(lowerCollaborator(at, ANA, level))).toBe(result);
    expect(writes()).toEqual(sent);
  });
});
