import { parsePrivateKey, publicKeyText } from '../../manifest/keys.ts';
import { temporaryFolder } from '../manifest/folder.fixture.ts';
import { startAuthorizer } from '../providers/aws-iam-authorizer.fixture.ts';
import { REAPER, REAPS } from '../providers/aws-iam-docs.fixture.ts';
import type { Document } from '../providers/iam-evaluator.fixture.ts';
import type { Company } from './company.fixture.ts';
import { curfew, type CommandResult, type Role, started } from './processes.fixture.ts';

/** A machine on which only the reaper runs: its own folder, its own credentials, and nothing of the ledger or of Temporal. */
export type ReaperMachine = Readonly<{
  env: Readonly<Record<string, string>>;
  /** One pass as a process of its own. */
  pass(...options: string[]): Promise<CommandResult>;
  /** Starts a process that makes a pass again and again. */
  every(length: string): Promise<Role>;
  stop(): Promise<void>;
}>;

export async function startReaperMachine(company: Company): Promise<ReaperMachine> {
  const home = temporaryFolder();
  const { appId, installationId, privateKey } = company.github.github.reaperCredentials();
  const aws = company.aws && (await reaperInAws(company.aws));
  const env = {
    CURFEW_MANIFEST: company.env['CURFEW_MANIFEST'] ?? '',
    CURFEW_MANIFEST_PUBLIC_KEYS: publicKeyOf(company.env['CURFEW_MANIFEST_KEY'] ?? ''),
    CURFEW_POSTGRES_TARGETS: `orders=${company.pgProxy.through(company.reaperUrl)}`,
    CURFEW_POSTGRES_REPLICAS: 'orders=none',
    GITHUB_APP_ID: String(appId),
    GITHUB_APP_PRIVATE_KEY: privateKey,
    GITHUB_INSTALLATION_ID: String(installationId),
    GITHUB_API_URL: company.github.url,
    ...aws?.env,
  };
  return {
    env,
    pass: (...options) => curfew(['reap', '--output', 'jsonl', ...options], { env, home }),
    every: (length) => started(['reap', '--every', length], { env, home, until: 'Nothing is past its end' }),
    async stop() {
      await aws?.stop();
    },
  };
}

/** The public key of the processes that write the manifest. */
function publicKeyOf(privateKey: string): string {
  const parsed = parsePrivateKey(privateKey);
  if (!parsed.ok) throw new Error(parsed.error);
  return publicKeyText(parsed.value);
}

/** AWS judges the reaper's calls by the policy of docs/providers/aws-iam.md, for this account. */
async function reaperInAws({ credentials, proxy, account }: NonNullable<Company['aws']>) {
  const documents = [JSON.parse(JSON.stringify(REAPS).replaceAll('123456789012', account)) as Document];
  const arn = REAPER.replace('123456789012', account);
  const boundary = `arn:aws:iam::${account}:policy/curfew-boundary`;
  const places = { account, boundaryOf: () => boundary };
  const authorizer = await startAuthorizer(proxy.url, () => ({ arn, documents }), places);
  return {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_IAM: authorizer.url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
    stop: authorizer.stop,
  };
}
