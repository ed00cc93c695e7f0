/**
 * Checks the proof of an entry of the audit log in this browser: the signature of the checkpoint (Ed25519), and the entry's place in the tree
 * (RFC 6962). The keys are in the page, so compare them with those that you have from elsewhere.
 */
const keys = (document.querySelector('[data-keys]')?.dataset.keys ?? '').split(' ').filter(Boolean);

for (const button of document.querySelectorAll('[data-proof]')) {
  button.hidden = false;
  button.addEventListener('click', () => void show(button));
}

async function show(button) {
  const output = button.nextElementSibling;
  output.textContent = 'Checking…';
  try {
    const response = await fetch(button.dataset.proof, { headers: { accept: 'application/x-ndjson' } });
    if (!response.ok) throw new Error(`the proof could not be read (${response.status})`);
    const proof = JSON.parse(await response.text());
    const { key, size } = await check(proof);
    if (JSON.parse(proof.entry).id !== button.dataset.event) throw new Error('it proves another event');
    output.textContent = `Right: it is in the log of ${size} entries that ${key} signed.`;
    output.className = 'right';
  } catch (error) {
    output.textContent = `Not proved: ${error.message}.`;
    output.className = 'wrong';
  }
}

async function check({ entry, index, size, path, note }) {
  const [text, signatures] = note.split('\n\n');
  const key = await signerOf(`${text}\n`, signatures);
  const [, signedSize, root] = text.split('\n');
  if (Number(signedSize) !== size) throw new Error('the checkpoint is of another size');
  const computed = await rootFrom({
    leaf: new TextEncoder().encode(entry),
    index,
    size,
    path: path.map(bytesOf),
  });
  if (base64Of(computed) !== root) throw new Error('the entry is not at this place of the log');
  return { key, size };
}

/** The name of the key that signed a note (https://c2sp.org/signed-note). */
async function signerOf(text, signatures) {
  for (const line of signatures.split('\n').filter(Boolean)) {
    const [, name, encoded] = line.split(' ');
    const signature = bytesOf(encoded);
    for (const key of keys) {
      const [keyName, id, ...rest] = key.split('+');
      if (keyName !== name || hexOf(signature.slice(0, 4)) !== id) continue;
      const publicKey = await crypto.subtle.importKey(
        'raw',
        bytesOf(rest.join('+')).slice(1),
        'Ed25519',
        true,
        ['verify'],
      );
      if (
        await crypto.subtle.verify('Ed25519', publicKey, signature.slice(4), new TextEncoder().encode(text))
      )
        return `${name} (${id})`;
    }
  }
  throw new Error('no key of this page signed the checkpoint');
}

/** The root of a tree from one of its leaves (RFC 9162, 2.1.3.2). */
async function rootFrom({ leaf, index, size, path }) {
  if (index >= size) throw new Error('the entry is not in the checkpoint');
  let [node, last] = [index, size - 1];
  let hash = await sha256(Uint8Array.of(0), leaf);
  for (const sibling of path) {
    if (last === 0) throw new Error('the proof is too long');
    if (node % 2 === 1 || node === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = await sha256(Uint8Array.of(1), hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Error('the proof is too short');
  return hash;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const base64Of = (bytes) => btoa(String.fromCharCode(...bytes));
const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
