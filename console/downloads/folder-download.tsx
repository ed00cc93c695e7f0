import type { Context } from 'hono';
import type { OrderedBy } from '../../audit/copy.ts';
import type { ExportedLog } from '../../audit/export.ts';
import { messageOf } from '../../core/faults.ts';
import type { PersonId } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { oneLine } from '../../core/text.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { PageAnswer } from '../page-answer.ts';
import type { SignedInEnv } from '../page-context.ts';
import { Problem } from '../parts/section.tsx';
import { isStillReader } from '../reader.ts';
import { recordReading } from '../readings.ts';
import { idHashIn } from '../sign-in/cookies.ts';
import { type ZippedFolder, zippedFolder } from './zipped-folder.ts';

/** A larger log is exported at the command line: a browser would wait for minutes. */
const MOST_ENTRIES = 200_000;

/** At most so many folders exist at once, because a slow reader can keep one on the disk for hours. */
const MOST_FOLDERS = 4;
/** At most so many folders of one person exist at once, so that others can download too. */
const MOST_OF_PERSON = 2;

/** A folder that somebody downloads. */
export type FolderOrder = Readonly<{
  /** The title and the path of the page that has it. */
  title: string;
  page: string;
  /** How the download is recorded. The checksum is added, so the log says which folder somebody got. */
  address: string;
  /** The name of the archive, and of the folder in it. */
  name: string;
  /** Writes the files. `checksum` is the SHA-256, in hex, of the list of the hashes of all others. */
  write: (
    folder: string,
    of: Readonly<{ log: ExportedLog; by: OrderedBy }>,
  ) => Promise<Readonly<{ checksum: string }>>;
}>;

/** Ledgers of which a folder is being made. One at a time, because each reads the whole log. */
const making = new WeakSet<ConsoleDeps['ledger']>();
/** Who downloads the folders of a ledger that are on the disk, once for each folder. */
const readers = new WeakMap<ConsoleDeps['ledger'], PersonId[]>();
const readersOf = (ledger: ConsoleDeps['ledger']): PersonId[] => {
  const known = readers.get(ledger) ?? [];
  readers.set(ledger, known);
  return known;
};

/** Makes a folder with a copy of the log, records the download, and sends it as an archive. A refusal is a page with a sentence. */
export async function sendFolder(
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  order: FolderOrder,
): Promise<Response | PageAnswer> {
  if (making.has(deps.ledger)) return refuse(order, 'Another folder is being made. Try again in a minute.');
  const { person } = c.get('reader');
  const downloading = readersOf(deps.ledger);
  if (downloading.length >= MOST_FOLDERS)
    return refuse(order, `${MOST_FOLDERS} folders are being downloaded. Try again when one is done.`);
  if (downloading.filter((each) => each === person).length >= MOST_OF_PERSON)
    return refuse(order, `You are downloading ${MOST_OF_PERSON} folders. Try again when one is done.`);
  making.add(deps.ledger);
  const folder = await makeFolder(deps, order, person).finally(() => making.delete(deps.ledger));
  if (!folder.ok) return refuse(order, folder.error);
  const { body, made } = folder.value;
  // To make it can take minutes, and a role can end meanwhile.
  if (!(await isStillReader(deps, idHashIn(c, '__Host-curfew-session'), c.get('reader')))) {
    await body.cancel();
    return refuse(order, 'You may not read this any more.');
  }
  const address = `${order.address}${order.address.includes('?') ? '&' : '?'}sha256=${made.checksum}`;
  const reading = { address, isOwn: false, kind: 'export' } as const;
  await recordReading(deps, c.get('reader'), reading).catch(async (error: unknown) => {
    await body.cancel();
    throw error;
  });
  c.header('content-type', 'application/zip');
  c.header('content-disposition', `attachment; filename="${order.name}.zip"`);
  return c.body(body);
}

async function makeFolder(
  { ledger, logKeys, report }: ConsoleDeps,
  { name, write }: FolderOrder,
  person: PersonId,
): Promise<Result<ZippedFolder<Readonly<{ checksum: string }>>, string>> {
  const [key] = logKeys;
  if (!key) return no('This console has no key of the audit log, so nobody could verify the folder.');
  const { size } = await ledger.logProgress();
  if (size > MOST_ENTRIES)
    return no(`The log has ${size} entries, which is too many to download. Use the command on the page.`);
  const log = { name: key.name, trusted: logKeys, witnesses: [], places: new Map(), exportedAt: new Date() };
  const downloading = readersOf(ledger);
  const make = (folder: string) => {
    downloading.push(person);
    return write(folder, { log, by: { by: person, via: 'console' } });
  };
  const removed = () => void downloading.splice(downloading.indexOf(person), 1);
  try {
    return ok(await zippedFolder(name, make, { report, removed }));
  } catch (error) {
    report(error);
    return no(`The folder was not made: ${messageOf(error)}.`);
  }
}

const refuse = ({ title, page }: FolderOrder, why: string): PageAnswer => ({
  ...{ kind: 'refused', title, back: page, status: 503 },
  content: [
    <Problem why={why} />,
    <p>
      <a href={page}>Back to {oneLine(title)}</a>
    </p>,
  ],
});
