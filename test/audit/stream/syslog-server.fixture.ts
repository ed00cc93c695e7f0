import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';

/** A certificate for 127.0.0.1 and localhost that signs itself, with its key, in PEM. */
export function ownCertificate(): Readonly<{ cert: string; key: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=curfew test', '-addext', names],
      ],
      { stdio: 'ignore' },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type SyslogMessage = Readonly<{
  facility: number;
  severity: number;
  at: string;
  host: string;
  app: string;
  kind: string;
  data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  text: string;
}>;

/** Takes the messages out of the bytes of a connection: each after its length in bytes (RFC 5425, section 4.3). Throws for anything else. */
export function unframe(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const [head = '', length = ''] =
      /^([1-9]\d{0,8}) /.exec(bytes.subarray(at, at + 10).toString('latin1')) ?? [];
    if (head === '') throw new Error(`no length at byte ${at}`);
    const end = at + head.length + Number(length);
    if (end > bytes.length) throw new Error('the last message is cut off');
    messages.push(bytes.subarray(at + head.length, end));
    at = end;
  }
  return messages;
}

const HEADER =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) /;
const ELEMENT =
  /^\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})((?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\]/;
const BOM = '\uFEFF';

/** Reads a message by RFC 5424. Throws when it is not one. */
export function parseSyslog(bytes: Buffer): SyslogMessage {
  const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const [head = '', priority = '', at = '', host = '', app = '', , kind = ''] = HEADER.exec(whole) ?? [];
  if (head === '' || Number(priority) > 191) throw new Error(`no header: ${whole.slice(0, 80)}`);
  let rest = whole.slice(head.length);
  const data: Record<string, Readonly<Record<string, string>>> = {};
  for (let found = ELEMENT.exec(rest); found; found = ELEMENT.exec(rest)) {
    const [element, id = '', parameters = ''] = found;
    data[id] = Object.fromEntries(
      [...parameters.matchAll(/ ([^=]+)="((?:[^"\\\]]|\\["\\\]])*)"/g)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll(/\\(["\\\]])/g, '$1'),
      ]),
    );
    rest = rest.slice(element.length);
  }
  if (Object.keys(data).length === 0 || !rest.startsWith(' ')) throw new Error('no structured data');
  const text = rest.slice(1);
  if (!text.startsWith(BOM) && /[^\x20-\x7e]/.test(text)) throw new Error('UTF-8 without its mark');
  return {
    ...{ facility: Number(priority) >> 3, severity: Number(priority) & 7, at, host, app, kind, data },
    text: text.startsWith(BOM) ? text.slice(1) : text,
  };
}

/** A syslog server over TLS. `messages` are those of connections that ended in order. `onConnection` may break a connection. */
export async function startSyslogServer(
  identity: Readonly<{ cert: string; key: string }>,
  onConnection: (socket: TLSSocket) => void = () => undefined,
) {
  const messages: SyslogMessage[] = [];
  const problems: unknown[] = [];
  const sockets: TLSSocket[] = [];
  const server = createServer({ ...identity, minVersion: 'TLSv1.2' }, (socket) => {
    const parts: Buffer[] = [];
    sockets.push(socket);
    socket.on('error', (error) => problems.push(error));
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('end', () => {
      try {
        messages.push(...unframe(Buffer.concat(parts)).map(parseSyslog));
      } catch (error) {
        problems.push(error);
      }
    });
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    problems,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
