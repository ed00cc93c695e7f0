import type { z } from 'zod';
import type { Provider, Remover, TakeTurn } from './provider.ts';

/**
 * An address that a provider connects to, and the setting that names it. `part` names one of several in the setting. The
 * protocol says how a connection to another machine must be encrypted.
 */
export type ProviderAddress = Readonly<{
  setting: string;
  address: string;
  protocol: 'web' | 'postgres';
  part?: string;
}>;

/**
 * The settings of one provider: its environment variables, each with what `.env.example` says about it. A provider that is
 * not set is left out: then `depsOf` is undefined, and otherwise it is what the provider works with.
 */
export type ProviderSettings<Variables extends z.ZodObject = z.ZodObject, Deps = unknown> = Readonly<{
  /** The name that a catalogue's targets use. */
  name: string;
  variables: Variables;
  /** Variables that must be set together or not at all. */
  together: readonly (readonly string[])[];
  /** The first variable of each pair needs the second one. */
  needs?: readonly (readonly [string, string])[];
  /** What is wrong with values that are each valid, but not together. It never holds a value, which may be a secret. */
  problemsOf?(values: z.output<Variables>): readonly Readonly<{ setting: string; what: string }>[];
  depsOf(values: z.output<Variables>): Deps | undefined;
  addressesOf(values: z.output<Variables>): readonly ProviderAddress[];
}>;

/**
 * What the folder of a provider exports as `module`: all that Curfew knows about a vendor. A folder with such an export is a
 * provider, and nothing else names it. Its file `settings.ts` exports the settings by themselves, so that reading them does not
 * load the vendor's SDK.
 */
export type ProviderModule<Variables extends z.ZodObject = z.ZodObject, Deps = never> = Readonly<{
  settings: ProviderSettings<Variables, Deps>;
  /**
   * Creates the provider. This reads nothing from the environment and calls no vendor. Its client calls `takeTurn` before each
   * call to the vendor, with the points that the vendor counts for it.
   */
  create(deps: Deps, takeTurn?: TakeTurn): Provider;
  /**
   * Creates what the reaper works with: a client that can only list and remove. It reads nothing from the environment either, and
   * its client calls `takeTurn` as that of `create` does.
   */
  createRemover(deps: Deps, takeTurn?: TakeTurn): Remover;
  /** A provider that only parses and describes targets, where that needs no settings. */
  describer?(): Provider;
  /** Why two spellings of an account that differ only in case are one account. Left out where Curfew does not know. */
  whyCaseIsIgnored?: string;
}>;
