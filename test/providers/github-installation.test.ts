import { describe, expect, test } from '@jest/globals';
import { installationIn } from '../../providers/github/installation.ts';
import { outcome, scripted } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const INSTALLATION = 'GET /app/installations/8001';
const installation = { account: { login: 'Lantern', id: 3001 }, repository_selection: 'all' };
type Row = [what: string, change: object, expected: unknown];

describe('the repositories on which the App is installed', () => {
  const found = (change: object, target: object = { org: 'lantern' }) => {
    const { client } = scripted({ [INSTALLATION]: { ...installation, ...change } });
    return outcome(installationIn(client, target as { org: string; orgId?: number }, neverAborts));
  };
  const selection = async (change: object) => {
    const result = await found(change);
    return typeof result === 'string' ? result : result.selection;
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

  test.each<[string, object, object, unknown]>([
    ['by its name', {}, { org: 'lantern' }, { org: 'Lantern', orgId: 3001, selection: 'all' }],
    [
      'by its number, under its new name',
      { account: { login: 'lantern-inc', id: 3001 } },
      { org: 'lantern', orgId: 3001 },
      { org: 'lantern-inc', orgId: 3001, selection: 'all' },
    ],
    ['only by its number, when it is known', {}, { org: 'lantern', orgId: 3002 }, ELSEWHERE],
  ])('are those of the organisation, which is found %s', async (_how, change, target, expected) =>
    expect(await found(change, target)).toEqual(expected),
  );
});
