import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument, type YAMLSeq } from 'yaml';
import type { ProviderDeps } from '../../providers/index.ts';

const QUICKSTART = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

/** The quickstart's folder, or a copy without the entitlements whose provider is missing. */
export function quickstartFor(home: string, providers: ProviderDeps): string {
  const catalogue = parseDocument(readFileSync(join(QUICKSTART, 'catalogue.yaml'), 'utf8'));
  const entitlements = catalogue.get('entitlements') as YAMLSeq;
  const all = entitlements.items.length;
  entitlements.items = entitlements.items.filter((item) => {
    const { targets } = (item as { toJSON(): { targets: { provider: string }[] } }).toJSON();
    return targets.every(({ provider }) => providers[provider] !== undefined);
  });
  if (entitlements.items.length === all) return QUICKSTART;
  const folder = join(home, 'quickstart');
  mkdirSync(folder, { recursive: true });
  const text = catalogue.toString({ flowCollectionPadding: false, lineWidth: 0 });
  writeFileSync(join(folder, 'catalogue.yaml'), text);
  writeFileSync(join(folder, 'people.yaml'), readFileSync(join(QUICKSTART, 'people.yaml')));
  return folder;
}
