import { z } from 'zod';
import type { ProviderSettings } from '../module.ts';
import { plain, secret, text, webUrl } from '../setting-fields.ts';
import type { AwsIamDeps } from './client.ts';

const GROUP = 'AWS. Credentials are found as by every AWS SDK';

/** IAM has one address in each partition of AWS: China, GovCloud, and the rest. */
function addressOfIam(region: string): string {
  if (region.startsWith('cn-')) return 'https://iam.cn-north-1.amazonaws.com.cn';
  return region.startsWith('us-gov-') ? 'https://iam.us-gov.amazonaws.com' : 'https://iam.amazonaws.com';
}

const variables = z.object({
  AWS_REGION: text.meta(plain(GROUP, 'Region; setting it turns AWS on.', 'eu-central-1')),
  AWS_ACCESS_KEY_ID: text.meta(
    secret(GROUP, 'Only where no role, profile or instance provides credentials.', 'AKIA...'),
  ),
  AWS_SECRET_ACCESS_KEY: text.meta(secret(GROUP, 'Its secret.', '...')),
  AWS_SESSION_TOKEN: text.meta(secret(GROUP, 'For temporary keys.', '...')),
  AWS_ENDPOINT_URL_IAM: webUrl.meta(plain(GROUP, 'Another address of IAM.', 'https://iam.amazonaws.com')),
});

/** Only the region turns AWS on: many shells hold AWS keys and profiles that are not meant for Curfew. */
export const settings: ProviderSettings<typeof variables, AwsIamDeps> = {
  name: 'aws-iam',
  variables,
  together: [['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']],
  depsOf(values) {
    const { AWS_REGION: region, AWS_ENDPOINT_URL_IAM: endpoint } = values;
    if (!region) return undefined;
    const credentials = credentialsOf(values);
    return {
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  },
  addressesOf: ({ AWS_REGION: region, AWS_ENDPOINT_URL_IAM: endpoint }) => {
    const address = endpoint ?? (region && addressOfIam(region));
    return address ? [{ setting: 'AWS_ENDPOINT_URL_IAM', address, protocol: 'web' }] : [];
  },
};

/** The keys of the settings. Without them the SDK looks for credentials in its own order. */
function credentialsOf({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
}: z.output<typeof variables>): AwsIamDeps['credentials'] {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
