import { expect, test } from '@jest/globals';
import { temporalClient } from '../../temporal/connection.ts';

test('a client has the namespace of the settings, and connects only when it is used', async () => {
  const address = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const named = temporalClient({ ...address, TEMPORAL_NAMESPACE: 'curfew-prod' });
  expect(named.client.options.namespace).toBe('curfew-prod');
  const unnamed = temporalClient(address);
  expect(unnamed.client.options.namespace).toBe('default');
  await named.close();
  await unnamed.close();
});
