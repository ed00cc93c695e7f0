import { PRODUCT, type StreamRecord } from './record.ts';

/** "Log audit" in RFC 5424. */
const FACILITY = 13;

/**
 * The name of our structured data. 32473 is the enterprise number that is reserved for examples (RFC 5612), because the project has none
 * of its own.
 */
export const STRUCTURED_DATA = 'curfew@32473';

/** The syslog message of a record (RFC 5424). `host`: the name of this machine. */
export function syslogMessage(record: StreamRecord, host: string): string {
  const { index, log, leafHash, entry, kind, at, severity, text } = record;
  const data = Object.entries({ index, log, leafHash, entry }).map(
    ([name, value]) => `${name}="${parameterText(String(value))}"`,
  );
  const header = [
    `<${FACILITY * 8 + severity.syslog}>1`,
    new Date(at).toISOString(),
    headerText(host, 255),
    headerText(PRODUCT.toLowerCase(), 48),
    '-',
    headerText(kind, 32),
    `[${STRUCTURED_DATA} ${data.join(' ')}]`,
  ].join(' ');
  // A message that begins with this mark is UTF-8. One without it is ASCII, which more receivers read.
  return `${header} ${isAscii(text) ? '' : '\uFEFF'}${text}`;
}

/** One message in the stream of bytes of RFC 5425: its length in bytes, a space, and the message. */
export function frame(message: string): Buffer {
  const bytes = Buffer.from(message, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** A field of the header has printable ASCII only, and is not empty. */
const headerText = (text: string, most: number): string =>
  text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, most) || '-';

const parameterText = (text: string): string => text.replaceAll(/["\\\]]/g, (each) => `\\${each}`);

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
