import { budgeted } from './budgeted.ts';
import { loadEach } from './load.ts';
import type { ProviderModule } from './module.ts';
import type { Provider, Remover, TakeTurn } from './provider.ts';
import { PROVIDER_SETTINGS } from './settings.ts';

/** What each provider works with, by its name. A provider that is left out is not configured. */
export type ProviderDeps = Readonly<Record<string, unknown>>;

/** Every provider: the folders beside this file. A folder has the name of its provider. */
export const MODULES = await loadEach<ProviderModule>(
  PROVIDER_SETTINGS.map(({ name }) => name),
  'index.ts',
  'module',
);

/**
 * The providers that are configured, by the name that a catalogue's targets use. This reads nothing from the environment
 * and calls no vendor.
 */
export const createProviders = (deps: ProviderDeps, modules = MODULES): ReadonlyMap<string, Provider> =>
  new Map(
    modules.flatMap(({ settings: { name }, create }) =>
      deps[name] === undefined
        ? []
        : [[name, budgeted(name, (takeTurn) => create(deps[name] as never, takeTurn))] as const],
    ),
  );

/** The providers that are configured, each with a client that can only list and remove. `turnsOf` gives what each client calls before each call. */
export const createRemovers = (
  deps: ProviderDeps,
  turnsOf: (provider: string) => TakeTurn,
  modules = MODULES,
): ReadonlyMap<string, Remover> =>
  new Map(
    modules.flatMap(({ settings: { name }, createRemover }) =>
      deps[name] === undefined ? [] : [[name, createRemover(deps[name] as never, turnsOf(name))] as const],
    ),
  );

/**
 * The configured providers, and in place of every other one a provider that only parses and describes targets.
 * Parsing and describing need no credential. So a process that holds the credential of one provider can still
 * read the whole catalogue.
 */
export const withDescriptionsOnly = (
  configured: ReadonlyMap<string, Provider>,
): ReadonlyMap<string, Provider> =>
  new Map([
    ...MODULES.flatMap(({ settings: { name }, describer }) =>
      describer ? [[name, describer()] as const] : [],
    ),
    ...configured,
  ]);

/** Why two spellings of an account that differ in upper and lower case are one account, by the name of the provider. */
export const WHY_CASE_IS_IGNORED: ReadonlyMap<string, string> = new Map(
  MODULES.flatMap(({ settings: { name }, whyCaseIsIgnored }) =>
    whyCaseIsIgnored === undefined ? [] : [[name, whyCaseIsIgnored] as const],
  ),
);
