import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import type { VendorClock } from '../provider.ts';
import type { Client } from './client.ts';

/** GitHub's clock is the header Date of its answers, in whole seconds (RFC 9110, "Date/Time Formats"). */
export async function readClock(client: Client, signal: AbortSignal): Promise<VendorClock> {
  const { rest } = await client.app(signal);
  const { headers } = await rest.apps.getInstallation({ installation_id: client.installationId });
  const at = Date.parse(headers.date ?? '');
  if (Number.isNaN(at)) throw new Fault('provider-unavailable', 'github: the answer does not say the time');
  return { where: 'GitHub', at: at as Instant, stepMs: 1_000 };
}
