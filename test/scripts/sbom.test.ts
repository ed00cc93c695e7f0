import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/import-table.ts';
import { type Bill, billOfMaterials } from '../../scripts/sbom.ts';

let bill: Bill;
beforeAll(() => void (bill = billOfMaterials()));

const named = () => new Set(bill.components.map(({ purl }) => decodeURIComponent(purl)));

test('the bill of materials names every package of package-lock.json (T34)', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { name?: string; version?: string; link?: boolean }>;
  };
  const locked = Object.entries(packages)
    .filter(([place, { link }]) => place.includes('node_modules/') && !link)
    .map(([place, { name = place.split('node_modules/').at(-1), version }]) => `pkg:npm/${name}@${version}`);
  expect(locked.length).toBeGreaterThan(500);
  expect(locked.filter((each) => !named().has(each))).toEqual([]);
});

test('the bill of materials names every Python package of moto, each with its hashes (T34)', () => {
  const list = readFileSync(join(ROOT, 'sandbox/launch/moto-requirements.txt'), 'utf8');
  const python = bill.components.filter(({ purl }) => purl.startsWith('pkg:pypi/'));
  const wanted = [...list.matchAll(/^([a-z0-9-]+)==(\S+)/gm)].map(
    ([, name, version]) => `pkg:pypi/${name}@${version}`,
  );
  expect(python.map(({ purl }) => purl)).toEqual(wanted);
  const hashes = python.flatMap((each) => each.hashes?.map(({ content }) => content) ?? []);
  expect(hashes).toEqual([...list.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, hash]) => hash));
});

test('the bill of materials is that of Curfew, in CycloneDX, and nothing in it is named twice', () => {
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'curfew' } } });
  const references = bill.components.map((each) => each['bom-ref']);
  expect(references.filter((each, place) => references.indexOf(each) < place)).toEqual([]);
});
