const MINUTES = 1;
const HOURS = 60;
const DAYS = 24 * HOURS;

/**
 * How long something works after the policy that gave it has ended: a number of minutes, or `open` (for as long as somebody keeps
 * it open), or `undocumented` (AWS names no limit).
 */
export type Lifetime = number | 'open' | 'undocumented';

/**
 * Actions that give the same thing. `from` is where AWS documents the lifetime: the longest one that a caller can choose. With a
 * row that `actsAsRole`, a person has the permissions of a role: its credentials, or a shell or a notebook where it runs. With a row
 * that `actsAsOther`, a person has the permissions of a role or of another identity, which the statements of the target do not show.
 */
export type SessionRow = Readonly<{
  gives: string;
  lifetime: Lifetime;
  from: string;
  actions: string;
  actsAsRole: boolean;
  actsAsOther: boolean;
}>;

const row = (gives: string, lifetime: Lifetime, from: string, actions: string): SessionRow => ({
  gives,
  lifetime,
  from,
  actions,
  actsAsRole: false,
  actsAsOther: false,
});

const otherRow = (...of: Parameters<typeof row>): SessionRow => ({ ...row(...of), actsAsOther: true });

const roleRow = (...of: Parameters<typeof row>): SessionRow => ({ ...otherRow(...of), actsAsRole: true });

const NONE = 'no limit in the documentation of the service';

/**
 * Actions that give a session, a token, an address or a credential that the service does not check against IAM again, so that it
 * works after the policy has ended. What makes something permanent is in `risk-actions.ts`. A test compares both with the
 * names of all actions in AWS's Service Authorization Reference.
 */
