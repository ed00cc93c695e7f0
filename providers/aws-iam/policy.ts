import { parseLeaseId, type Instant, type LeaseId } from '../../core/ids.ts';

/** operator -> key -> values, in IAM's format. */
export type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Statement = Readonly<{
  Effect: 'Allow';
  Action: readonly string[];
  Resource: readonly string[];
  Condition?: Condition;
}>;

/** The quota for all inline policies of a user together, in characters without white space (IAM and STS quotas). */
export const USER_ROOM = 2_048;

export type PolicyDocument = Readonly<{ Version: '2012-10-17'; Statement: readonly Statement[] }>;

/**
 * The end in IAM's format: `2027-01-02T12:00:00Z`. It is rounded down to whole seconds, so that access is never
 * longer than approved.
 */
export const iamTime = (endsAt: Instant): string => new Date(endsAt).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** `curfew-<lease>-20270102T120000Z`: the name alone contains the lease and the end. */
export const policyName = (lease: LeaseId, endsAt: Instant): string =>
  `${policyPrefix(lease)}${iamTime(endsAt).replaceAll(/[-:]/g, '')}`;

export const policyPrefix = (lease: LeaseId): string => `curfew-${lease}-`;

const NAME = /^curfew-(lease_[0-9a-z]+_[0-9]{1,2})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Parses a policy's name. Undefined when Curfew did not create the policy. */
export function readPolicyName(name: string): { lease: LeaseId; endsAt: Instant } | undefined {
  const [, lease = '', year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  const parsed = parseLeaseId(lease);
  const endsAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return parsed.ok && Number.isFinite(endsAt)
    ? { lease: parsed.value, endsAt: endsAt as Instant }
    : undefined;
}

/**
 * The policy document of one lease. IAM evaluates it at every call. Each statement applies only while
 * `aws:CurrentTime` is before the end, so the access ends at that instant even when Curfew does not run.
 */
export function documentFor(statements: readonly Statement[], endsAt: Instant): PolicyDocument {
  const until = iamTime(endsAt);
  const limited = statements.map((statement) => {
    const { DateLessThan = {}, ...others } = statement.Condition ?? {};
    const Condition = { ...others, DateLessThan: { ...DateLessThan, 'aws:CurrentTime': [until] } };
    return { ...statement, Condition };
  });
  return { Version: '2012-10-17', Statement: limited };
}

/** The number of characters that IAM counts against the quota. */
export const sizeOf = (document: string): number => document.replaceAll(/\s/g, '').length;

/**
 * How many characters a document of these statements needs, and how many a user without policies has. The end does
 * not matter.
 */
export function roomFor(statements: readonly Statement[]): { needs: number; room: number } {
  return { needs: sizeOf(JSON.stringify(documentFor(statements, 0 as Instant))), room: USER_ROOM };
}

/**
 * Parses a document as the API returns it: URL-encoded JSON (RFC 3986). Some implementations send the JSON
 * without encoding. Undefined when it is neither.
 */
export function readDocument(text: string): unknown {
  try {
    return JSON.parse(text.trimStart().startsWith('{') ? text : decodeURIComponent(text)) as unknown;
  } catch {
    return undefined;
  }
}

export type Allows = (action: string) => boolean;

/** Whether these statements allow an action, on any resource and under any condition. */
export function allowsOf(statements: readonly Statement[]): Allows {
  const shapes = statements.flatMap(({ Action }) => Action.map(shapeOf));
  return (action) => shapes.some((shape) => shape.test(action));
}

/** IAM's wildcards: `*` is any text, `?` is one character. Actions are not case-sensitive. */
export function shapeOf(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[^\w*?]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll(/[*?]/g, (sign) => (sign === '*' ? '.*' : '.'))}$`, 'i');
}
