import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Address, addressText, parseAddress, shownAddress } from '../../providers/postgres/address.ts';
import { postgresProvider } from '../../providers/postgres/index.ts';

const login = { user: 'u', password: 'p' };
const orders = { host: 'h', port: 5432, database: 'orders', ...login, tls: {} };

describe('an address', () => {
  test.each<[text: string, address: object]>([
    ['postgres://u:p@h/orders', orders],
    ['postgresql://u:p@h:5433/orders', { ...orders, port: 5433 }],
    ['postgres://h/orders', { host: 'h', port: 5432, database: 'orders', tls: {} }],
    ['postgres://u:p@h/orders?sslmode=verify-full', { ...orders, tls: { mode: 'verify-full' } }],
    [
      'postgres://u:p@h/orders?sslmode=require&sslrootcert=/etc/ca.pem',
      { ...orders, tls: { mode: 'require', authority: '/etc/ca.pem' } },
    ],
    [
      'postgres://a%40b:p%3A%2F@h/or%2Fders',
      { ...orders, user: 'a@b', password: 'p:/', database: 'or/ders' },
    ],
    ['postgres://u:a,b@h/orders', { ...orders, password: 'a,b' }],
    ['postgres://u:p@[::1]:5433/orders', { ...orders, host: '::1', port: 5433 }],
    ['postgres://u:p@[2001:db8::1]/orders', { ...orders, host: '2001:db8::1' }],
    [
      'postgres:///orders?host=/var/run/postgresql',
      { host: '/var/run/postgresql', port: 5432, database: 'orders', tls: {} },
    ],
    ['postgres://u:p@/orders?host=/cloudsql/a:b:c', { ...orders, host: '/cloudsql/a:b:c' }],
    ['postgres://u:p@%2Fcloudsql%2Fa%3Ab%3Ac/orders', { ...orders, host: '/cloudsql/a:b:c' }],
    ['postgres://u:p@/orders?host=/run&port=5433', { ...orders, host: '/run', port: 5433 }],
  ])('is read in its parts: %s', (text, address) =>
    expect(parseAddress(text)).toEqual({ ok: true, value: address }),
  );

  const SEVERAL =
    /^names several hosts\. Name the one that always leads to the primary, and name each read replica in CURFEW_POSTGRES_REPLICAS$/;
  const ONLY = /Only sslmode, sslrootcert, host, port are allowed, and the login is written before the host$/;
  test.each<[text: string, error: RegExp]>([
    ...['user', 'password', 'dbname', 'hostaddr', 'passfile', 'service', 'servicefile', 'options'].map(
      (name): [string, RegExp] => [`postgres://u:p@h/orders?${name}=hunter2`, ONLY],
    ),
    ...['sslkey', 'sslcert', 'sslpassword', 'ssl', 'uselibpqcompat', 'PASSWORD'].map(
      (name): [string, RegExp] => [`postgres://u:p@h/orders?${name}=hunter2`, ONLY],
    ),
    [
      'postgres://u:p@h/orders?hunter2=1',
      /^has a parameter that is none of sslmode, sslrootcert, host, port$/,
    ],
    ['postgres://u:p@h/orders?sslmode=require&sslmode=disable', /^has the parameter "sslmode" twice$/],
    ['postgres://u:p@h/orders?sslmode=hunter2', /^has an "sslmode" that is none of disable, prefer/],
    ['postgres://u:p@h1,h2/orders', SEVERAL],
    ['postgres://u:p@h1:5432,h2:5432/orders', SEVERAL],
    ['postgres://h1,h2/orders', SEVERAL],
    ['postgres://u:p@h/orders?host=h2', /^names a host before the path and another one as a parameter/],
    ['postgres:///orders?host=h2', /^has a host as a parameter that is not the folder of a socket/],
    ['postgres:///orders', /^names no host\. For a socket, write its folder as a parameter/],
    ['postgres://u:p@/orders', /^names no host\. For a socket, write its folder as a parameter/],
    ['postgres://u:p@h/orders?port=1', /^has a "port" that is not the number of a socket/],
    ['postgres://u:p@h', /^names no database after the host$/],
    ['postgres://u:p@h/', /^names no database after the host$/],
    ['postgres://u:p%@h/orders', /^has a "%" that is not followed by two hexadecimal digits/],
    ['postgres://u:5#hunter2@h/orders', /^has a "#"\. Write it as %23$/],
    ['postgres://u:hunter2#@h/orders', /^is not like postgres:\/\/user:password@host:5432\/database$/],
    ['mysql://u:p@h/orders', /^is not like postgres:/],
    ['hunter2', /^is not like postgres:/],
    ['', /^is not like postgres:/],
  ])('is refused with a sentence that says what to do, and holds no secret: %s', (text, error) => {
    const parsed = parseAddress(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.error).toMatch(error);
    expect(parsed.error).not.toContain('hunter2');
  });

  test('that is refused makes no provider', () =>
    expect(() =>
      postgresProvider({ databases: { orders: 'postgres://u:p@h/orders?password=hunter2' } }),
    ).toThrow(
      new Error(
        `postgres: the address of "orders" has the parameter "password". Only sslmode, sslrootcert, host, port are allowed, and the login is written before the host`,
      ),
    ));
});

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const host = fc.oneof(
  fc.constantFrom('db.example', '127.0.0.1', '::1', '2001:db8::1'),
  word.map((folder) => `/cloudsql/${folder}`),
);
const address: fc.Arbitrary<Address> = fc.record({
  host,
  port: fc.integer({ min: 1, max: 65_535 }),
  database: word.filter((name) => !['.', '..'].includes(name)), // a path of a URL has a meaning for these
  user: word,
  password: word,
  tls: fc.record(
    {
      mode: fc.constantFrom('disable', 'prefer', 'require', 'verify-ca', 'verify-full'),
      authority: fc.constantFrom('system', '/etc/ca.pem'),
    },
    { requiredKeys: [] },
  ),
});

test('every address is read again as it was written', () =>
  fc.assert(
    fc.property(address, (one) => expect(parseAddress(addressText(one))).toEqual({ ok: true, value: one })),
  ));

test('the credential of a lease holds nothing of the login of Curfew (B73)', () =>
  fc.assert(
    fc.property(address, word, word, (one, user, password) => {
      const shown = shownAddress(one, { user, password });
      expect(parseAddress(shown)).toMatchObject({
        ok: true,
        value: { host: one.host, port: one.port, database: one.database, user, password },
      });
      const granter = { ...one, user: 'granter', password: 'hunter2-of-the-granter' };
      expect(shownAddress(granter, { user, password })).toBe(shown);
      expect(shown).not.toContain('ca.pem');
    }),
  ));
