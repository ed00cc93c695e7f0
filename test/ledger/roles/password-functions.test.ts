import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, leaseIdOf } from '../../../core/ids.ts';
import { type Ledger, openLedger } from '../../../ledger/index.ts';
import { migrate } from '../../../ledger/migrate.ts';
import { ana } from '../../core/request/request.fixture.ts';
import { asAdmin, serverUrl } from '../database.fixture.ts';
import { grantedIn } from '../ledger.fixture.ts';

// As in docs/operations.md: the owner is no superuser, and the login of the gateway has the roles of its process.
const name = `passwords_${randomBytes(5).toString('hex')}`;
const [ownerName, gatewayName] = [`${name}_owner`, `${name}_gateway`];
const urlOf = (username: string): string =>
  Object.assign(new URL(serverUrl()), { pathname: `/${name}`, username, password: 'x' }).href;

let [owner, gateway]: (Ledger | undefined)[] = [];
beforeAll(async () => {
  await asAdmin(async (admin) => {
    await admin.query(`create role ${ownerName} login createrole password 'x'`);
    await admin.query(`create database ${name} owner ${ownerName}`);
  });
  await migrate(urlOf(ownerName));
  await asAdmin(async (admin) => {
    await admin.query(`create role ${gatewayName} login password 'x' in role curfew_gateway, curfew_courier`);
  });
  owner = openLedger(urlOf(ownerName));
  gateway = openLedger(urlOf(gatewayName), { role: 'gateway' });
});
afterAll(async () => {
  await Promise.all([owner?.close(), gateway?.close()]);
  await asAdmin(async (admin) => {
    await admin.query(`drop database if exists ${name} with (force)`);
    for (const role of [ownerName, gatewayName]) await admin.query(`drop role if exists ${role}`);
  });
});

test('a gateway without the role of the worker takes and erases a delivered password (I20)', async () => {
  if (!owner || !gateway) throw new Error('the ledgers are not open');
  const request = await grantedIn(owner);
  const delivered = { lease: leaseIdOf(request, 0), click: clickIdOf(uuidv7()) };
  await owner.storeSecret(delivered.lease, Buffer.from('sealed'));
  expect(await gateway.takeSecret(delivered)).toBeUndefined();
  await owner.deliver({ request, by: ana, via: 'slack', ...delivered });
  expect(await gateway.takeSecret(delivered)).toEqual(Buffer.from('sealed'));
  await gateway.eraseSecret(delivered);
  expect(await gateway.hasSecret(delivered.lease)).toBe(false);
});
