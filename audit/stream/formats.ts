import type { Activity } from './activity.ts';
import { cefOf } from './cef.ts';
import { ecsOf } from './ecs.ts';
import { ocsfOf } from './ocsf.ts';
import { severityOf, type StreamRecord } from './record.ts';

/** The formats of records: the text of one, and the media type of several with a line break after each. */
export const FORMATS = {
  ocsf: { text: (activity) => JSON.stringify(ocsfOf(activity)), mediaType: 'application/x-ndjson' },
  ecs: { text: (activity) => JSON.stringify(ecsOf(activity)), mediaType: 'application/x-ndjson' },
  cef: { text: cefOf, mediaType: 'text/plain; charset=utf-8' },
} as const satisfies Readonly<
  Record<string, Readonly<{ text: (activity: Activity) => string; mediaType: string }>>
>;

export type Format = keyof typeof FORMATS;

export const isFormat = (text: string): text is Format => Object.hasOwn(FORMATS, text);

/** The record of an activity in a format. */
export function recordOf(activity: Activity, format: Format): StreamRecord {
  const { log, index, leafHash, entry, kind, at } = activity;
  const text = FORMATS[format].text(activity);
  return { log, index, leafHash, entry, kind, at, severity: severityOf(activity), text };
}
