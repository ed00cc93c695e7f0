import { type Activity, given } from './activity.ts';
import { MEMBERSHIPS } from './ocsf.ts';
import { nameOf, PRODUCT, severityOf } from './record.ts';

/** The version of the Elastic Common Schema that the records follow. */
export const ECS_VERSION = '9.4.0';

/** What `event.type` says of events that are not about the access of a lease. It is `info` for what is not here. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'mass-ending': ['admin', 'change'],
  'mass-ending-lift': ['admin', 'change'],
  'finding-decision': ['admin', 'change'],
  review: ['admin', 'info'],
  'review-decision': ['admin', 'change'],
  'log-beginning': ['admin', 'change'],
  'log-keys': ['admin', 'change'],
  quarantine: ['admin', 'change'],
  'quarantine-end': ['admin', 'change'],
  erasure: ['admin', 'deletion'],
  purge: ['admin', 'deletion'],
};

const CREATED_OR_DELETED: Readonly<Record<string, string>> = {
  granted: 'creation',
  revoked: 'deletion',
  undone: 'deletion',
};

/** Curfew creates and deletes logins of Postgres. Everywhere else it changes an account that was there before. */
function typeOf({ kind, level, provider, changesAccess }: Activity): readonly string[] {
  if (!changesAccess) return TYPES[kind] ?? ['info'];
  if (MEMBERSHIPS.has(level)) return ['group', 'change'];
  return ['user', (provider === 'postgres' ? CREATED_OR_DELETED[kind] : undefined) ?? 'change'];
}

/** The record of an activity. Fields that ECS does not have are labels. */
export function ecsOf(activity: Activity): object {
  const { log, index, leafHash, entry, kind, at, means, outcome, by, requester, account } = activity;
  const { request, lease, entitlement, provider, level, via, tried, fault, scope, code } = activity;
  const related = [...new Set([by, requester, account].flatMap((each) => each ?? []))];
  return {
    '@timestamp': new Date(at).toISOString(),
    message: means,
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'event',
      category: ['iam'],
      type: typeOf(activity),
      action: kind,
      outcome,
      id: nameOf(activity),
      sequence: index,
      hash: leafHash,
      module: PRODUCT.toLowerCase(),
      dataset: `${PRODUCT.toLowerCase()}.audit`,
      provider: log,
      severity: severityOf(activity).cef,
      ...given({ reason: code }),
    },
    service: { name: PRODUCT.toLowerCase(), type: PRODUCT.toLowerCase() },
    ...userOf(activity),
    ...(related.length === 0 ? {} : { related: { user: related } }),
    labels: {
      entry,
      ...given({ request, lease, entitlement, provider, level, via, tried, fault, scope }),
      ...given({ minutes: textOf(activity.minutes), ends_at: timeOf(activity.endsAt) }),
    },
  };
}

/** `user` is who did it, and `user.target` whose access it is. */
function userOf({ by, requester, account }: Activity): object {
  const target = given({ id: requester, name: account });
  const user = { ...given({ id: by }), ...(Object.keys(target).length === 0 ? {} : { target }) };
  return Object.keys(user).length === 0 ? {} : { user };
}

const textOf = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

const timeOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();
