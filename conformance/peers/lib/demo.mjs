// What the running demo offers, as `conformance demo` wrote it down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.env.PEERS_DEMO;
if (!dir) throw new Error('PEERS_DEMO names no directory: start these tests with conformance/peers/run');

export const demo = JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8'));

export const fileOf = (...names) => join(dir, ...names);

function named(list, what, test) {
  const found = list.find(test);
  if (!found) throw new Error(`demo.json has no ${what}`);
  return found;
}

export const relyingParty = (id) =>
  named(demo.relying_parties, `relying party ${id}`, (party) => party.client_id === id);

export const federationClient = (id) =>
  named(demo.federation_clients, `federation client ${id}`, (client) => client.client_id === id);

export const country = (code) => named(demo.countries, `country ${code}`, (each) => each.code === code);

/** A persona of a country by name. */
export const persona = (code, name) =>
  named(country(code).personas, `persona ${name} in ${code}`, (each) => each.name === name);
