import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { entryName, type ManifestEntry } from '../../manifest/entry.ts';
import { publicKeyText } from '../../manifest/keys.ts';
import { openStore } from '../../manifest/open-store.ts';
import { sign } from '../../manifest/signature.ts';
import { ours } from '../manifest/manifest.fixture.ts';
import { startAuthorizer } from '../providers/aws-iam-authorizer.fixture.ts';
import { REAPER, REAPS } from '../providers/aws-iam-docs.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';
import type { Document } from '../providers/iam-evaluator.fixture.ts';
import type { Company } from './company.fixture.ts';
import { curfew, type CommandResult } from './processes.fixture.ts';

/** A machine on which only the reaper runs: its own folder, its own credentials, and nothing of the ledger or of Temporal. */
export type ReaperMachine = Readonly<{
  env: Readonly<Record<string, string>>;
  /** Writes the entry of each live lease of the ledger into the manifest. */
  writeManifest(): Promise<void>;
  /** One pass as a process of its own. */
  pass(...options: string[]): Promise<CommandResult>;
  stop(): Promise<void>;
}>;

type LeaseRow = Readonly<{
  lease: LeaseId;
  provider: string;
  spec: unknown;
  targetKey: string;
  id: string;
  name: string;
  prior: string;
  level: string;
  endsAt: string;
}>;

const LIVE = `
  select l.id as lease, l.provider, l.found_spec as spec, h.target_key as "targetKey", h.subject_id as id,
         h.subject_name as name, h.prior, (extract(epoch from l.ends_at) * 1000)::bigint::text as "endsAt",
         case l.provider when 'github' then 'member' else 'present' end as level
    from lease l join holding h on h.id = l.holding_id where l.state = 'granted'`;

export async function startReaperMachine(company: Company): Promise<ReaperMachine> {
  const home = await mkdtemp(join(tmpdir(), 'curfew-reaper-'));
  const folder = join(home, 'manifest');
  await mkdir(folder);
  const { appId, installationId, privateKey } = company.github.github.credentials;
  const aws = company.aws && (await reaperInAws(company.aws));
  const env = {
    CURFEW_MANIFEST: `file:${folder}`,
    CURFEW_MANIFEST_PUBLIC_KEYS: publicKeyText(ours.publicKey),
    CURFEW_POSTGRES_TARGETS: `orders=${company.reaperUrl}`,
    CURFEW_POSTGRES_REPLICAS: 'orders=none',
    GITHUB_APP_ID: String(appId),
    GITHUB_APP_PRIVATE_KEY: privateKey,
    GITHUB_INSTALLATION_ID: String(installationId),
    GITHUB_API_URL: company.github.url,
    ...aws?.env,
  };
  return {
    env,
    async writeManifest() {
      const store = openStore(`file:${folder}`, { answerMs: 1_000 });
      for (const [index, row] of (await company.rows<LeaseRow>(LIVE)).entries()) {
        const { id, name, endsAt, ...rest } = row;
        const entry: ManifestEntry = {
          ...{ serial: index + 1, state: 'live' },
          ...rest,
          ...{ subject: { id, name }, endsAt: Number(endsAt) as Instant },
        };
        await store.put(entryName(entry), sign(entry, ours.privateKey), neverAborts);
      }
    },
    pass: (...options) => curfew(['reap', '--output', 'jsonl', ...options], { env, home }),
    async stop() {
      await aws?.stop();
    },
  };
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
