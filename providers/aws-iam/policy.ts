import { parseLeaseId, type Instant, type LeaseId } from '../../core/ids.ts';

/** operator -> key -> values, as IAM spells it. */
export type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Statement = Readonly<{
  Effect: 'Allow';
  Action: readonly string[];
  Resource: readonly string[];
  Condition?: Condition;
}>;

/** All inline policies of a user together, white space not counted (IAM and STS quotas). */
export const USER_ROOM = 2_048;

export type PolicyDocument = Readonly<{ Version: '2012-10-17'; Statement: readonly Statement[] }>;

/**
 * The end as IAM compares it: whole seconds, rounded down, so that access is never longer than agreed.
 * `2027-01-02T12:00:00Z`.
 */
export const iamTime = (end: Instant): string => new Date(end).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** `curfew-<lease>-20270102T120000Z`: the lease and the end can be read off the name alone. */
export const policyName = (lease: LeaseId, end: Instant): string =>
  `${policyPrefix(lease)}${iamTime(end).replaceAll(/[-:]/g, '')}`;

export const policyPrefix = (lease: LeaseId): string => `curfew-${lease}-`;

const NAME = /^curfew-(lease_[0-9a-z]+_[0-9]{1,2})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Reads a policy's name; undefined when it is not one of ours. */
export function readPolicyName(name: string): { lease: LeaseId; end: Instant } | undefined {
  const [, lease = '', year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  const parsed = parseLeaseId(lease);
  const end = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return parsed.ok && Number.isFinite(end) ? { lease: parsed.value, end: end as Instant } : undefined;
}

/**
 * The document for one lease. IAM evaluates it at every call: each statement holds only while
 * `aws:CurrentTime` is before the end, so at the end's very instant it is over, whoever is awake.
 */
export function documentFor(statements: readonly Statement[], end: Instant): PolicyDocument {
  const until = iamTime(end);
  const boxed = statements.map((statement) => {
    const { DateLessThan = {}, ...others } = statement.Condition ?? {};
    const Condition = { ...others, DateLessThan: { ...DateLessThan, 'aws:CurrentTime': [until] } };
    return { ...statement, Condition };
  });
  return { Version: '2012-10-17', Statement: boxed };
}

/** Characters as IAM counts them against the quota. */
export const sizeOf = (document: string): number => document.replaceAll(/\s/g, '').length;

/** What a document of these statements takes, whatever the end, of an empty user's room. */
export function roomFor(statements: readonly Statement[]): { needs: number; room: number } {
  return { needs: sizeOf(JSON.stringify(documentFor(statements, 0 as Instant))), room: USER_ROOM };
}

/**
 * Reads a document as the API returns it: URL-encoded JSON (RFC 3986). Some implementations send the
 * JSON bare. Undefined when it is neither.
 */
export function readDocument(text: string): unknown {
  try {
    return JSON.parse(text.trimStart().startsWith('{') ? text : decodeURIComponent(text)) as unknown;
  } catch {
    return undefined;
  }
}

export type Allows = (action: string) => boolean;

/** Whether these statements allow an action, on whatever and under whatever condition. */
export const allowing =
  (statements: readonly Statement[]): Allows =>
  (action) =>
    statements.some((statement) => statement.Action.some((pattern) => actionMatches(pattern, action)));

/** IAM's wildcards: `*` is any text, `?` one character; case does not count in actions. */
function actionMatches(pattern: string, action: string): boolean {
  const shape = pattern.replaceAll(/[*?]/g, (sign) => (sign === '*' ? '.*' : '.'));
  return new RegExp(`^${shape}$`, 'i').test(action);
}
