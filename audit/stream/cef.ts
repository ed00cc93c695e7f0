import { type Activity, given } from './activity.ts';
import { PRODUCT, severityOf } from './record.ts';

/** The version of the format of these records. */
const RECORD_VERSION = '1';

/** The record of an activity in ArcSight's Common Event Format, version 0. */
export function cefOf(activity: Activity): string {
  const { kind, means } = activity;
  const header = [PRODUCT, PRODUCT, RECORD_VERSION, kind, means, String(severityOf(activity).cef)];
  return `CEF:0|${header.map(headerText).join('|')}|${extension(activity)}`;
}

const extension = (activity: Activity): string =>
  Object.entries(fieldsOf(activity))
    .map(([key, value]) => `${key}=${valueText(String(value))}`)
    .join(' ');

/** Custom fields have a label beside them. The dictionary of the format has six texts, three numbers and two times. */
function fieldsOf(activity: Activity): Readonly<Record<string, string | number>> {
  const { log, index, leafHash, entry, type, at, outcome, by, requester, account, provider } = activity;
  const { entitlement, level, lease, request, code, via, endsAt, minutes, tried } = activity;
  return {
    rt: at,
    externalId: String(index),
    cat: type,
    outcome,
    deviceFacility: log,
    ...given({ suid: by, duid: requester, duser: account, reason: code, act: tried }),
    ...given({ sourceServiceName: via, destinationServiceName: provider, dpriv: level }),
    ...custom('cs1', 'leafHash', leafHash),
    ...custom('cs2', 'entry', entry),
    ...custom('cs3', 'request', request),
    ...custom('cs4', 'lease', lease),
    ...custom('cs5', 'entitlement', entitlement),
    ...custom('cs6', 'scope', activity.scope),
    ...custom('cn1', 'minutes', minutes),
    ...custom('deviceCustomDate1', 'endsAt', endsAt),
  };
}

const custom = (key: string, label: string, value: string | number | undefined) =>
  value === undefined ? {} : { [key]: value, [`${key}Label`]: label };

/** A header field has a backslash before each bar and each backslash, and is one line. */
const headerText = (text: string): string =>
  oneLine(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('|', String.raw`\|`);

/** A value has a backslash before each equals sign and each backslash. A line break is written as \n. */
const valueText = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('=', String.raw`\=`)
    .replaceAll(/\r\n|[\n\r\u2028\u2029]/g, String.raw`\n`);

const oneLine = (text: string): string => text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
