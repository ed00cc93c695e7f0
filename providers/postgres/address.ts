import { no, ok, type Result } from '../../core/result.ts';

/** How a connection is encrypted. Curfew verifies the server with every mode but `disable`. */
const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];

/**
 * A server and a database on it, in named parts. `host` is a name, an IP address, or the folder of a socket, which begins
 * with `/`. `authority` is a file with the certificate of the authority, or `system`. `password` is the only secret.
 */
export type Address = Readonly<{
  host: string;
  port: number;
  database: string;
  user?: string;
  password?: string;
  tls: Readonly<{ mode?: Mode; authority?: string }>;
}>;

const PORT = 5432;
const LIKE = 'is not like postgres://user:password@host:5432/database';
const ALLOWED = ['sslmode', 'sslrootcert', 'host', 'port'];
/** Parameters of libpq that hold a secret, or that name another login, database or file with secrets. */
const REFUSED = [
  ...['user', 'password', 'dbname', 'hostaddr', 'passfile', 'service', 'servicefile', 'options'],
  ...['sslkey', 'sslcert', 'sslpassword', 'sslcrl', 'ssl', 'uselibpqcompat', 'requirepeer', 'krbsrvname'],
];
const SEVERAL =
  'names several hosts. Name the one that always leads to the primary, and name each read replica in CURFEW_POSTGRES_REPLICAS';

/**
 * Reads an address such as `postgres://user:password@host:5432/database?sslmode=verify-full`. A socket is a folder in place
 * of the host, in one of the spellings of libpq: `postgres://user@/orders?host=/cloudsql/x` or
 * `postgres://user@%2Fcloudsql%2Fx/orders`
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS). The error completes "the address …"
 * and holds nothing of the address but the names of known parameters.
 */
export function parseAddress(text: string): Result<Address, string> {
  if (/^postgres(ql)?:\/\/[^/?#]*,/i.test(text.replace(/\/\/[^/?#]*@/, '//'))) return no(SEVERAL);
  // A URL of the web standard with a login has a host. libpq allows none, for a socket.
  const url = text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=\/)/i, '$1%2F');
  if (!/^postgres(ql)?:\/\//i.test(text) || !URL.canParse(url)) return no(LIKE);
  const { hostname, port, pathname, username, password, searchParams, hash } = new URL(url);
  if (hash !== '') return no('has a "#". Write it as %23');
  const wrong = wrongParameter(searchParams);
  if (wrong !== undefined) return no(wrong);
  const parts = decoded({ hostname, database: pathname.slice(1), user: username, password });
  if (!parts) return no('has a "%" that is not followed by two hexadecimal digits. Write it as %25');
  if (parts.database === '') return no('names no database after the host');
  const place = placeOf(parts.hostname, {
    port,
    host: searchParams.get('host'),
    query: searchParams.get('port'),
  });
  if (!place.ok) return place;
  const mode = searchParams.get('sslmode') ?? undefined;
  if (mode !== undefined && !isMode(mode)) return no(`has an "sslmode" that is none of ${MODES.join(', ')}`);
  const authority = searchParams.get('sslrootcert');
  return ok({
    ...place.value,
    database: parts.database,
    ...(parts.user === '' ? {} : { user: parts.user }),
    ...(parts.password === '' ? {} : { password: parts.password }),
    tls: { ...(mode === undefined ? {} : { mode }), ...(authority ? { authority } : {}) },
  });
}

const isMode = (text: string): text is Mode => (MODES as readonly string[]).includes(text);

function wrongParameter(parameters: URLSearchParams): string | undefined {
  const names = [...parameters.keys()];
  const refused = names.find((name) => REFUSED.includes(name.toLowerCase()));
  if (refused !== undefined)
    return `has the parameter "${refused.toLowerCase()}". Only ${ALLOWED.join(', ')} are allowed, and the login is written before the host`;
  if (names.some((name) => !ALLOWED.includes(name)))
    return `has a parameter that is none of ${ALLOWED.join(', ')}`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `has the parameter "${twice}" twice`;
}

function decoded<T extends Readonly<Record<string, string>>>(parts: T): T | undefined {
  try {
    return Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [name, decodeURIComponent(value)]),
    ) as T;
  } catch {
    return undefined;
  }
}

type Written = Readonly<{ port: string; host: string | null; query: string | null }>;

/** Where the server listens. A host in the parameters is accepted for a socket only, because a URL has another place for it. */
function placeOf(
  hostname: string,
  { port, host, query }: Written,
): Result<Pick<Address, 'host' | 'port'>, string> {
  const folder = host ?? (hostname.length > 1 && hostname.startsWith('/') ? hostname : undefined);
  if (host !== null && hostname !== '' && hostname !== '/')
    return no('names a host before the path and another one as a parameter. Write only one');
  if (host !== null && !host.startsWith('/'))
    return no('has a host as a parameter that is not the folder of a socket. Write the host before the path');
  if (folder === undefined && (hostname === '' || hostname === '/'))
    return no(
      'names no host. For a socket, write its folder as a parameter: postgres://user@/orders?host=/folder',
    );
  if (query !== null && (host === null || !/^\d{1,5}$/.test(query)))
    return no(
      'has a "port" that is not the number of a socket. Write the port after the host, as in host:5432',
    );
  return ok({
    host: folder ?? hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(query ?? (port || PORT)),
  });
}

/** The address as a URL that libpq and the driver of Curfew read alike. It is made of the named parts only. */
export function addressText({ host, port, database, user, password, tls }: Address): string {
  const login =
    user === undefined
      ? ''
      : `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
  const place = host.startsWith('/') ? encodeURIComponent(host) : host.includes(':') ? `[${host}]` : host;
  const parameters = new URLSearchParams({
    ...(tls.mode === undefined ? {} : { sslmode: tls.mode }),
    ...(tls.authority === undefined ? {} : { sslrootcert: tls.authority }),
  });
  const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `postgres://${login}${place}${port === PORT ? '' : `:${port}`}/${encodeURIComponent(database)}${query}`;
}

/**
 * The address that the holder of a login is shown. A file with a certificate is on Curfew's machine, so its path is left out.
 */
export function shownAddress(
  { host, port, database, tls: { mode, authority } }: Address,
  login: Readonly<{ user: string; password: string }>,
): string {
  const tls = { ...(mode && { mode }), ...(authority === 'system' && { authority }) };
  return addressText({ host, port, database, ...login, tls });
}
