import {
  CURFEW,
  CURFEW_ROLES,
  type CurfewRole,
  curfewRoleOf,
  type HeldRole,
} from '../../core/curfew-role.ts';
import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import type { Description } from '../../core/target.ts';
import type { ProviderModule } from '../module.ts';
import type { FoundPage, Intent, ManagedObject, Provider, Receipt, Remover } from '../provider.ts';
import { settings } from './settings.ts';

export type RoleTarget = Readonly<{ role: CurfewRole }>;

/** What the ledger says of the leases of roles. It is the vendor of this provider. */
export type RoleLedger = Readonly<{
  /** `waiting`: the lease is not granted yet. `live`: its role counts now. `over`: it does not count any more. Undefined: there is none. */
  standing(lease: LeaseId): Promise<'waiting' | 'live' | 'over' | undefined>;
  /** Everybody who has a role by a live lease. */
  held(): Promise<readonly HeldRole[]>;
}>;

const LADDER = ['none', 'present'] as const;

/**
 * The roles of Curfew itself. Nothing is written for them: whoever asks what a person may do reads the live leases of the ledger, and compares
 * their ends with its clock. So each lease is an object of its own, and ends by itself (class A).
 */
export const curfewRoles = (ledger: RoleLedger): Provider<RoleTarget> => ({
  name: CURFEW,
  consistencyWindowMs: 0,
  rateBudget: 6_000,
  useReadings: { lateMs: 0, beforeEnd: false, mostCalls: 1 },
  needsSecret: false,
  isAccountPerson: true,
  parseTarget,
  targetKey: ({ role }) => role,
  lockKey: ({ role }) => role,
  ladder: () => LADDER,
  level: () => 'present',
  ownObject: () => true,
  enforcementClass: () => 'A',
  residualSessionMs: () => 0,
  describe: ({ role }) => DESCRIPTIONS[role],
  describeFound: ({ role }) => DESCRIPTIONS[role].plain,
  observe: ({ account, target }) =>
    Promise.resolve({ subject: { id: account, name: account }, level: 'none', sources: [], target }),
  ensurePresent: (intent) => ensurePresent(ledger, intent),
  ensureAbsent: (intent) => ensureAbsent(ledger, intent),
  readOwnObject: async ({ lease }) => ({ level: levelOf(await ledger.standing(lease)) }),
  discover: (target) => discover(ledger, target),
  listManaged: async () => (await ledger.held()).map(managed),
  endManaged: async ({ lease, subject }) => receiptOf(await ledger.standing(lease), subject),
  usableParts: () => [],
  readUse: () =>
    Promise.resolve({
      kind: 'unknown',
      source: 'Curfew',
      why: 'it does not count what a role was used for; “curfew audit readings” has what somebody looked at in the console',
    }),
  preflight: () =>
    Promise.resolve({ permissions: [], note: 'Curfew needs no credential for its own roles.' }),
});

function parseTarget(json: unknown) {
  const role = curfewRoleOf({ provider: CURFEW, spec: json });
  const others = Object.keys(Object(json) as object).filter((key) => key !== 'role');
  if (others.length > 0) return no(`curfew target: unknown key "${others[0]}"`);
  return role ? ok({ role }) : no(`curfew target: "role" must be one of ${CURFEW_ROLES.join(', ')}`);
}

const DESCRIPTIONS: Readonly<Record<CurfewRole, Description>> = {
  auditor: {
    plain: 'the role auditor of Curfew: to see everything, and to open reviews',
    permissions: [
      'curfew: see every request, everybody’s access, every finding and the evidence',
      'curfew: open a review of access',
    ],
    cautions: ['what the person reads or downloads stays known to them'],
    atEnd: [],
    widens: false,
  },
  security: {
    plain: 'the role security of Curfew: to end access of others, and to decide about findings',
    permissions: [
      'curfew: end everything of a person, an entitlement or a provider',
      'curfew: lift the lock of such an ending',
      'curfew: decide about access that no request explains',
    ],
    cautions: ['access of others that the person adopts stays after the end'],
    atEnd: [],
    widens: false,
  },
};

const levelOf = (standing: Awaited<ReturnType<RoleLedger['standing']>>) =>
  standing === 'live' ? 'present' : 'none';

/** What the ledger says before the grant is recorded: a lease that waits for it. It counts from the event `granted` on. */
async function ensurePresent(
  ledger: RoleLedger,
  { lease, subject, target: { role }, endsAt }: Intent<RoleTarget>,
): Promise<Receipt> {
  const standing = await ledger.standing(lease);
  if (standing !== 'waiting' && standing !== 'live')
    throw new Fault('not-verified', `curfew: the ledger has no open lease ${lease}`);
  const until = new Date(endsAt).toISOString();
  return {
    level: 'present',
    seen: `the ledger has the lease by which ${subject.name} has the role ${role} of Curfew until ${until}`,
  };
}

/** The end of a lease is recorded before this is called, so the ledger only has to show it. */
async function ensureAbsent(ledger: RoleLedger, { lease, subject }: Intent<RoleTarget>): Promise<Receipt> {
  const receipt = receiptOf(await ledger.standing(lease), subject.name);
  if (receipt.level === 'none') return receipt;
  throw new Fault('not-verified', `curfew: the lease ${lease} still counts`, { retryAfterMs: 1_000 });
}

const receiptOf = (standing: Awaited<ReturnType<RoleLedger['standing']>>, name: string): Receipt =>
  standing === 'live'
    ? { level: 'present', seen: `the ledger still gives ${name} the role of this lease` }
    : { level: 'none', seen: `the ledger gives ${name} no role by this lease` };

async function discover(ledger: RoleLedger, target: RoleTarget): Promise<FoundPage<RoleTarget>> {
  const held = (await ledger.held()).filter(({ role }) => role === target.role);
  return {
    target,
    accesses: held.map(({ person, lease }) => ({
      subject: { id: person, name: person },
      level: 'present',
      sources: [],
      lease,
    })),
    calls: 1,
  };
}

const managed = ({ lease, person, role, until }: HeldRole): ManagedObject => ({
  lease,
  subject: person,
  subjectId: person,
  what: `the role ${role} of Curfew`,
  endsAt: until,
});

/** Until a part gives it the ledger, it only describes its targets. */
const DESCRIBING: RoleLedger = {
  standing: () => Promise.reject(new Fault('ledger-unavailable', 'curfew: this part has no ledger')),
  held: () => Promise.reject(new Fault('ledger-unavailable', 'curfew: this part has no ledger')),
};

export const module: ProviderModule<typeof settings.variables, Readonly<Record<string, never>>> = {
  settings,
  create: () => curfewRoles(DESCRIBING) as Provider,
  /** The reaper has no ledger, and nothing to remove: every lease of a role ends by itself. */
  createRemover: () => ({ ...curfewRoles(DESCRIBING), listManaged: () => Promise.resolve([]) }) as Remover,
  describer: () => curfewRoles(DESCRIBING) as Provider,
};
