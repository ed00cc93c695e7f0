import { awsIamProvider, type AwsIamDeps } from './aws-iam/index.ts';
import { fakeProvider, type FakeVendor } from './fake/index.ts';
import { githubProvider, type GitHubDeps } from './github/index.ts';
import { postgresProvider, type PostgresDeps } from './postgres/index.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { DescribedTarget, ParsedTarget } from '../core/target.ts';
import type { Provider } from './provider.ts';

/** What each provider needs. A provider that is left out is not configured. */
export type ProviderDeps = Readonly<{
  awsIam?: AwsIamDeps;
  github?: GitHubDeps;
  postgres?: PostgresDeps;
  fake?: FakeVendor;
}>;

/**
 * The providers that are configured, by the name that a catalogue's targets use: `aws-iam`, `github`,
 * `postgres`, `fake`. This reads nothing from the environment and calls no vendor.
 */
export function createProviders({
  awsIam,
  github,
  postgres,
  fake,
}: ProviderDeps): ReadonlyMap<string, Provider> {
  const providers: readonly Provider[] = [
    ...(awsIam ? [awsIamProvider(awsIam)] : []),
    ...(github ? [githubProvider(github)] : []),
    ...(postgres ? [postgresProvider(postgres)] : []),
    ...(fake ? [fakeProvider(fake)] : []),
  ];
  return new Map(providers.map((provider) => [provider.name, provider]));
}

// Octokit needs some value here. Nothing is ever signed with it.
const PLACEHOLDER_APP = { appId: 1, privateKey: 'none', installationId: 1 };

/**
 * The configured providers, and in place of every other one a provider that only parses and describes targets.
 * Parsing and describing need no credential. So a process that holds the credential of one provider can still
 * read the whole catalogue.
 */
export const withDescriptionsOnly = (
  configured: ReadonlyMap<string, Provider>,
): ReadonlyMap<string, Provider> =>
  new Map([...createProviders({ awsIam: {}, github: PLACEHOLDER_APP }), ...configured]);

/** Parses and describes the targets of a catalogue with the configured providers. No vendor is called. */
export const targetReader =
  (providers: ReadonlyMap<string, Provider>) =>
  (name: string, json: unknown): Result<ParsedTarget, string> => {
    const provider = providers.get(name);
    if (!provider) return no(`there is no provider "${name}"; there are ${[...providers.keys()].join(', ')}`);
    const target = provider.parseTarget(json);
    if (!target.ok) return target;
    return ok({
      lockKey: provider.lockKey(target.value),
      level: provider.level(target.value),
      ownObject: provider.ownObject(target.value),
      accountless: provider.needsSecret,
      described: describedBy(provider, target.value),
    });
  };

function describedBy(provider: Provider, target: unknown): DescribedTarget {
  const residualMs = provider.residualSessionMs(target);
  return {
    ...provider.describe(target),
    level: provider.level(target),
    enforcement: provider.enforcementClass(target),
    residualMs: Number.isFinite(residualMs) ? residualMs : null,
  };
}
