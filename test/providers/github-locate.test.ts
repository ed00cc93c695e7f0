import { describe, expect, test } from '@jest/globals';
import { findRepository, requireRepository } from '../../providers/github/locate.ts';
import { repositoryFrom } from '../../providers/github/repository-answer.ts';
import type { RepoTarget } from '../../providers/github/target.ts';
import { inTurn, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const ORDERS: RepoTarget = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' };
const NUMBERED: RepoTarget = { ...ORDERS, id: 6001 };
const WRITE = { administration: 'write' } as const;

const MINT = 'POST /app/installations/8001/access_tokens';
const BY_NAME = 'GET /repos/lantern/orders';
const BY_NUMBER = 'GET /repositories/6001';
const INSTALLATION = 'GET /app/installations/8001';

const repository = (name = 'orders', owner = 'lantern', orgId = 3001) => ({
  id: 6001,
  node_id: 'R_6001',
  name,
  owner: { login: owner, id: orgId },
});
const installed = (repository_selection: string) => ({ account: { login: 'lantern' }, repository_selection });
const token = { token: 'ghs_x' };
/** GitHub creates no token for this repository, and creates the next one. */
const noToken = {
  [MINT]: inTurn(status(422, 'There is at least one repository that does not exist'), token),
};
const moved = (id: number) => status(301, 'Moved', { location: `https://api.github.com/repositories/${id}` });

const FORBIDDEN = 'provider-forbidden: github:';
const MOVED_AWAY = `${FORBIDDEN} lantern/orders was moved to another owner`;
const NO_PERMISSION = `${FORBIDDEN} the App lacks permissions. Run "curfew doctor" to see which`;
const INVISIBLE = `${FORBIDDEN} the App cannot see lantern/orders. The repository does not exist any more, or the App has lost access to it`;
const MISSING =
  'missing: GitHub answers 404 for the repository lantern/orders, and the App can see all repositories';

/** What is found, in one line, and what was sent for each token. */
async function find(target: RepoTarget, answers: Answers) {
  const { client, scopes } = scripted(answers);
  const found = await outcome(findRepository(client, target, WRITE, neverAborts));
  if (typeof found === 'string') return [found, scopes()];
  if (found.kind === 'missing') return [`missing: ${found.seen}`, scopes()];
  const { kind, at, renamed } = found;
  return [`${kind}: ${at.owner}/${at.repo}${renamed ? ', renamed' : ''}`, scopes()];
}
const named = { permissions: WRITE, repositories: ['orders'] };
const numbered = { permissions: WRITE, repository_ids: [6001] };
const search = { permissions: { metadata: 'read' } };

type Row = [what: string, answers: Answers, found: string, scopes: readonly object[]];

describe('a repository by its name', () => {
  test.each<Row>([
    ['is found', { [BY_NAME]: repository() }, 'found: lantern/orders', [named]],
    [
      'is found under its new name',
      { ...noToken, [BY_NAME]: moved(6001), [BY_NUMBER]: repository('orders-api') },
      'found: lantern/orders-api, renamed',
      [named, search, { permissions: WRITE, repositories: ['orders-api'] }],
    ],
    [
      'is not followed to another owner',
      { ...noToken, [BY_NAME]: moved(6001), [BY_NUMBER]: repository('orders', 'other') },
      MOVED_AWAY,
      [named, search],
    ],
    ['needs more permissions', { ...noToken, [BY_NAME]: repository() }, NO_PERMISSION, [named, search]],
    ['does not exist', { ...noToken, [INSTALLATION]: installed('all') }, MISSING, [named, search]],
    [
      'may exist when the App sees a selection only',
      { ...noToken, [INSTALLATION]: installed('selected') },
      INVISIBLE,
      [named, search],
    ],
    [
      'may exist when GitHub fails',
      { ...noToken, [BY_NAME]: status(500, 'Server Error') },
      'provider-unavailable: github: 500 Server Error (request ABC1)',
      [named, search],
    ],
    [
      'is not searched when the App gets no token at all',
      { [MINT]: status(404, 'Not Found') },
      `${FORBIDDEN} 404 Not Found (request ABC1)`,
      [named],
    ],
  ])('%s', async (_what, answers, found, scopes) =>
    expect(await find(ORDERS, answers)).toEqual([found, scopes]),
  );
});

describe('a repository by its number and that of its organisation', () => {
  const KNOWN: RepoTarget = { ...NUMBERED, orgId: 3001 };
  test.each<[string, object, string]>([
    ['is found', repository(), 'found: lantern/orders'],
    [
      'is found in the renamed organisation',
      repository('orders', 'lantern-inc'),
      'found: lantern-inc/orders',
    ],
    [
      'is not followed to another organisation that has the name now',
      repository('orders', 'lantern', 3002),
      MOVED_AWAY,
    ],
  ])('%s', async (_what, answer, found) =>
    expect(await find(KNOWN, { [BY_NUMBER]: answer })).toEqual([found, [numbered]]),
  );
});

describe('a repository by its number', () => {
  test.each<Row>([
    ['is found', { [BY_NUMBER]: repository() }, 'found: lantern/orders', [numbered]],
    [
      'is found although the organisation is written in another case',
      { [BY_NUMBER]: repository('orders', 'Lantern') },
      'found: Lantern/orders',
      [numbered],
    ],
    [
      'is found under its new name',
      { [BY_NUMBER]: repository('pay') },
      'found: lantern/pay, renamed',
      [numbered],
    ],
    ['has another owner', { [BY_NUMBER]: repository('orders', 'other') }, MOVED_AWAY, [numbered]],
    ['has no owner', { [BY_NUMBER]: { name: 'orders' } }, MOVED_AWAY, [numbered]],
    ['has no name', { [BY_NUMBER]: { owner: { login: 'lantern' } } }, MOVED_AWAY, [numbered]],
    ['needs more permissions', { ...noToken, [BY_NUMBER]: repository() }, NO_PERMISSION, [numbered, search]],
    [
      'has another owner, which the App can see',
      { ...noToken, [BY_NUMBER]: repository('orders', 'other') },
      MOVED_AWAY,
      [numbered, search],
    ],
    [
      'is not followed to another number',
      { ...noToken, [BY_NUMBER]: moved(6002), 'GET /repositories/6002': { ...repository('pay'), id: 6002 } },
      MOVED_AWAY,
      [numbered, search],
    ],
    [
      'does not exist, although another one has its name',
      { ...noToken, [BY_NAME]: repository(), [INSTALLATION]: installed('all') },
      MISSING,
      [numbered, search],
    ],
    [
      'may exist when the App sees a selection only',
      { ...noToken, [INSTALLATION]: installed('selected') },
      INVISIBLE,
      [numbered, search],
    ],
  ])('%s', async (_what, answers, found, scopes) =>
    expect(await find(NUMBERED, answers)).toEqual([found, scopes]),
  );
});

test('a repository that GitHub shows was not deleted, whatever the settings say', async () => {
  const deleted = { deletedRepositories: [6001] };
  const { client } = scripted({ ...noToken, [BY_NUMBER]: repository() }, deleted);
  expect(await outcome(findRepository(client, NUMBERED, WRITE, neverAborts))).toBe(NO_PERMISSION);
});

describe('the repository for a grant', () => {
  const required = async (target: RepoTarget, answers: Answers) => {
    const at = await outcome(requireRepository(scripted(answers).client, target, WRITE, neverAborts));
    return typeof at === 'string' ? at : `${at.owner}/${at.repo}`;
  };
  const renamed = { ...noToken, [BY_NAME]: moved(6001), [BY_NUMBER]: repository('pay') };

  test.each<[string, RepoTarget, Answers, string]>([
    ['is found by its name', ORDERS, { [BY_NAME]: repository() }, 'lantern/orders'],
    ['is followed by its number', NUMBERED, { [BY_NUMBER]: repository('pay') }, 'lantern/pay'],
    [
      'is not followed by its name',
      ORDERS,
      renamed,
      'target-missing: github: lantern/orders was renamed to pay. Change the name in the catalogue',
    ],
    [
      'must exist',
      ORDERS,
      { ...noToken, [INSTALLATION]: installed('all') },
      'target-missing: github: no repository lantern/orders',
    ],
  ])('%s', async (_what, target, answers, expected) =>
    expect(await required(target, answers)).toBe(expected),
  );
});

test.each<[string, object, object]>([
  ['a private one', { private: true }, { visibility: 'private', archived: false }],
  ['a public one of a server that does not name it', { private: false }, { visibility: 'public' }],
  ['an internal one', { private: true, visibility: 'internal' }, { visibility: 'internal' }],
  ['an archived one', { archived: true }, { archived: true }],
  ['one that says nothing else', {}, { visibility: 'private', archived: false }],
])('the numbers, the names and the state of a repository are read: %s', (_what, more, expected) =>
  expect(repositoryFrom({ ...repository(), ...more }, ORDERS)).toMatchObject({
    id: 6001,
    orgId: 3001,
    node: 'R_6001',
    owner: 'lantern',
    repo: 'orders',
    ...expected,
  }),
);
