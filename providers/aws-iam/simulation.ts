import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  SimulatePrincipalPolicyCommand,
  type EvaluationResult,
  type IAMClient,
  type SimulatePolicyResponse,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { Fault } from '../../core/faults.ts';
import { pages, send, unexpectedAnswer } from './calls.ts';
import { batchesFromRefusal } from './mixed-actions.ts';

/**
 * Would IAM let this principal call these actions on these resources? `boundary` is the permissions boundary of the users or
 * roles that the resources are.
 */
export type Question = Readonly<{
  principal: string;
  actions: readonly string[];
  resources: readonly string[];
  boundary: string | undefined;
}>;

/** Undefined when IAM did not say, or when its decision depends on condition keys that a simulation does not know. */
export type Answer = (action: string, resource: string) => boolean | undefined;

/** `unknownKeys` are the condition keys for which the answer to some action is undefined. */
export type SimulationAnswers = Readonly<{ may: Answer; unknownKeys: readonly string[] }>;

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

  async simulate(question: Question, abortSignal: AbortSignal): Promise<SimulationAnswers> {
    return answerOf(await simulateInBatches(iam, question, abortSignal));
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

/** Asks about all actions at once, and again about each batch of them when IAM refuses to simulate them together. */
async function simulateInBatches(
  iam: IAMClient,
  question: Question,
  signal: AbortSignal,
): Promise<readonly EvaluationResult[]> {
  const attempt = await simulateTogether(iam, question, signal);
  if ('results' in attempt) return attempt.results;
  const results: EvaluationResult[] = [];
  for (const actions of attempt.batches) {
    const ofBatch = await simulateInBatches(iam, { ...question, actions }, signal).catch(noResults);
    results.push(...ofBatch);
  }
  return results;
}

/** A batch that gets no answer leaves the answers for the other batches as they are. */
function noResults(error: unknown): readonly EvaluationResult[] {
  if (!(error instanceof Fault)) throw error;
  return [];
}

type SimulationAttempt =
  | Readonly<{ results: readonly EvaluationResult[] }>
  | Readonly<{ batches: readonly (readonly string[])[] }>;

async function simulateTogether(
  iam: IAMClient,
  { principal, actions, resources, boundary }: Question,
  abortSignal: AbortSignal,
): Promise<SimulationAttempt> {
  const input = {
    PolicySourceArn: principal,
    ActionNames: [...actions],
    ResourceArns: [...resources],
    ...(boundary !== undefined && { ContextEntries: [contextOf(boundary)] }),
  };
  const results: EvaluationResult[] = [];
  let batches: ReturnType<typeof batchesFromRefusal>;
  const ask = async (at: { Marker: string | undefined }): Promise<SimulatePolicyResponse> => {
    try {
      return await iam.send(new SimulatePrincipalPolicyCommand({ ...input, ...at }), { abortSignal });
    } catch (error) {
      batches = batchesFromRefusal(error, actions);
      if (batches) return { EvaluationResults: [] };
      throw error;
    }
  };
  for await (const { EvaluationResults } of pages('SimulatePrincipalPolicy', ask)) {
    if (!EvaluationResults) throw unexpectedAnswer('SimulatePrincipalPolicy');
    results.push(...EvaluationResults);
  }
  return batches ? { batches } : { results };
}

const BOUNDARY_KEY = 'iam:PermissionsBoundary';

const contextOf = (boundary: string) => ({
  ContextKeyName: BOUNDARY_KEY,
  ContextKeyType: 'string' as const,
  ContextKeyValues: [boundary],
});

/**
 * IAM shows the decision for a resource in a list of its own, or in the result itself when there is one resource. A decision
 * for which a condition key was missing is none: a real call has the key, or it does not, and IAM may then decide
 * otherwise. The permissions boundary of users and roles is known. So where that key is missing, a real call lacks it too.
 */
function answerOf(results: readonly EvaluationResult[]): SimulationAnswers {
  const decisions = new Map<string, boolean | undefined>();
  const unknownKeys = new Set<string>();
  const note = (at: string, isAllowed: boolean, missing: readonly string[] = []) => {
    const keys = missing.filter((key) => key.toLowerCase() !== BOUNDARY_KEY.toLowerCase());
    for (const key of keys) unknownKeys.add(key);
    decisions.set(at, keys.length > 0 ? undefined : isAllowed);
  };
  for (const result of results) {
    const { EvalActionName: action, EvalResourceName, EvalDecision, ResourceSpecificResults = [] } = result;
    note(`${action} ${EvalResourceName}`, EvalDecision === 'allowed', result.MissingContextValues);
    for (const {
      EvalResourceName: resource,
      EvalResourceDecision,
      MissingContextValues,
    } of ResourceSpecificResults)
      note(`${action} ${resource}`, EvalResourceDecision === 'allowed', MissingContextValues);
  }
  return { may: (action, resource) => decisions.get(`${action} ${resource}`), unknownKeys: [...unknownKeys] };
}
