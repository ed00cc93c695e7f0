import { expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { refuseForeignPages } from '../../launch/foreign-pages.ts';

const HOST = '127.0.0.1:4321';
let served = 0;
const app = new Hono().use(refuseForeignPages).all('*', (c) => ((served += 1), c.text('served')));
const statusOf = async (headers: Readonly<Record<string, string>>, method = 'GET') =>
  (await app.request(`http://${HOST}/any/path`, { method, headers })).status;

test.each<[string, Readonly<Record<string, string>>]>([
  ['a program', { host: HOST }],
  ['a program that uses the name of the machine', { host: 'localhost:4321' }],
  ['a program that uses IPv6', { host: '[::1]:4321' }],
  ['the page itself', { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }],
  [
    'a person who typed the address',
    { host: HOST, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  [
    'a person who followed a link of another site',
    {
      host: HOST,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    },
  ],
])('%s is served', async (_who, headers) => {
  expect(await statusOf(headers)).toBe(200);
});

test.each<[string, Readonly<Record<string, string>>, number]>([
  ['its own DNS name for this machine (DNS rebinding)', { host: 'evil.example:4321' }, 421],
  ['a DNS name that begins like this machine', { host: '127.0.0.1.evil.example' }, 421],
  ['an address of the network', { host: '192.168.0.7:4321' }, 421],
  ['no host', { host: '' }, 421],
  ['another origin', { host: HOST, origin: 'https://evil.example' }, 403],
  ['the origin of another port', { host: HOST, origin: 'http://127.0.0.1:9999' }, 403],
  ['an origin that it hides', { host: HOST, origin: 'null' }, 403],
  ['an image', { host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ['an image, from another port', { host: HOST, 'sec-fetch-site': 'same-site' }, 403],
  [
    'a frame',
    { host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    403,
  ],
])('a page of another site is refused, with %s (T42)', async (_how, headers, status) => {
  served = 0;
  for (const method of ['GET', 'POST', 'DELETE']) expect(await statusOf(headers, method)).toBe(status);
  expect(served).toBe(0);
});
