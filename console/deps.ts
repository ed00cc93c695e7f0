import type { VerifierKey } from '../audit/note/vkey.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import type { IdentityProvider } from './sign-in/identity-provider.ts';

/** What is known about a part of Curfew. */
export type Health = Readonly<{ part: string; state: 'ok' | 'note' | 'warning' | 'broken'; what: string }>;

/** What the console works with. */
export type ConsoleDeps = Readonly<{
  ledger: Ledger;
  policy: Policy;
  identity: IdentityProvider;
  /** The address of the console in a browser: scheme, host and port. */
  origin: string;
  /** The keys of which one must have signed a checkpoint of the audit log. */
  logKeys: readonly VerifierKey[];
  /** What this process can see of every part, without a credential of one. */
  health: () => Promise<readonly Health[]>;
  /** Writes an error to the log of the operator. `page`: the method and the path, when a page could not be made. */
  report: (error: unknown, page?: string) => void;
}>;
