import { isAbsolute, normalize } from 'node:path';
import { no, ok, type Result } from '../../core/result.ts';
import { type Format, FORMATS, isFormat } from './formats.ts';

/** A sink as the setting names it, with the format of its records. */
export type SinkSetting = Readonly<{ format: Format }> &
  Readonly<
    | { kind: 'file'; path: string }
    | { kind: 'stdout' }
    | { kind: 'https'; url: URL }
    | { kind: 'syslog'; host: string; port: number }
  >;

const FORMS =
  'file:/a/file.jsonl, stdout:, https://siem.example.com/ingest or syslog+tls://host:6514, each with ?format=ocsf, ecs or cef';

/** Reads the sinks of the stream, with commas between them. The error names the sink that is wrong, and not what is in it. */
export function parseSinks(text: string): Result<readonly SinkSetting[], string> {
  const sinks: SinkSetting[] = [];
  const seen = new Set<string>();
  for (const [index, each] of text.split(',').entries()) {
    const which = `sink ${index + 1}`;
    const sink = parseSink(each.trim());
    if (!sink.ok) return no(`${which} ${sink.error}`);
    const name = sinkName(sink.value);
    if (seen.has(name)) return no(`${which} is the same as one before it`);
    seen.add(name);
    sinks.push(sink.value);
  }
  return ok(sinks);
}

/** The name of a sink, under which the ledger keeps how far it is. It has neither the format nor a part that can be a secret. */
export function sinkName(sink: SinkSetting): string {
  switch (sink.kind) {
    case 'file':
      return `file:${sink.path}`;
    case 'stdout':
      return 'stdout:';
    case 'https':
      return `${sink.url.origin}${sink.url.pathname}`;
    case 'syslog':
      return `syslog+tls://${sink.host}:${sink.port}`;
  }
}

function parseSink(text: string): Result<SinkSetting, string> {
  const [address = '', query, ...rest] = text.split('?');
  const format = formatIn(query, rest);
  if (!format.ok) return format;
  if (address === 'stdout:') return ok({ kind: 'stdout', format: format.value });
  if (address.startsWith('file:')) return parseFile(address, format.value);
  if (/^https?:/.test(address)) return parseHttps(address, format.value);
  if (address.startsWith('syslog+tls:')) return parseSyslog(address, format.value);
  return no(`must be ${FORMS}`);
}

function formatIn(query: string | undefined, rest: readonly string[]): Result<Format, string> {
  if (query === undefined) return ok('ocsf');
  const [, format = ''] = /^format=(.*)$/.exec(query) ?? [];
  return rest.length === 0 && isFormat(format)
    ? ok(format)
    : no(`may have only ?format= after its address, with one of ${Object.keys(FORMATS).join(', ')}`);
}

function parseFile(address: string, format: Format): Result<SinkSetting, string> {
  const path = address.replace(/^file:(\/\/(?=\/))?/, '');
  if (!isAbsolute(path) || path.endsWith('/') || path.includes('\0'))
    return no('must have the whole path of a file');
  return ok({ kind: 'file', path: normalize(path), format });
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function parseHttps(address: string, format: Format): Result<SinkSetting, string> {
  const url = URL.parse(address);
  if (!url || url.username !== '' || url.password !== '' || url.hash !== '')
    return no('must be an address without a password. A token is in CURFEW_STREAM_TOKEN');
  if (url.protocol !== 'https:' && !LOOPBACK.has(url.hostname))
    return no('must have an address that begins with https://');
  return ok({ kind: 'https', url, format });
}

/** The port of syslog over TLS (RFC 5425). */
const SYSLOG_PORT = 6514;

function parseSyslog(address: string, format: Format): Result<SinkSetting, string> {
  const [whole, host = '', port = String(SYSLOG_PORT)] =
    /^syslog\+tls:\/\/([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?\/?$/.exec(address) ?? [];
  if (whole === undefined || Number(port) < 1 || Number(port) > 65_535)
    return no('must have a host, such as syslog+tls://siem.example.com:6514');
  return ok({ kind: 'syslog', host: host.replaceAll(/[[\]]/g, ''), port: Number(port), format });
}
