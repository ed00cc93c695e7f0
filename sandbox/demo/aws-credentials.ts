import type { AwsCredentials } from '../../app/connections.ts';

/** moto accepts any credential. This one is valid nowhere else. */
export const SANDBOX_CREDENTIALS: AwsCredentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
