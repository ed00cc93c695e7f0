import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { riskActions } from '../../providers/aws-iam/risks.ts';
import { SESSION_ACTIONS } from '../../providers/aws-iam/sessions.ts';
import {
  chooseRisks,
  readReference,
  RISK_FILE,
  renderRisks,
  type ReferenceAction,
} from '../../scripts/aws-risks.ts';
import { ROOT } from '../../scripts/import-table.ts';

describe("the table of what outlives access, compared with AWS's own list of all actions (T33)", () => {
  let reference: readonly ReferenceAction[];
  beforeAll(async () => {
    reference = await readReference();
  });
  const full = ({ service, name }: ReferenceAction) => `${service}:${name}`;

  test('is what the script makes of the list', async () =>
    expect(readFileSync(join(ROOT, RISK_FILE), 'utf8')).toBe(await renderRisks(reference)));

  test('names only actions that exist, each once', () => {
    const known = new Set(reference.map(full));
    const named = [...riskActions(), ...SESSION_ACTIONS];
    expect(reference.length).toBeGreaterThan(20_000);
    expect(named.filter((action) => !known.has(action))).toEqual([]);
    expect(named.filter((action, index) => named.indexOf(action) !== index)).toEqual([]);
  });

  test('has every action of which AWS says that it manages permissions, except those that only read or use', () => {
    const left = reference
      .filter(({ level }) => level.includes('Permissions management'))
      .map(full)
      .filter((action) => ![...riskActions(), ...SESSION_ACTIONS].includes(action));
    expect(left.filter((action) => /:(Put|Create|Update|Add|Attach|Set|Modify|Grant)/.test(action))).toEqual(
      [],
    );
    expect(left.length).toBeLessThan(75);
  });

  test('has every action of IAM that makes something, except what gives no access', () => {
    const left = reference
      .filter(({ service, name }) => service === 'iam' && /^(Create|Put|Attach|Upload|Add)/.test(name))
      .map(full)
      .filter((action) => !riskActions().includes(action));
    expect(left).toEqual([
      'iam:CreateAccountAlias',
      'iam:CreateDelegationRequest',
      'iam:CreateGroup',
      'iam:PutAccountProperties',
      'iam:UploadCloudFrontPublicKey',
      'iam:UploadServerCertificate',
    ]);
  });

  test('cannot be made from a list that lacks an action that a rule names', () =>
    expect(() => chooseRisks(reference.filter((action) => full(action) !== 'kms:CreateGrant'))).toThrow(
      'the reference has no kms:CreateGrant',
    ));

  test('gets an action that AWS adds to the management of permissions', () => {
    const added = { service: 'newservice', name: 'PutThingPolicy', level: 'Permissions management, Write' };
    expect(chooseRisks([...reference, added]).get('sharing')).toContain('newservice:PutThingPolicy');
    const read = { ...added, name: 'ListThingPolicies' };
    expect(chooseRisks([...reference, read]).get('sharing')).not.toContain('newservice:ListThingPolicies');
  });
});
