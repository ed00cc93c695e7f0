import { type Activity, given } from './activity.ts';
import { nameOf, PRODUCT, severityOf } from './record.ts';

/** The version of the Open Cybersecurity Schema Framework that the records follow. */
export const OCSF_VERSION = '1.8.0';

const CATEGORY = { category_uid: 3, category_name: 'Identity & Access Management' };
const OTHER = 99;

const CLASSES = {
  entity: { uid: 3004, name: 'Entity Management' },
  access: { uid: 3005, name: 'User Access Management' },
  group: { uid: 3006, name: 'Group Management' },
} as const;

type Named = Readonly<{ id: number; name: string }>;

/** The events that change what a person has at a provider. */
const ACCESS: Readonly<Record<string, Readonly<{ access: Named; group: Named }>>> = {
  granted: { access: { id: 1, name: 'Assign Privileges' }, group: { id: 3, name: 'Add User' } },
  revoked: { access: { id: 2, name: 'Revoke Privileges' }, group: { id: 4, name: 'Remove User' } },
  undone: { access: { id: 2, name: 'Revoke Privileges' }, group: { id: 4, name: 'Remove User' } },
};

const CREATE: Named = { id: 1, name: 'Create' };
const UPDATE: Named = { id: 3, name: 'Update' };
const DEACTIVATE: Named = { id: 11, name: 'Deactivate' };

/** What the other entries do to a request, a mass ending or the log. Other events update a request. */
const ENTITY: Readonly<Record<string, Named>> = {
  requested: CREATE,
  'mass-ending': CREATE,
  'log-beginning': CREATE,
  quarantine: CREATE,
  'quarantine-end': DEACTIVATE,
  delivered: { id: 2, name: 'Read' },
  activated: { id: 10, name: 'Activate' },
  'revoke-started': DEACTIVATE,
  closed: DEACTIVATE,
  refused: { id: OTHER, name: 'refused' },
  'finding-decision': UPDATE,
  review: CREATE,
  'review-decision': UPDATE,
  'mass-ending-lift': UPDATE,
};

/** The levels that are a membership of a group or a team. */
export const MEMBERSHIPS: ReadonlySet<string | undefined> = new Set(['member', 'maintainer']);

/** What the record of an activity holds besides what every record has. */
type Classified = Readonly<{
  of: (typeof CLASSES)[keyof typeof CLASSES];
  activity: Named;
  fields: object;
}>;

/** The record of an activity, of OCSF's class 3004, 3005 or 3006. */
export function ocsfOf(activity: Activity): object {
  const { of, activity: named, fields } = classified(activity);
  const { log, index, entry, at, means, outcome, code, request } = activity;
  const severity = severityOf(activity);
  return {
    ...CATEGORY,
    class_uid: of.uid,
    class_name: of.name,
    activity_id: named.id,
    activity_name: named.name,
    type_uid: of.uid * 100 + named.id,
    type_name: `${of.name}: ${named.id === OTHER ? 'Other' : named.name}`,
    time: at,
    severity_id: severity.ocsf,
    severity: severity.name,
    status_id: outcome === 'success' ? 1 : 2,
    status: outcome === 'success' ? 'Success' : 'Failure',
    ...given({ status_code: code }),
    message: means,
    metadata: {
      version: OCSF_VERSION,
      product: { name: PRODUCT, vendor_name: PRODUCT },
      log_name: log,
      sequence: index,
      uid: nameOf(activity),
      original_event_uid: entry,
      event_code: activity.kind,
      ...given({ correlation_uid: request }),
    },
    actor: actorOf(activity),
    ...fields,
    unmapped: unmappedOf(activity),
  };
}

function classified(activity: Activity): Classified {
  const { kind, level, provider, changesAccess, entitlement = 'unknown' } = activity;
  const change = changesAccess ? ACCESS[kind] : undefined;
  if (!change) return entityRecord(activity);
  const fields = { user: userOf(activity) };
  if (MEMBERSHIPS.has(level))
    return {
      of: CLASSES.group,
      activity: change.group,
      fields: { ...fields, group: { name: entitlement, ...given({ type: provider }) } },
    };
  const resources = [{ name: entitlement, ...given({ type: provider }) }];
  return {
    of: CLASSES.access,
    activity: change.access,
    fields: { ...fields, privileges: [level ?? 'unknown'], resources },
  };
}

function entityRecord(activity: Activity): Classified {
  const { kind, type, entry, request, entitlement } = activity;
  const isEvent = type === 'event';
  return {
    of: CLASSES.entity,
    activity: ENTITY[kind] ?? (isEvent ? UPDATE : { id: OTHER, name: kind }),
    fields: {
      entity: {
        type_id: OTHER,
        type: isEvent ? 'Access request' : type,
        uid: request ?? entry,
        ...given({ name: isEvent ? entitlement : undefined }),
      },
    },
  };
}

/** The person whose access it is, with the account at the provider. */
const userOf = ({ requester, account }: Activity): object => ({
  uid: requester ?? 'unknown',
  ...given({ uid_alt: account }),
});

const actorOf = ({ by }: Activity): object => ({
  app_name: PRODUCT,
  ...(by === undefined ? {} : { user: { uid: by } }),
});

const unmappedOf = ({
  leafHash,
  level,
  via,
  lease,
  requester,
  minutes,
  endsAt,
  tried,
  fault,
  scope,
}: Activity) => ({
  leaf_hash: leafHash,
  ...given({
    level: MEMBERSHIPS.has(level) ? level : undefined,
    via,
    lease,
    requester,
    minutes,
    ends_at: endsAt,
    tried,
    fault,
    scope,
  }),
});
