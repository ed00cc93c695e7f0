import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';

/** Whether this system lists the sockets of each process. */
export const canListListeners = existsSync('/proc/net/tcp');

/** A port on which a process waits for connections, and the address that it is bound to, as the kernel writes it. */
export type Listener = Readonly<{ pid: number; port: number; address: string }>;

/** The addresses of loopback: 127.0.0.1, ::1, and 127.0.0.1 in IPv6. */
export const LOOPBACK_ADDRESSES = [
  '0100007F',
  '00000000000000000000000001000000',
  '0000000000000000FFFF00000100007F',
];

/** Every port on which this process or one of its descendants listens. Linux only. */
export function listenersOf(root: number): readonly Listener[] {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file)).flatMap(listening);
  return familyOf(root).flatMap((pid) => {
    const own = socketsOf(pid);
    return sockets.filter(({ inode }) => own.has(inode)).map(({ address, port }) => ({ pid, address, port }));
  });
}

/** The sockets in the state LISTEN, which the kernel writes as 0A. */
function listening(file: string) {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local = '', , , , , , , , inode = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { address, port: Number.parseInt(port, 16), inode };
    });
}

function socketsOf(pid: number): ReadonlySet<string> {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  } catch {
    return new Set(); // it ended meanwhile
  }
}

/** The process and its descendants. */
function familyOf(root: number): readonly number[] {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) =>
      /^\d+$/.test(name) ? [[Number(name), parentOf(name)] as const] : [],
    ),
  );
  const family = [root];
  for (const member of family)
    family.push(...[...parents].filter(([, parent]) => parent === member).map(([pid]) => pid));
  return family;
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // it ended meanwhile
  }
}

type Sent = Readonly<{ method?: 'GET' | 'POST'; path?: string; headers?: Readonly<Record<string, string>> }>;

/** The status and the text of the answer, or undefined when the port does not speak HTTP. */
export function ask(
  port: number,
  { method = 'GET', path = '/', headers = {} }: Sent = {},
): Promise<Readonly<{ status: number; text: string }> | undefined> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      answer.once('close', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    call.setTimeout(SILENCE_MS, () => call.destroy());
    call.once('error', () => resolve(undefined));
    call.end(method === 'POST' ? '{}' : undefined);
  });
}

/** A server that speaks HTTP answers much sooner. Some others wait for more. */
const SILENCE_MS = 5_000;
const EVIL = 'evil.example';

/** What a web page of another site can send to a port of this machine, by how it shows itself. */
const FOREIGN: readonly (readonly [string, (port: number) => Readonly<Record<string, string>>])[] = [
  ['a foreign Host (DNS rebinding)', (port) => ({ host: `${EVIL}:${port}` })],
  ['a foreign Origin', () => ({ origin: `https://${EVIL}` })],
  ['the Origin of another port', (port) => ({ origin: `http://127.0.0.1:${port === 1 ? 2 : 1}` })],
  ['an image of another site', () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })],
];
/** Temporal's metrics cannot be turned off. They change nothing, and name no request. */
export const METRICS = '/metrics';
/** Paths at which the servers of the demo have something. At other paths they answer 404 to everybody. */
const PATHS = [
  '/',
  '/api/auth.test',
  '/api/v1/namespaces',
  '/moto-api/data.json',
  '/?Action=ListUsers&Version=2010-05-08',
];

/** What a web page of another site can do at this port: each request that was not refused with a 4xx status. */
export async function openTo(port: number): Promise<readonly string[]> {
  if (!(await ask(port))) return [];
  const attempts = FOREIGN.flatMap(([how, headers]) =>
    PATHS.flatMap((path) =>
      (['GET', 'POST'] as const).map((method) => ({ how, path, method, headers: headers(port) })),
    ),
  );
  const complaints = await Promise.all(
    attempts.map(async ({ how, path, method, headers }) => {
      const sent = { ...headers, ...(method === 'POST' ? { 'content-type': 'text/plain' } : {}) };
      const answer = await ask(port, { method, path, headers: sent });
      return answer && (answer.status < 400 || answer.status > 499)
        ? [`${method} ${path} with ${how} was answered with ${answer.status}`]
        : [];
    }),
  );
  return complaints.flat();
}
