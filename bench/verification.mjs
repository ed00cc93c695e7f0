// The cost of a whole verification of an export, and of the SHA-256 calls that it needs: node bench/verification.mjs <folder> <key> <rounds>.
// It prints the processor's time of each round, in milliseconds, as JSON. It is a process of its own, as it is for an auditor.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle } from '../audit/verify/verify.mjs';

/** Rounds of both before they are measured, until V8 has compiled them. */
const WARM_UPS = 3;

/** The processor's time of work, in milliseconds. @param {() => unknown} work */
function cpuOf(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The whole verification of an export. Throws when it does not verify. @param {string} folder @param {string} key */
function verify(folder, key) {
  const { verdict, problems } = verifyBundle(folder, { keys: [key] });
  if (verdict !== 'verified') throw new Error(`the export is ${verdict}: ${problems[0]?.text ?? ''}`);
}

/**
 * The SHA-256 calls that a verification needs, and nothing else: of each entry, of each node of the tree over them, and of each text.
 * @param {string} folder
 */
function hashesOf(folder) {
  const linesOf = (/** @type {string} */ file) =>
    readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1);
  const leaves = linesOf('entries.jsonl').map((entry) => Buffer.from(`\0${entry}`));
  const texts = ['texts.jsonl', 'free-texts.jsonl']
    .flatMap(linesOf)
    .map(
      (line) => /** @type {{ salt: string, texts?: readonly string[], body?: string }} */ (JSON.parse(line)),
    )
    .flatMap(({ salt, texts: all, body }) => (all ?? [body]).map((text) => Buffer.from(`${salt}\n${text}`)));
  const node = Buffer.alloc(65, 1);
  return () => {
    for (const leaf of leaves) hash('sha256', leaf, 'binary');
    for (let at = 1; at < leaves.length; at += 1) hash('sha256', node, 'binary');
    for (const text of texts) hash('sha256', text, 'hex');
  };
}

const [folder = '', key = '', rounds = ''] = process.argv.slice(2);
const bare = hashesOf(folder);
/** @type {{ verified: number[], hashed: number[] }} */
const measured = { verified: [], hashed: [] };
for (let round = 0; round < WARM_UPS + Number(rounds); round += 1) {
  const [verified, hashed] = [cpuOf(() => verify(folder, key)), cpuOf(bare)];
  if (round < WARM_UPS) continue;
  measured.verified.push(verified);
  measured.hashed.push(hashed);
}
process.stdout.write(`${JSON.stringify(measured)}\n`);
