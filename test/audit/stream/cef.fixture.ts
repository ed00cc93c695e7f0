/**
 * The keys of the extension that may be used, with the most characters of a text, from the dictionary of "ArcSight Common Event Format,
 * Implementation Standard", version 26. A number or a time has its own name instead.
 */
const DICTIONARY: Readonly<Record<string, number | 'integer' | 'time'>> = {
  ...{ act: 63, cat: 1023, externalId: 40, outcome: 63, reason: 1023, rt: 'time' },
  ...{ suid: 1023, suser: 1023, duid: 1023, duser: 1023, dpriv: 1023, spriv: 1023 },
  ...{ sourceServiceName: 1023, destinationServiceName: 1023, deviceFacility: 1023, msg: 1023 },
  ...{ cs1: 4000, cs2: 4000, cs3: 4000, cs4: 4000, cs5: 4000, cs6: 4000, cn1: 'integer' },
  ...{ deviceCustomDate1: 'time' },
};
const isLabel = (key: string): boolean => key.endsWith('Label') && key.slice(0, -5) in DICTIONARY;

export type CefRecord = Readonly<{ header: readonly string[]; extension: Readonly<Record<string, string>> }>;

/** Reads a record in ArcSight's Common Event Format. Throws when it is not one. */
export function parseCef(line: string): CefRecord {
  if (/[\r\n]/.test(line)) throw new Error('a record is one line');
  const parts = /^CEF:0((?:\|(?:[^|\\]|\\[|\\])*){6})\|(.*)$/.exec(line);
  if (!parts) throw new Error('no header of seven fields');
  const [, head = '', rest = ''] = parts;
  const header = [...head.matchAll(/\|((?:[^|\\]|\\[|\\])*)/g)].map(([, text = '']) =>
    text.replaceAll(/\\([|\\])/g, '$1'),
  );
  const severity = Number(header[5]);
  if (!Number.isInteger(severity) || severity < 0 || severity > 10) throw new Error('no severity');
  return { header, extension: extensionOf(rest) };
}

function extensionOf(text: string): Readonly<Record<string, string>> {
  const extension: Record<string, string> = {};
  // A value ends where the next key begins. An equals sign inside a value has a backslash before it.
  for (let rest = text; rest !== '';) {
    const [whole = '', key = '', raw = ''] =
      /^([A-Za-z0-9]+)=((?:[^=\\]|\\[=\\nr])*?)(?:$| (?=[A-Za-z0-9]+=))/.exec(rest) ?? [];
    if (whole === '') throw new Error(`no key and value at "${rest.slice(0, 40)}"`);
    if (key in extension) throw new Error(`${key} is there twice`);
    extension[key] = valueOf(
      key,
      raw.replaceAll(/\\([=\\nr])/g, (_, each: string) => UNESCAPED[each] ?? ''),
    );
    rest = rest.slice(whole.length);
  }
  for (const key of Object.keys(extension))
    if (/^(cs|cn|flexString|deviceCustomDate)\d$/.test(key) && extension[`${key}Label`] === undefined)
      throw new Error(`${key} has no label`);
  return extension;
}

const UNESCAPED: Readonly<Record<string, string>> = { '=': '=', '\\': '\\', n: '\n', r: '\r' };

function valueOf(key: string, value: string): string {
  const kind = isLabel(key) ? 1023 : DICTIONARY[key];
  if (kind === undefined) throw new Error(`${key} is not in the dictionary`);
  if (typeof kind === 'number' && value.length > kind) throw new Error(`${key} is too long`);
  if (typeof kind !== 'number' && !/^-?\d+$/.test(value)) throw new Error(`${key} is no ${kind}`);
  return value;
}
