import { isAbsolute, normalize } from 'node:path';
import { no, ok, type Result } from '../../core/result.ts';
import { parseVerifierKey, type VerifierKey } from '../note/vkey.ts';
import type { BucketPlace } from './bucket.ts';

/** A place as the setting names it. */
export type PlaceSetting = Readonly<
  | { kind: 'folder'; folder: string }
  | ({ kind: 'bucket' } & BucketPlace)
  | { kind: 'git'; remote: string; branch: string }
  | { kind: 'slack'; channel: string }
  | { kind: 'witness'; url: URL; key: VerifierKey }
>;

const FORMS =
  '/a/folder, s3://bucket/prefix?retain=365d, git:<repository>#<branch>, slack:<id of a channel>, or witness:<https URL>+<verifier key>';

/** Who reads a note by C2SP reads at least 16 signatures: these, and two of the log while its key changes. */
const MOST_WITNESSES = 14;

/**
 * Reads the places of the log, with commas between them. The error names the place that is wrong, without a password that could be
 * in it.
 */
export function parsePlaces(text: string): Result<readonly PlaceSetting[], string> {
  const places: PlaceSetting[] = [];
  const seen = new Set<string>();
  for (const [index, each] of text.split(',').entries()) {
    const which = `place ${index + 1}`;
    const place = parsePlace(each.trim());
    if (!place.ok) return no(`${which} ${place.error}`);
    const identity = identityOf(place.value);
    if (seen.has(identity)) return no(`${which} is the same as one before it`);
    seen.add(identity);
    places.push(place.value);
    if (places.filter(({ kind }) => kind === 'witness').length > MOST_WITNESSES)
      return no(`${which} is one witness too many: a log has at most ${MOST_WITNESSES}`);
  }
  return ok(places);
}

function parsePlace(text: string): Result<PlaceSetting, string> {
  if (text.startsWith('/') || text.startsWith('file:')) return parseFolder(text);
  if (text.startsWith('s3:')) return parseBucket(text);
  if (text.startsWith('git:')) return parseGit(text.slice('git:'.length));
  if (text.startsWith('slack:')) return parseSlack(text.slice('slack:'.length));
  if (text.startsWith('witness:')) return parseWitness(text.slice('witness:'.length));
  return no(`must be ${FORMS}`);
}

function parseFolder(text: string): Result<PlaceSetting, string> {
  const folder = text.replace(/^file:(\/\/(?=\/))?/, '');
  if (!isAbsolute(folder) || folder.includes('\0')) return no('must have the whole path of a folder');
  return ok({ kind: 'folder', folder: normalize(folder).replace(/(.)\/$/, '$1') });
}

const BUCKET =
  /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]*))?(?:\?retain=([1-9]\d{0,4})d)?$/;

function parseBucket(text: string): Result<PlaceSetting, string> {
  const [whole, bucket = '', path = '', days] = BUCKET.exec(text) ?? [];
  if (whole === undefined)
    return no('must be a bucket such as s3://bucket/prefix or s3://bucket/prefix?retain=365d');
  const prefix = path.replace(/\/+$/, '');
  return ok({
    kind: 'bucket',
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(days === undefined ? {} : { retainDays: Number(days) }),
  });
}

/** No part begins with a hyphen, so that neither git nor ssh reads one as an option. */
const GIT_REMOTES = [
  /^\/[^\0\n]+$/,
  /^https:\/\/[\w.-]+(:\d+)?\/[\w.~%/-]+$/,
  /^ssh:\/\/([\w.][\w.-]*@)?[\w.][\w.-]*(:\d+)?\/[\w.~%/-]+$/,
  /^([\w.][\w.-]*@)[\w.][\w.-]*:[\w.~][\w.~/-]*$/,
];
const BRANCH = /^(?!.*(\.\.|\/\/|\/\.|\.lock(\/|$)))[A-Za-z0-9_][\w./-]*(?<![./])$/;

function parseGit(text: string): Result<PlaceSetting, string> {
  const [remote = '', branch = 'main', ...rest] = text.split('#');
  if (!GIT_REMOTES.some((form) => form.test(remote)))
    return no(
      'must have a repository after git:, such as git:ssh://git@example.com/log.git, git:https://example.com/log.git without a password, or git:/srv/log.git',
    );
  if (rest.length > 0 || !BRANCH.test(branch))
    return no('must have the name of a branch after #, such as #main');
  return ok({ kind: 'git', remote, branch });
}

const CHANNEL = /^[CG][A-Z0-9]{8,20}$/;

const parseSlack = (channel: string): Result<PlaceSetting, string> =>
  CHANNEL.test(channel)
    ? ok({ kind: 'slack', channel })
    : no(
        'must have the id of a channel after slack:, such as slack:C0123456789. Slack shows it in the details of the channel',
      );

/** The address ends at the first plus. The key has two more. */
function parseWitness(text: string): Result<PlaceSetting, string> {
  const plus = text.indexOf('+');
  const url = plus < 0 ? undefined : URL.parse(text.slice(0, plus));
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return no(
      'must have an address and a verifier key, such as witness:https://witness.example/+witness.example+530d903a+BOky…',
    );
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname)))
    return no('must have an address that begins with https://');
  const key = parseVerifierKey(text.slice(plus + 1));
  if (!key.ok) return no(`has a key after its address that ${key.error}`);
  if (key.value.type !== 'cosignature')
    return no('has the key of a log, but needs the key of a witness (type 4)');
  return ok({ kind: 'witness', url, key: key.value });
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Two places with the same identity are one place. */
function identityOf(place: PlaceSetting): string {
  switch (place.kind) {
    case 'folder':
      return `folder ${place.folder}`;
    case 'bucket':
      return `bucket ${place.bucket}/${place.prefix}`;
    case 'git':
      return `git ${place.remote}#${place.branch}`;
    case 'slack':
      return `slack ${place.channel}`;
    case 'witness':
      return `witness ${place.url.href}`;
  }
}
