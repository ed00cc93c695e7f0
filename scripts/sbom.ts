import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

// npm run sbom
// Writes the software bill of materials, in CycloneDX. It needs no network: npm makes it from package-lock.json.

const ROOT = resolve(import.meta.dirname, '..');
const REQUIREMENTS = join(ROOT, 'sandbox/launch/moto-requirements.txt');
const FOLDER = join(ROOT, '.curfew');

type Hash = Readonly<{ alg: string; content: string }>;
export type Component = Readonly<{
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  hashes?: readonly Hash[];
}>;
export type Bill = Readonly<{
  bomFormat: string;
  metadata: Readonly<{ component: Readonly<{ name: string }> }>;
  components: readonly Component[];
}>;

/** Every package of npm that is locked, and every Python package that moto needs. */
export function billOfMaterials(): Bill {
  const npm = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const text = execFileSync('npm', npm, { cwd: ROOT, encoding: 'utf8', maxBuffer: 100_000_000 });
  const bill = JSON.parse(text) as Bill;
  const { metadata } = bill;
  const list = readFileSync(REQUIREMENTS, 'utf8');
  return {
    ...bill,
    metadata: { ...metadata, component: { ...metadata.component, name: 'curfew' } }, // npm takes that of the folder
    components: [...bill.components, ...pythonComponents(list)],
  };
}

/** An entry is `name==version`, perhaps a condition, and the hashes of its files on the lines after it. */
function pythonComponents(list: string): readonly Component[] {
  return [...list.matchAll(/^([a-z0-9-]+)==(\S+)((?:.*\\\n)*.*)/gm)].map(
    ([, name = '', version = '', rest = '']) => {
      const purl = `pkg:pypi/${name}@${version}`;
      const hashes = [...rest.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, content = '']) => ({
        alg: 'SHA-256',
        content,
      }));
      return { 'bom-ref': purl, type: 'library', name, version, purl, hashes };
    },
  );
}

if (process.argv[1] === import.meta.filename) {
  const bill = billOfMaterials();
  const file = join(FOLDER, 'sbom.json');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${file}: ${bill.components.length} packages`);
}
