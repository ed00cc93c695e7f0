import type { PayloadCodec } from '@temporalio/common';
import { type RemovalCap, USUAL_CAP } from '../core/findings/removal-cap.ts';
import type { Instant } from '../core/ids.ts';
import type { AskedTurn } from '../core/turns.ts';
import { logAccess } from '../audit/published-approval.ts';
import { chosenPerson } from '../requests/acting-as.ts';
import type { Deps } from '../requests/deps.ts';
import { readingsBeside } from '../requests/use/beside-revocation.ts';
import type { Ledger, UseCaseRole } from '../ledger/index.ts';
import { keyFor, sealerOf } from '../ledger/sealer.ts';
import { EXAMPLE_ACCOUNTS, type OpenedPolicy, openPolicy } from '../policy/index.ts';
import { encryptedPayloads } from '../temporal/codec.ts';
import {
  createProviders,
  type ProviderDeps,
  WHY_CASE_IS_IGNORED,
  withDescriptionsOnly,
} from '../providers/index.ts';
import { targetReader } from '../providers/target-reader.ts';
import type { SandboxConnections } from './connections.ts';
import { heldRolesIn, withRoleLedger } from './curfew-roles.ts';
import { trustedKeys } from './log-keys.ts';
import { openManifest } from './manifest.ts';
import { type Ledgers, openLedgers } from './ledgers.ts';
import type { CommandConnections } from './settings/connections-from-settings.ts';
import { type UndoKeys, undoSealersOf } from './undo-keys.ts';

/**
 * `codec` encrypts what Temporal keeps. `providers` are those whose credential is in this process. `describers` are all of them: they read and describe
 * targets, which needs no credential.
 */
export type ProcessDeps = Omit<Deps, 'ledger' | 'policy'> &
  Readonly<{
    ledgers: Ledgers;
    describers: Deps['providers'];
    /** By the files alone. Each part has one that also counts the roles that people have by live leases. */
    policy: OpenedPolicy;
    codec: PayloadCodec;
  }>;

/** What a use case gets as its argument when a part with this duty calls it. The parts that revoke also read what was done with a lease. */
export function depsAs<W extends ProcessDeps>(wired: W, role: UseCaseRole): W & Deps {
  const ledger = wired.ledgers.as(role);
  const providers = sharingTurns(withRoleLedger(wired.providers, ledger), { ledger, role });
  const deps = { ...wired, ledger, providers, policy: wired.policy.withRoles(heldRolesIn(ledger)) };
  return role === 'provider' || role === 'sweeper' ? { ...deps, readUseBeside: readingsBeside(deps) } : deps;
}

export type WireOptions = Readonly<{
  split?: boolean;
  undoKeys?: UndoKeys;
  mostLeavers?: number;
  removalCap?: RemovalCap;
  /** What this process was wired to with fewer settings. Its ledgers and providers are shared, so that one vendor has one budget. */
  before?: Pick<ProcessDeps, 'ledgers' | 'providers'> | undefined;
}>;

/** The providers of these settings. One that was made before is the same. */
function providersOf(all: ProviderDeps, before: Deps['providers'] = new Map()): Deps['providers'] {
  const fresh = Object.entries(all).filter(([name]) => !before.has(name));
  const made = new Map([...before, ...createProviders(Object.fromEntries(fresh))]);
  return new Map([...made].filter(([name]) => all[name] !== undefined));
}

/** The processes that grant, revoke and verify share the rate of each vendor. */
const sharingTurns = (
  providers: Deps['providers'],
  { ledger, role }: Readonly<{ ledger: Ledger; role: UseCaseRole }>,
): Deps['providers'] =>
  role !== 'provider' && role !== 'sweeper'
    ? providers
    : new Map(
        [...providers].map(([name, provider]) => {
          const take = (asked: AskedTurn) => ledger.takeTurn(name, asked);
          return [name, provider.sharing?.({ take, free: (id) => ledger.freeTurn(id) }) ?? provider];
        }),
      );

/**
 * Builds what activities, the bot and the sweeper get as their argument. With `split`, other processes hold the
 * credentials of the other providers, and this one only describes their targets. `undoKeys` are those of the providers
 * that this process runs.
 */
export function wire(
  connections: CommandConnections | SandboxConnections,
  { split = false, undoKeys = new Map(), mostLeavers, removalCap = USUAL_CAP, before }: WireOptions = {},
): ProcessDeps {
  const providers = providersOf(connections.providers, before?.providers);
  const { sealingKey, olderSealingKeys = [] } = connections;
  const keys = sealingKey === undefined ? [] : [sealingKey, ...olderSealingKeys];
  const sealerFor = (purpose: string) =>
    sealerOf(...keys.map((each) => keyFor(Buffer.from(each, 'base64url'), purpose)));
  const describers = split ? withDescriptionsOnly(providers) : providers;
  const isExampleRefused = connections.kind === 'real' && connections.exampleAccounts === 'refused';
  return {
    ledgers: before?.ledgers ?? openLedgers(connections.databaseUrl),
    providers,
    describers,
    policy: openPolicy(connections.config, targetReader(describers), {
      oneAccount: WHY_CASE_IS_IGNORED,
      ...(isExampleRefused ? { refused: EXAMPLE_ACCOUNTS } : {}),
      ...(connections.kind === 'sandbox' ? { actsAs: chosenPerson } : {}),
    }),
    sealer: sealerFor('passwords'),
    undoSealers: undoSealersOf(undoKeys),
    ...(connections.manifest && { manifest: openManifest(connections.manifest) }),
    ...(connections.log && { log: logAccess(trustedKeys(connections.log)) }),
    clock: () => Date.now() as Instant,
    ...(mostLeavers === undefined ? {} : { mostLeavers }),
    removalCap,
    codec: encryptedPayloads(sealerFor('temporal')),
  };
}
