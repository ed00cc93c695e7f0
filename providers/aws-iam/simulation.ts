import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  SimulatePrincipalPolicyCommand,
  type EvaluationResult,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { pages, send, unexpectedAnswer } from './calls.ts';

/**
 * Would IAM let this principal call these actions on these resources? `boundary` is the permissions boundary of the users that
 * the resources are.
 */
export type Question = Readonly<{
  principal: string;
  actions: readonly string[];
  resources: readonly string[];
  boundary: string | undefined;
}>;

/** Undefined when IAM did not say. */
export type Answer = (action: string, resource: string) => boolean | undefined;

export type PreflightApi = ReturnType<typeof preflightApi>;

/** The calls of a preflight. All of them only read (and policy simulation calls none of the actions that it is asked about). */
export const preflightApi = (iam: IAMClient, sts: STSClient) => ({
  /** The ARN of the credential: a user, an assumed role, or the root user. */
  async caller(abortSignal: AbortSignal): Promise<string> {
    const got = await send('GetCallerIdentity', () =>
      sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    if (!got?.Arn) throw unexpectedAnswer('GetCallerIdentity');
    return got.Arn;
  },

  /** A role's ARN with its path, which the ARN of its session does not have. */
  async roleArn(RoleName: string, abortSignal: AbortSignal): Promise<string | undefined> {
    const got = await send('GetRole', () => iam.send(new GetRoleCommand({ RoleName }), { abortSignal }));
    return got?.Role?.Arn;
  },

  async simulate(question: Question, abortSignal: AbortSignal): Promise<Answer> {
    const { principal, actions, resources, boundary } = question;
    const results: EvaluationResult[] = [];
    const input = {
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [...resources],
      ...(boundary === undefined
        ? {}
        : {
            ContextEntries: [
              {
                ContextKeyName: 'iam:PermissionsBoundary',
                ContextKeyType: 'string' as const,
                ContextKeyValues: [boundary],
              },
            ],
          }),
    };
    for await (const { EvaluationResults } of pages('SimulatePrincipalPolicy', (at) =>
      iam.send(new SimulatePrincipalPolicyCommand({ ...input, ...at }), { abortSignal }),
    )) {
      if (!EvaluationResults) throw unexpectedAnswer('SimulatePrincipalPolicy');
      results.push(...EvaluationResults);
    }
    return answerOf(results);
  },

  /** The document of a managed policy that IAM applies. */
  async managedPolicy(PolicyArn: string, abortSignal: AbortSignal): Promise<string | undefined> {
    const policy = await send('GetPolicy', () =>
      iam.send(new GetPolicyCommand({ PolicyArn }), { abortSignal }),
    );
    const VersionId = policy?.Policy?.DefaultVersionId;
    if (!VersionId) return undefined;
    const version = await send('GetPolicyVersion', () =>
      iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }), { abortSignal }),
    );
    return version?.PolicyVersion?.Document;
  },
});

/** IAM shows the decision for a resource in a list of its own, or in the result itself when there is one resource. */
function answerOf(results: readonly EvaluationResult[]): Answer {
  const decisions = new Map<string, boolean>();
  for (const {
    EvalActionName: action,
    EvalResourceName,
    EvalDecision,
    ResourceSpecificResults = [],
  } of results) {
    decisions.set(`${action} ${EvalResourceName}`, EvalDecision === 'allowed');
    for (const { EvalResourceName: resource, EvalResourceDecision } of ResourceSpecificResults)
      decisions.set(`${action} ${resource}`, EvalResourceDecision === 'allowed');
  }
  return (action, resource) => decisions.get(`${action} ${resource}`);
}
