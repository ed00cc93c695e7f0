/** The Postgres terminal: a pasted credential, one query, and rows or the server's own message. */

const cell = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const line = (kind, text) => {
  const made = cell('p', text);
  made.className = `terminal__${kind}`;
  return made;
};

function tableOf({ columns, rows }) {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  head.append(...columns.map((column) => Object.assign(cell('th', column), { scope: 'col' })));
  const body = table.createTBody();
  for (const row of rows) body.insertRow().append(...row.map((text) => cell('td', text)));
  return table;
}

function show(sql, answer) {
  const out = document.querySelector('#terminal-out');
  const parts = [line('asked', `=> ${sql}`)];
  if (answer.kind === 'rows') {
    const count = answer.rows.length + answer.more;
    parts.push(
      tableOf(answer),
      line(
        'count',
        `(${count} ${count === 1 ? 'row' : 'rows'}${answer.more > 0 ? `, the first ${answer.rows.length} shown` : ''})`,
      ),
    );
  } else if (answer.kind === 'done') parts.push(line('count', answer.text));
  else
    parts.push(
      line('error', `${/^[0-9A-Z]{5}$/.test(answer.code) ? `ERROR ${answer.code}: ` : ''}${answer.text}`),
    );
  const entry = document.createElement('div');
  entry.className = `terminal__entry terminal__entry--${answer.kind}`;
  entry.append(...parts);
  out.append(entry);
  while (out.children.length > 20) out.firstElementChild.remove();
  out.scrollTop = out.scrollHeight;
}

async function run() {
  const url = document.querySelector('#terminal-url').value.trim();
  const sql = document.querySelector('#terminal-sql').value.trim();
  const button = document.querySelector('.terminal__run');
  button.disabled = true;
  try {
    const answer = await fetch('/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, sql }),
    });
    show(sql, await answer.json());
  } catch {
    show(sql, { kind: 'refused', code: '', text: 'The sandbox does not respond.' });
  }
  button.disabled = false;
}

/** Copies a delivered credential into the terminal. Returns false when the panel is not shown. */
export function useInTerminal(url) {
  const field = document.querySelector('#terminal-url');
  if (!field) return false;
  field.value = url;
  document.querySelector('#terminal-sql').focus();
  document.querySelector('#terminal').scrollIntoView({ block: 'nearest' });
  return true;
}

export function listenToTerminal() {
  document.addEventListener('submit', (event) => {
    if (event.target.id !== 'terminal') return;
    event.preventDefault();
    void run();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'terminal-sql' || event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void run();
  });
}
