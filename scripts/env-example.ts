import { writeFileSync } from 'node:fs';
import { metaOf, SETTING_NAMES } from '../app/settings/schema.ts';

const HEADER = `# Every setting of Curfew. "npm start" needs none of them and uses no real service. "curfew up" uses real services.
# Copy to .env and keep what you need; a variable that is set in the environment wins.
# Made from the schema that checks them: npm run env:example
`;

/** The text of `.env.example`: every setting in its group, commented out, with what it is. */
export function renderEnvExample(): string {
  const groups = new Map<string, string[]>();
  for (const name of SETTING_NAMES) {
    const { group, about, example, secret } = metaOf(name);
    const lines = [
      `# ${about}${secret ? ` A secret: ${name}_FILE may name a file instead.` : ''}`,
      `# ${name}=${example}`,
    ];
    groups.set(group, [...(groups.get(group) ?? []), ...lines]);
  }
  const sections = [...groups].map(([group, lines]) => `\n## ${group}\n${lines.join('\n')}\n`);
  return HEADER + sections.join('');
}

if (process.argv[1] === import.meta.filename) writeFileSync('.env.example', renderEnvExample());
