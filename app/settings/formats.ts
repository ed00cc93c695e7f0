import { z } from 'zod';
import type { RemovalCap } from '../../core/findings/removal-cap.ts';
import { isKeyName, parseVerifierKey } from '../../audit/note/vkey.ts';
import { parsePlaces } from '../../audit/places/parse-places.ts';
import { parseSinks } from '../../audit/stream/parse-sinks.ts';
import { parsePublicKey } from '../../manifest/keys.ts';
import { parsePlace } from '../../manifest/place.ts';

export const postgresUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: 'must be an address like postgres://user:password@host:5432/database',
  })
  .optional();

export const number = (least: number, most: number, unit: string) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole ${unit} from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

export const key32 = z
  .string()
  // Node skips characters that are not base64, so that a mistyped key would be another key.
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64; make one with: openssl rand -base64 32')
  .transform((base64) => new Uint8Array(Buffer.from(base64, 'base64')));

/** `provider=key` pairs, separated by commas or spaces. A provider with several keys is named several times. */
export const undoKeys = z
  .string()
  .transform((pairs) =>
    pairs
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )
  .refine(
    (pairs) => pairs.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/.test(name)),
    'must be pairs like github=<key>, the name of a provider and its key',
  )
  .refine(
    (pairs) => pairs.every(([, key]) => key32.safeParse(key).success),
    'must give every provider 32 bytes in base64; make a key with: openssl rand -base64 32',
  )
  .transform((pairs) => pairs.map(([name, key]) => [name, key32.parse(key)] as const))
  .refine(
    (pairs) => new Set(pairs.map(([, key]) => Buffer.from(key).toString('hex'))).size === pairs.length,
    'has one key twice. Each provider needs a key of its own',
  )
  .transform((pairs) => {
    const keys = new Map<string, readonly Uint8Array[]>();
    for (const [name, key] of pairs) keys.set(name, [...(keys.get(name) ?? []), key]);
    return keys;
  });

/** Where the manifest is, as `parsePlace` reads it. */
export const manifestPlace = z.string().superRefine((place, context) => {
  const read = parsePlace(place);
  if (!read.ok) context.addIssue({ code: 'custom', message: read.error });
});

export const manifestPublicKeys = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .superRefine((texts, context) => {
    for (const text of texts) {
      const key = parsePublicKey(text);
      if (!key.ok) return context.addIssue(key.error);
    }
  })
  .transform((texts) => texts.flatMap((text) => keyIn(parsePublicKey(text))));

const keyIn = (read: ReturnType<typeof parsePublicKey>) => (read.ok ? [read.value] : []);

/** The name of the log, which is also that of its keys. */
export const logName = z
  .string()
  .refine(isKeyName, 'must be a name without spaces and plus signs, such as curfew.example.com/log');

const listed = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);

/** Keys of 32 bytes in base64, separated by commas or spaces. */
export const logKeys = z.string().transform(listed).pipe(z.array(key32).min(1, 'must have a key'));

/** Verifier keys of C2SP signed notes, separated by commas or spaces. */
export const logPublicKeys = z
  .string()
  .transform(listed)
  .superRefine((texts, context) => {
    for (const text of texts) {
      const key = parseVerifierKey(text);
      if (!key.ok) return context.addIssue(key.error);
    }
  });

/** The places of the log, as `parsePlaces` reads them. */
export const logPlaces = z.string().superRefine((text, context) => {
  const places = parsePlaces(text);
  if (!places.ok) context.addIssue(places.error);
});

/** The sinks of the stream, as `parseSinks` reads them. */
export const streamSinks = z.string().superRefine((text, context) => {
  const sinks = parseSinks(text);
  if (!sinks.ok) context.addIssue(sinks.error);
});

/** `10,20%`: a number of accesses, and a part of the members of a target. */
export const removalCap = z
  .string()
  .regex(/^\d{1,4}\s*,\s*(100|\d{1,2})%$/, 'must be a number and per cent, such as 10,20%')
  .transform((text): RemovalCap => {
    const [most = '0', percent = '0%'] = text.split(',');
    return { most: Number(most), percent: Number(percent.trim().slice(0, -1)) };
  });