export const SESSION_ROWS: readonly SessionRow[] = [
  roleRow("a role's session", 12 * HOURS, 'STS API reference, AssumeRole: DurationSeconds', 'sts:AssumeRole'),
  otherRow(
    "a root's session in a member account",
    15 * MINUTES,
    'STS API reference, AssumeRoot: DurationSeconds',
    'sts:AssumeRoot',
  ),
  otherRow(
    'a token that services outside AWS accept',
    1 * HOURS,
    'STS API reference, GetWebIdentityToken: "from 60 seconds (1 minute) to 3600 seconds (1 hour)"',
    'sts:GetWebIdentityToken',
  ),
  otherRow(
    'a token of Identity Center',
    'undocumented',
    NONE,
    'sso-oauth:CreateTokenWithIAM signin:CreateOAuth2Token redshift:GetIdentityCenterAuthToken redshift-serverless:GetIdentityCenterAuthToken',
  ),
  row(
    'a token that a service of AWS accepts',
    'undocumented',
    NONE,
    'sts:GetServiceBearerToken license-manager:GetAccessToken',
  ),
  roleRow(
    'credentials of a role',
    12 * HOURS,
    "STS API reference, AssumeRole: no role's session is longer",
    'sts:GetDelegatedAccessToken cognito-identity:GetCredentialsForIdentity datazone:GetEnvironmentCredentials ' +
      'datazone:GetDomainExecutionRoleCredentials deadline:AssumeFleetRoleForRead deadline:AssumeFleetRoleForWorker ' +
      'deadline:AssumeQueueRoleForRead deadline:AssumeQueueRoleForUser deadline:AssumeQueueRoleForWorker ' +
      'eks-auth:AssumeRoleForPodIdentity finspace-api:GetProgrammaticAccessCredentials iq-permission:AssumePermissionRole ' +
      'ssm:RequestManagedInstanceRoleToken ssm:GetAccessToken gamelift:RequestUploadCredentials gamelift:GetComputeAccess ' +
      'cloudwatch:GetSpaceCredentials cloudwatch:GetSpaceCredentialsForOrganization cloud9:ModifyTemporaryCredentialsOnEnvironmentEC2 ' +
      'cloudshell:PutCredentials glue:GlueNotebookAuthorize glue:GlueNotebookRefreshCredentials',
  ),
  roleRow(
    'a token for credentials of a role',
    36 * HOURS,
    'Cognito API reference, GetOpenIdTokenForDeveloperIdentity: TokenDuration up to 24 hours, then a session of up to 12 hours',
    'cognito-identity:GetOpenIdToken cognito-identity:GetOpenIdTokenForDeveloperIdentity',
  ),
  otherRow(
    'a sign-in of an application',
    3_650 * DAYS,
    'Cognito developer guide, "Refresh tokens": up to 10 years',
    'cognito-idp:InitiateAuth cognito-idp:AdminInitiateAuth cognito-idp:RespondToAuthChallenge cognito-idp:AdminRespondToAuthChallenge cognito-idp:GetTokensFromRefreshToken',
  ),
  roleRow('a shell or a tunnel', 'open', NONE, 'ssm:StartSession ssm:ResumeSession'),
  roleRow('a shell in a container', 'open', NONE, 'ecs:ExecuteCommand'),
  roleRow(
    'a shell',
    'open',
    NONE,
    'ec2-instance-connect:SendSSHPublicKey lightsail:GetInstanceAccessDetails codebuild:StartSandboxConnection sagemaker:StartSession ' +
      'lambda:CreateMicrovmShellAuthToken bedrock-agentcore:InvokeAgentRuntimeCommandShell gameliftstreams:CreateStreamSessionAdminShell',
  ),
  roleRow(
    'a shell in the console',
    12 * HOURS,
    'AWS CloudShell user guide, "Service quotas and restrictions": long-running sessions end after about 12 hours',
    'cloudshell:CreateSession',
  ),
  row(
    'a tunnel',
    1 * HOURS,
    'EC2 user guide, "Connect using EC2 Instance Connect Endpoint"',
    'ec2-instance-connect:OpenTunnel',
  ),
  row(
    'a tunnel to a device',
    12 * HOURS,
    'IoT API reference, OpenTunnel: maxLifetimeTimeoutMinutes',
    'iot:OpenTunnel iot:RotateTunnelAccessToken',
  ),
  roleRow('a serial console', 'open', NONE, 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'),
  row(
    'a remote desktop',
    'open',
    NONE,
    'ssm-guiconnect:StartConnection lightsail:CreateGUISessionAccessDetails lightsail:StartGUISession workspaces:Stream appstream:Stream ' +
      'appstream:CreateImageBuilderStreamingURL appstream:CreateAppBlockBuilderStreamingURL nimble:CreateStreamingSessionStream',
  ),
  row(
    'a remote desktop with an address of its own',
    12 * DAYS,
    'AppStream API reference: an address works for up to 7 days (CreateStreamingURL), and a session for up to 5 (CreateFleet)',
    'appstream:CreateStreamingURL',
  ),
  row(
    "a database's session",
    'open',
    NONE,
    'rds-db:connect redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM redshift-serverless:GetCredentials ' +
      'finspace:ConnectKxCluster finspace:GetKxConnectionString sqlworkbench:GenerateSession',
  ),
  row(
    "a database's session",
    65 * MINUTES,
    'Aurora DSQL user guide, "Quotas": 60 minutes, and 5 minutes more',
    'dsql:DbConnect dsql:DbConnectAdmin',
  ),
  row(
    "a cache's session",
    12 * HOURS,
    'ElastiCache user guide, "Authenticating with IAM"',
    'elasticache:Connect',
  ),
  row(
    "a database's session",
    12 * HOURS,
    'MemoryDB developer guide, "Authenticating with IAM"',
    'memorydb:Connect',
  ),
  row(
    "a database's session",
    10 * DAYS,
    'Neptune user guide, "IAM authentication": WebSocket connections',
    'neptune-db:connect neptune-db:ReadDataViaQuery neptune-db:WriteDataViaQuery',
  ),
  row('a session of Kafka', 'open', NONE, 'kafka-cluster:Connect'),
  row(
    'an open connection for messages',
    1 * DAYS,
    'quotas of IoT Core, AppSync, Chime SDK and API Gateway: 24 hours at most',
    'iot:Connect appsync:EventConnect appsync:EventSubscribe appsync:GraphQL chime:Connect execute-api:Invoke',
  ),
  row(
    'an open connection',
    'open',
    NONE,
    'vpc-lattice-svcs:Connect kinesisvideo:ConnectAsMaster kinesisvideo:ConnectAsViewer kinesisvideo:JoinStorageSession kinesisvideo:JoinStorageSessionAsViewer',
  ),
  row(
    'a live stream of a video',
    12 * HOURS,
    'Kinesis Video Streams API reference, GetHLSStreamingSessionURL: Expires',
    'kinesisvideo:GetHLSStreamingSessionURL kinesisvideo:GetDASHStreamingSessionURL',
  ),
  row(
    'a place in a meeting or a stage',
    14 * DAYS,
    'IVS API reference, CreateParticipantToken: duration up to 20160 minutes. Meetings of the Chime SDK: 24 hours',
    'ivs:CreateParticipantToken chime:CreateAttendee chime:BatchCreateAttendee chime:CreateMeetingWithAttendees',
  ),
  row(
    'a chat',
    3 * HOURS,
    'IVS Chat API reference, CreateChatToken: sessionDurationInMinutes',
    'ivschat:CreateChatToken',
  ),
  row(
    'a session of QuickSight',
    10 * HOURS,
    'QuickSight API reference, GenerateEmbedUrlForRegisteredUser: SessionLifetimeInMinutes up to 600, and GetSessionEmbedUrl',
    'quicksight:GetSessionEmbedUrl quicksight:GetDashboardEmbedUrl quicksight:GetAnonymousUserEmbedUrl quicksight:GenerateEmbedUrlForAnonymousUser ' +
      'quicksight:GenerateEmbedUrlForRegisteredUser quicksight:GenerateEmbedUrlForRegisteredUserWithIdentity quicksight:GetAuthCode',
  ),
  otherRow(
    'a session of a contact centre',
    12 * HOURS,
    'Amazon Connect administrator guide: a session ends after 12 hours',
    'connect:GetFederationToken connect:AdminGetEmergencyAccessToken',
  ),
  roleRow(
    'a session of SageMaker or of a notebook',
    12 * HOURS,
    'SageMaker API reference: SessionExpirationDurationInSeconds up to 43200, and the same for EMR on EKS and Managed Service for Apache Flink',
    'sagemaker:CreatePresignedDomainUrl sagemaker:CreatePresignedNotebookInstanceUrl sagemaker:CreatePresignedMlflowAppUrl ' +
      'sagemaker:CreatePresignedMlflowTrackingServerUrl sagemaker:CreatePartnerAppPresignedUrl emr-containers:GetManagedEndpointSessionCredentials ' +
      'kinesisanalytics:CreateApplicationPresignedUrl',
  ),
  roleRow(
    'a session of a notebook or of Spark',
    'undocumented',
    NONE,
    'elasticmapreduce:CreateStudioPresignedUrl elasticmapreduce:GetClusterSessionCredentials elasticmapreduce:GetOnClusterAppUIPresignedURL ' +
      'elasticmapreduce:GetPersistentAppUIPresignedURL elasticmapreduce:OpenEditorInConsole elasticmapreduce:GetSessionEndpoint ' +
      'emr-serverless:AccessInteractiveEndpoints emr-serverless:AccessLivyEndpoints emr-serverless:GetSessionEndpoint emr-serverless:GetDashboardForJobRun ' +
      'emr-serverless:GetResourceDashboard athena:CreatePresignedNotebookUrl athena:GetSessionEndpoint athena:GetResourceDashboard glue:GetSessionEndpoint glue:GetDashboardUrl',
  ),
  roleRow(
    'a session of Airflow',
    12 * HOURS,
    'Amazon MWAA user guide, "Access to the Apache Airflow UI"',
    'airflow:CreateWebLoginToken airflow:CreateCliToken',
  ),
  otherRow(
    'a token for Grafana',
    30 * DAYS,
    'Managed Grafana API reference, CreateWorkspaceApiKey: secondsToLive up to 2592000',
    'grafana:CreateWorkspaceApiKey grafana:CreateWorkspaceServiceAccountToken',
  ),
  row(
    'credentials for objects',
    12 * HOURS,
    'S3 API reference, GetDataAccess: durationSeconds',
    's3:GetDataAccess',
  ),
  row('a session for objects', 5 * MINUTES, 'S3 API reference, CreateSession', 's3express:CreateSession'),
  row(
    'credentials for a table',
    6 * HOURS,
    'Lake Formation API reference: DurationSeconds',
    'lakeformation:GetTemporaryGlueTableCredentials lakeformation:GetTemporaryGluePartitionCredentials',
  ),
  row(
    'a token for packages',
    12 * HOURS,
    'CodeArtifact API reference, GetAuthorizationToken: durationSeconds',
    'codeartifact:GetAuthorizationToken',
  ),
  row(
    'a token for images of containers',
    12 * HOURS,
    'Service Authorization Reference: "a token that is valid for a specified registry for 12 hours"',
    'ecr:GetAuthorizationToken ecr-public:GetAuthorizationToken lightsail:CreateContainerServiceRegistryLogin',
  ),
  row(
    'an address with the right to a file',
    'undocumented',
    NONE,
    'sagemaker:CreateHubContentPresignedUrls cloudshell:GetFileDownloadUrls cloudshell:GetFileUploadUrls m2:GetSignedBluinsightsUrl ' +
      'transform-custom:GetTransformationPackageUrl transform-custom:GetAnalysisArtifactDownloadUrl auditmanager:GetEvidenceFileUploadUrl ' +
      'ecr:GetDownloadUrlForLayer gamelift:GetGameSessionLogUrl snowball:GetJobManifest transform-custom:CreateTransformationPackageUrl ' +
      'amplify:GetArtifactUrl auditmanager:GetAssessmentReportUrl security-ir:GetCaseAttachmentDownloadUrl security-ir:GetCaseAttachmentUploadUrl ' +
      'codeguru-security:CreateUploadUrl lex:CreateUploadUrl lex:GetTestExecutionArtifactsUrl elemental-support-cases:CreateS3DownloadUrl ' +
      'groundstation:GetAgentTaskResponseUrl mechanicalturk:GetFileUploadURL tax:GetDocumentUploadUrl',
  ),
  otherRow(
    "a service's credential for a place outside AWS",
    'undocumented',
    NONE,
    'codeconnections:GetConnectionToken codestar-connections:GetConnectionToken codeconnections:GetIndividualAccessToken ' +
      'codestar-connections:GetIndividualAccessToken bedrock-agentcore:GetResourceOauth2Token bedrock-agentcore:GetResourceApiKey ' +
      'bedrock-agentcore:GetResourcePaymentToken bedrock-agentcore:CompleteResourceTokenAuth events:RetrieveConnectionCredentials ' +
      'bedrock:CreateDataSourceToken glue:FederateAuthorization codeguru-reviewer:CreateConnectionToken',
  ),
  otherRow(
    'a token of an agent',
    'undocumented',
    NONE,
    'bedrock-agentcore:GetWorkloadAccessToken bedrock-agentcore:GetWorkloadAccessTokenForJWT bedrock-agentcore:GetWorkloadAccessTokenForUserId ' +
      'lambda:CreateMicrovmAuthToken',
  ),
  row(
    'a browser or an interpreter that an agent uses',
    8 * HOURS,
    'Bedrock AgentCore developer guide: sessionTimeoutSeconds up to 28800',
    'bedrock-agentcore:StartBrowserSession bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:ConnectBrowserAutomationStream ' +
      'bedrock-agentcore:ConnectBrowserLiveViewStream',
  ),
  row(
    'a device or a browser for tests',
    1 * DAYS,
    'Device Farm API reference, CreateTestGridUrl: expiresInSeconds up to 86400',
    'devicefarm:CreateTestGridUrl devicefarm:CreateRemoteAccessSession devicefarm:GetRemoteAccessSession',
  ),
  row(
    'a web session of a service',
    'undocumented',
    NONE,
    'datazone:GetIamPortalLoginUrl datazone:SsoLogin datazone:RefreshToken aidevops:CreateOneTimeLoginSession securityagent:CreateOneTimeLoginSession ' +
      'finops-agent:CreateOneTimeLoginSession cloudwatch:CreateOneTimeDeepLinkCode wickr:CreateAdminSession cloud9:CreateEnvironmentToken ' +
      'aws-external-anthropic:AssumeConsole aws-external-anthropic:CreateUserProfileEnrollmentUrl opensearch:ViewLoginPage amplifybackend:CreateToken ' +
      'amplifybackend:GetToken amplifyuibuilder:ExchangeCodeForToken amplifyuibuilder:RefreshToken panorama:GetWebSocketURL iq:GetChatToken qapps:CreateSubscriptionToken ' +
      'mpa:StartSession transform:GetWebAppUrl',
  ),
  row(
    'a web session without a sign-in',
    1 * HOURS,
    'Amazon Q Business API reference, CreateAnonymousWebExperienceUrl: sessionDurationInMinutes up to 60',
    'qbusiness:CreateAnonymousWebExperienceUrl',
  ),
  otherRow(
    "the rights of another person's mailbox",
    'undocumented',
    NONE,
    'workmail:AssumeImpersonationRole',
  ),
  row(
    'a session of a game',
    'undocumented',
    NONE,
    'gamelift:GetComputeAuthToken gamelift:GetPlayerConnectionDetails gameliftstreams:CreateStreamSessionConnection gameliftstreams:CreateStreamUrl ' +
      'gameliftstreams:GetStreamUrl gameliftstreams:StartStreamSession',
  ),
];
