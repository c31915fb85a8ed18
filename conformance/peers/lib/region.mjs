// A region of two members made with trustctl alone, and everything that `trustctl export` writes of it, in PEERS_EXPORTS. The names in
// it are as hostile as names can be.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.env.PEERS_EXPORTS;
const trustctl = process.env.PEERS_TRUSTCTL;
rmSync(dir, { recursive: true, force: true });
mkdirSync(join(dir, 'pub'), { recursive: true });

const run = (...args) => execFileSync(trustctl, args, { cwd: dir, encoding: 'utf8' });
const read = (name) => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const write = (name, value) => writeFileSync(join(dir, name), JSON.stringify(value));
const made = (name, ...args) => write(name, JSON.parse(run('template', ...args)));

/** What a clerk, a joker or an attacker enters as a name. */
export const HOSTILE = [
  "=cmd|' /C calc'!A0",
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '"Registry", the',
  'Bank\u202eelpmaxe',
  'سجل السكان',
];

const DISTRIBUTION = 'https://trust.region.example';
const KEYS = ['xa', 'xb', 'online', 'list-xa', 'list-xb', 'operator-xz', 'cards'];

function signed(file, ...keys) {
  for (const key of keys) run('sign', file, '--key', `${key}.jwk`);
  run('assemble', file, '--dir', 'pub');
}

/** With town and postal code, which the standard leaves out gladly and some readers want. */
function operator(country) {
  const name = `operator-${country.toLowerCase()}.json`;
  made(name, 'operator', '--country', country);
  write(name, { ...read(name), locality: 'Capital', postal_code: '00001' });
  return name;
}

function root() {
  const regulator = (code) => ['--regulator', `${code}=Regulator of ${code}=${code.toLowerCase()}.pub.jwk`];
  run('init-root', '--region', 'XZ', '--distribution', DISTRIBUTION, '--threshold', '2', '--countries', '2', ...regulator('XA'),
    ...regulator('XB'), '--online', 'XA=Publisher=online.pub.jwk', '--out', 'root.json');
  signed('root.json', 'xa', 'xb');
}

function regional() {
  const admitted = ['XA', 'XB'].flatMap((code) => {
    const file = `member-${code}.json`;
    made(file, 'member', '--country', code, '--distribution', DISTRIBUTION, '--key', `list-${code.toLowerCase()}.pub.jwk`);
    return ['--admit', file];
  });
  made('row.json', 'recognition', '--recogniser', 'XB', '--recognised', 'XA');
  write('row.json', { ...read('row.json'), purpose: 'border-check', legal_basis: HOSTILE[1] });
  run('propose', 'regional', '--dir', 'pub', '--operator', operator('XZ'), ...admitted, '--recognise', 'row.json', '--out', 'r.json');
  signed('r.json', 'xa', 'xb');
}

/** An issuer of cards, whose names are somebody's joke. */
function entry(country, id, name) {
  const file = `${country}-${id}.json`;
  made(file, 'issuer', '--country', country, '--id', id);
  const entity = read(file);
  Object.assign(entity.TrustedEntityInformation.TEAddress.TEPostalAddress[0], { Locality: 'Capital', PostalCode: '00001' });
  entity.TrustedEntityInformation.TEName = [{ lang: 'en', value: name }];
  const info = entity.TrustedEntityServices[0].ServiceInformation;
  info.ServiceName = [{ lang: 'en', value: name }];
  info.ServiceTypeIdentifier = 'urn:passerelle:lote:svctype:credential-issuer';
  info.ServiceDigitalIdentity.PublicKeyValues = [{ ...read('cards.pub.jwk'), kid: 'card-key' }];
  Object.assign(info.ServiceInformationExtensions[0].PasserelleIssuer, { adapter: 'claim169', profile: { level: 'low' } });
  write(file, entity);
  return ['--entry', file];
}

function national(country, entries) {
  const code = country.toLowerCase();
  run('propose', 'national', '--dir', 'pub', '--country', country, '--operator', operator(country), ...entries, '--out', `${code}.json`);
  signed(`${code}.json`, `list-${code}`);
}

function exported() {
  const source = ['--root', 'root.json', '--dir', 'pub'];
  const lists = { regional: ['XZ', 'operator-xz'], XA: ['XA', 'list-xa'], XB: ['XB', 'list-xb'] };
  for (const [list, [country, key]] of Object.entries(lists)) {
    const subject = ['--organisation', `Trust authority of ${country}`, '--country', country];
    run('certificate', 'self-signed', '--key', `${key}.jwk`, ...subject, '--out', `${list}.pem`);
    run('export', 'lote', ...source, '--list', list, '--certificate', `${list}.pem`, '--key', `${key}.jwk`, '--out', `${list}.jwt`);
  }
  run('export', 'jwks', ...source, '--country', 'XA', '--out', 'XA.jwks.json');
  run('export', 'bundle', ...source, '--recogniser', 'XB', '--key', 'list-xb.jwk', '--out', 'XB.bundle.json', '--pin-out', 'XB.pin.json');
  for (const table of ['members', 'issuers', 'clients', 'recognitions', 'suspensions']) {
    run('export', 'csv', ...source, '--table', table, '--out', `${table}.csv`);
  }
  for (const lang of ['en', 'fr', 'pt']) run('export', 'html', ...source, '--lang', lang, '--out', `report.${lang}.html`);
}

for (const key of KEYS) run('keygen', '--out', `${key}.jwk`);
root();
regional();
national('XA', [...entry('XA', 'cards', 'Cards of XA'), ...HOSTILE.flatMap((name, at) => entry('XA', `hostile-${at}`, name))]);
national('XB', entry('XB', 'cards', 'Cards of XB'));
run('publish', '--dir', 'pub', '--key', 'online.jwk');
exported();
write('hostile.json', HOSTILE);
