import { describe, expect, test } from '@jest/globals';
import { repositorySelection } from '../../providers/github/installation.ts';
import { outcome, scripted } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const INSTALLATION = 'GET /app/installations/8001';
const installation = { account: { login: 'Lantern' }, repository_selection: 'all' };
type Row = [what: string, change: object, expected: unknown];

describe('the repositories on which the App is installed', () => {
  const selection = (change: object) => {
    const { client } = scripted({ [INSTALLATION]: { ...installation, ...change } });
    return outcome(repositorySelection(client, 'lantern', neverAborts));
  };
  const ELSEWHERE = 'provider-forbidden: github: the App is not installed in the organisation lantern';

  test.each<Row>([
    ['all, in the organisation of this name in any case', {}, 'all'],
    ['a selection', { repository_selection: 'selected' }, 'selected'],
    ['unknown, and not all, because GitHub does not say', { repository_selection: undefined }, undefined],
    [
      'unknown, because the installation is in another organisation',
      { account: { login: 'other' } },
      ELSEWHERE,
    ],
    ['unknown, because the installation has no account', { account: null }, ELSEWHERE],
    ['unknown, because the account has no name', { account: { slug: 'lantern' } }, ELSEWHERE],
    ['unknown, because the name is no text', { account: { login: 7 } }, ELSEWHERE],
  ])('are %s', async (_what, change, expected) => expect(await selection(change)).toBe(expected));
});
