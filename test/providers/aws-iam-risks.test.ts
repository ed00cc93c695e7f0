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

/** What these actions give ends with the policy, or is no access. */
const LOOKED_AT: readonly Readonly<{ why: string; actions: RegExp }>[] = [
  {
    why: "IAM checks the user's current permissions at each call",
    actions: /^sts:Get(Session|Federation)Token$/,
  },
  { why: 'it shows a session, and gives no way into it', actions: /:(BatchGet|Get)\w*Session$/ },
  { why: 'it shows when a token was made', actions: /^aidevops:GetAccessToken$/ },
  {
    why: 'the address is the same for everybody, or of a public file',
    actions: /^(evs|freertos|pricing|rhelkb|sqs|wafv2):G/,
  },
  {
    why: 'it is an address at which the owner of the other place signs in',
    actions: /:GetInstallationUrl$|^bedrock:GetDataSourceAuthorizationUrl$/,
  },
  { why: 'it names a change, and gives no access', actions: /^waf(-regional)?:GetChangeToken$|^ec2:Create/ },
  { why: 'it makes a text, and no access', actions: /^secretsmanager:GetRandomPassword$/ },
  {
    why: 'the owner of the account gets the code',
    actions: /^(cognito-idp:AdminResetUserPassword|health-agent:ResetPassword)$/,
  },
  {
    why: 'the service asks IAM at each call of the session',
    actions:
      /^(appconfig|athena|aws-external-anthropic|bedrock|bedrock-agentcore|chime|cloudwatch|databrew|ecs|elasticmapreduce|emr-serverless|gamelift|health-agent|inspector2|inspector2-telemetry|iotwireless|nimble|nova-act|qapps|qdeveloper|rekognition|user-subscriptions|wisdom):(Create|Start)\w*Session$/,
  },
];

describe("the table of what outlives access, compared with AWS's own list of all actions (T33)", () => {
  let reference: readonly ReferenceAction[];
  test('and each reason to leave an action out is needed', () => {
    for (const { why, actions } of LOOKED_AT)
      expect([why, reference.some((action) => actions.test(full(action)))]).toEqual([why, true]);
  });
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

  test('has every action whose name says that it gives a session, a token, an address or a credential, except those that were looked at', () => {
    const gives =
      /^(Admin)?(Create|Get|Generate|Request|Retrieve|Assume|Start|Open|Send|Join|Connect|Download|Reset|Rotate|Export|Exchange|Refresh|Resume|Initiate|BatchGet|BatchCreate)\w*(Tokens?|TokenFor\w+|Session|Credentials|PresignedU[Rr][Ll]s?|StreamingURL|EmbedUrl\w*|Login|Password|ApiKey|AccessKey|Shell|Tunnel|Url|URL|AuthCode)$/;
    const left = reference
      .filter(({ name }) => gives.test(name))
      .map(full)
      .filter((action) => ![...riskActions(), ...SESSION_ACTIONS].includes(action))
      .filter((action) => !LOOKED_AT.some(({ actions }) => actions.test(action)));
    expect(left).toEqual([]);
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
