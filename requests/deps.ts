import type { RemovalCap } from '../core/findings/removal-cap.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { Policy } from '../policy/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { LogAccess } from './log-access.ts';
import type { ManifestAccess } from './manifest-access.ts';
import type { UndoSealers } from './undo.ts';

/** What the use cases work with. A use case opens no connection and reads no setting by itself. */
export type Deps = Readonly<{
  ledger: Ledger;
  providers: ReadonlyMap<string, Provider>;
  policy: Policy;
  /** Seals the passwords that requesters are shown. */
  sealer: Sealer;
  /** Seal what a revocation needs while the ledger is unavailable. A process has the keys of the providers that it runs. */
  undoSealers: UndoSealers;
  /** The list outside the ledger of what must be ended. The processes of providers and the sweeper have it, where it is configured. */
  manifest?: ManifestAccess;
  /** The processes of providers have it. Without it they grant nothing. */
  log?: LogAccess;
  /** Of how many people at once access may end because they left. Left out: the default of the setting. */
  mostLeavers?: number;
  /** The clock of this process. The ledger's clock decides; this one is compared with it. */
  clock: () => Instant;
  /** How much may be revoked at one target within an hour before a person is asked. Left out: the usual cap. */
  removalCap?: RemovalCap;
  /** Begins a reading of what was done with a lease, beside its revocation. It returns at once and never throws. Left out: nothing is read then. */
  readUseBeside?: (lease: LeaseId, provider: string) => void;
}>;
