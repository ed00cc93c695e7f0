import { awsIamProvider, type AwsIamDeps } from './aws-iam/index.ts';
import { fakeProvider, type FakeVendor } from './fake/index.ts';
import { githubProvider, type GitHubDeps } from './github/index.ts';
import { postgresProvider, type PostgresDeps } from './postgres/index.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { ParsedTarget } from '../core/target.ts';
import type { Provider } from './provider.ts';

/** What each provider needs to be built. One that is left out is not there. */
export type ProviderDeps = Readonly<{
  awsIam?: AwsIamDeps;
  github?: GitHubDeps;
  postgres?: PostgresDeps;
  fake?: FakeVendor;
}>;

/**
 * The providers that are configured, by the name that a catalogue's targets use: `aws-iam`, `github`,
 * `postgres`, `fake`. Nothing is read from the environment and nothing is called yet.
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

// Octokit wants to be given something; nothing is ever signed with it.
const NOBODY = { appId: 1, privateKey: 'none', installationId: 1 };

/**
 * Those providers, and for every other one its words: it reads and describes targets, which needs no credential,
 * and is never called. So a process that holds one provider's credential still reads the whole catalogue.
 */
export const withWords = (configured: ReadonlyMap<string, Provider>): ReadonlyMap<string, Provider> =>
  new Map([...createProviders({ awsIam: {}, github: NOBODY }), ...configured]);

/** Reads catalogue targets with the providers that are there. */
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
    });
  };
