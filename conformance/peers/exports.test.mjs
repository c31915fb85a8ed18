// What `trustctl export` writes, read by software that knows nothing of this project: npm `jose` and node's own crypto for signatures,
// `ajv` for the schemas, `@owf/eudi-lote` for LoTE, `node-html-parser` for the page.
import assert from 'node:assert/strict';
import { X509Certificate, createHash, createPublicKey } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { validateLoTE } from '@owf/eudi-lote';
import Ajv from 'ajv';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, errors, generalVerify, importJWK } from 'jose';
import { parse } from 'node-html-parser';

const file = (name) => readFileSync(join(process.env.PEERS_EXPORTS, name), 'utf8');
const json = (name) => JSON.parse(file(name));
const repository = new URL('../../trust-list/', import.meta.url);
const inRepository = (path) => JSON.parse(readFileSync(new URL(path, repository), 'utf8'));
const part = (jws, at) => JSON.parse(Buffer.from(jws.split('.')[at], 'base64url'));

const LISTS = { regional: 'XZ', XA: 'XA', XB: 'XB' };
const payload = (list) => part(file(`${list}.jwt`), 1);

/** The certificate in the header, as node reads it. */
const certificateOf = (list) => new X509Certificate(Buffer.from(part(file(`${list}.jwt`), 0).x5c[0], 'base64'));

const validator = (() => {
  // Strict: an unknown keyword or a schema that contradicts itself is an error. Types of parts are given where they are referred to.
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
  for (const name of ['lote', 'profile']) ajv.addSchema(inRepository(`schemas/${name}.schema.json`));
  return (name, value) => {
    const validate = ajv.getSchema(`urn:passerelle:schema:${name}`);
    return validate(value) ? [] : validate.errors;
  };
})();

describe('an exported list is compact JAdES baseline B', () => {
  for (const [list, country] of Object.entries(LISTS)) {
    it(`${list}: verifies with the key of the certificate in its header, by jose`, async () => {
      const { protectedHeader } = await compactVerify(file(`${list}.jwt`), certificateOf(list).publicKey, { algorithms: ['ES256'] });
      assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'iat', 'typ', 'x5c', 'x5t#S256']);
      assert.ok(Number.isInteger(protectedHeader.iat));
    });

    it(`${list}: names that certificate by its SHA-256, which node computes too`, () => {
      const certificate = certificateOf(list);
      assert.equal(part(file(`${list}.jwt`), 0)['x5t#S256'], createHash('sha256').update(certificate.raw).digest('base64url'));
      assert.equal(certificate.raw.toString('base64'), new X509Certificate(file(`${list}.pem`)).raw.toString('base64'));
      assert.ok(certificate.verify(certificate.publicKey), 'signed by itself');
    });

    it(`${list}: O is the SchemeOperatorName and C the SchemeTerritory; it is no authority and signs lists only`, () => {
      const certificate = certificateOf(list);
      const info = payload(list).LoTE.ListAndSchemeInformation;
      const subject = Object.fromEntries(certificate.subject.split('\n').map((line) => line.split('=')));
      assert.deepEqual([subject.O, subject.C], [info.SchemeOperatorName[0].value, info.SchemeTerritory]);
      assert.equal(subject.C, country);
      assert.equal(certificate.ca, false);
      assert.deepEqual(certificate.keyUsage, ['0.4.0.2231.3.0']);
    });
  }

  it('breaks when one character of the payload is another', async () => {
    const [header, body, signature] = file('XA.jwt').split('.');
    const changed = `${body.slice(0, 40)}${body[40] === 'A' ? 'B' : 'A'}${body.slice(41)}`;
    const forged = compactVerify([header, changed, signature].join('.'), certificateOf('XA').publicKey);
    await assert.rejects(forged, errors.JWSSignatureVerificationFailed);
  });

  it('is found from the regional list: place, form and key', async () => {
    for (const pointer of payload('regional').LoTE.ListAndSchemeInformation.PointersToOtherLoTE) {
      const [{ MimeType, SchemeTerritory }] = pointer.LoTEQualifiers;
      assert.equal(MimeType, 'application/jose');
      const list = payload(SchemeTerritory).LoTE.ListAndSchemeInformation;
      assert.deepEqual(list.DistributionPoints, [pointer.LoTELocation]);
      const named = pointer.ServiceDigitalIdentities.flatMap((identity) => identity.PublicKeyValues);
      const own = certificateOf(SchemeTerritory).publicKey.export({ format: 'jwk' });
      const thumbprints = await Promise.all(named.map((key) => calculateJwkThumbprint(key)));
      assert.ok(thumbprints.includes(await calculateJwkThumbprint(own)));
    }
  });
});

describe('an exported list is a list of trusted entities', () => {
  for (const list of Object.keys(LISTS)) {
    it(`${list}: is valid under the schema of TS 119 602 and under the region's profile, by ajv`, () => {
      assert.deepEqual(validator('lote', payload(list)), []);
      assert.deepEqual(validator('profile', payload(list)), []);
    });

    it(`${list}: is read by @owf/eudi-lote`, () => {
      const { errors: found } = validateLoTE(payload(list));
      // It demands entities, which TS 119 602 does not: the regional list only points at other lists.
      const expected = list === 'regional' ? ['LoTE.TrustedEntitiesList'] : [];
      assert.deepEqual((found ?? []).map((error) => error.path), expected, JSON.stringify(found));
    });
  }

  it('says for each extension whether it must be understood', () => {
    const { LoTE } = payload('XA');
    const services = LoTE.TrustedEntitiesList.flatMap((entity) => entity.TrustedEntityServices);
    const extensions = services.flatMap((service) => service.ServiceInformation.ServiceInformationExtensions);
    assert.equal(extensions.length, services.length);
    for (const extension of extensions) assert.equal(typeof extension.Critical, 'boolean');
  });
});

describe('the schemas refuse each defect of the catalogue that a schema can express', () => {
  const inexpressible = JSON.parse(readFileSync(new URL('lib/defects.json', import.meta.url)));
  for (const [kind, base] of [['national', 'XA'], ['regional', 'regional']]) {
    const folder = new URL(`tests/defects/${kind}/`, repository);
    for (const name of readdirSync(folder).map((found) => found.replace('.json', ''))) {
      const expressible = !inexpressible[kind].includes(name);
      it(`${kind}: ${name} is ${expressible ? 'refused' : 'beyond a schema'}`, () => {
        const list = payload(base);
        apply(JSON.parse(readFileSync(new URL(`${name}.json`, folder))), list);
        assert.notDeepEqual(list, payload(base), 'the defect changes nothing');
        assert.equal(validator('profile', list).length > 0, expressible);
      });
    }
  }

  /** `set`, or without it removes, what the JSON pointer `at` leads to. */
  function apply({ at, set }, document) {
    const names = at.split('/').slice(1);
    const last = names.pop();
    const parent = names.reduce((value, name) => value[name], document);
    if (last === '-') parent.push(set);
    else if (set !== undefined) parent[last] = set;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  }
});

describe('what else is exported', () => {
  it('is a JWK set that jose takes', async () => {
    const set = json('XA.jwks.json');
    assert.deepEqual(set.keys.map(({ kid, use, alg }) => [kid, use, alg]), [['card-key', 'sig', 'ES256']]);
    assert.ok(await createLocalJWKSet(set)({ alg: 'ES256', kid: 'card-key' }));
  });

  it('is a bundle that its pinned signer signed, with the keys of the issuers that XB recognises', async () => {
    const [pinned] = json('XB.pin.json').signers;
    const { payload: compressed, protectedHeader } = await generalVerify(json('XB.bundle.json'), await importJWK(pinned, 'ES256'));
    assert.deepEqual([protectedHeader.typ, protectedHeader.kid], ['passerelle-bundle', await calculateJwkThumbprint(pinned)]);
    const bundle = JSON.parse(inflateRawSync(compressed, { maxOutputLength: 4 * 1024 * 1024 }));
    assert.deepEqual([bundle.format, bundle.region, bundle.recogniser], [1, 'XZ', 'XB']);
    assert.deepEqual(bundle.members.map((member) => member.country), ['XA']);
    const keys = bundle.members[0].issuers.flatMap((issuer) => issuer.keys);
    const exported = createPublicKey({ key: json('XA.jwks.json').keys[0], format: 'jwk' });
    for (const key of keys) assert.ok(createPublicKey({ key, format: 'jwk' }).equals(exported));
  });

  for (const language of ['en', 'fr', 'pt']) {
    it(`is a page in ${language} without scripts, handlers or other hosts, that shows hostile names as text`, () => {
      const page = parse(file(`report.${language}.html`));
      assert.equal(page.querySelector('html').getAttribute('lang'), language);
      assert.deepEqual(page.querySelectorAll('script, iframe, img, object, embed, form, a, base'), []);
      for (const element of page.querySelectorAll('*')) {
        const attributes = Object.keys(element.attributes);
        assert.deepEqual(attributes.filter((name) => name.startsWith('on') || name === 'src'), []);
      }
      const shown = page.querySelectorAll('#issuers bdi').map((cell) => cell.text);
      for (const name of json('hostile.json')) assert.ok(shown.includes(name.replace('\u202e', '')), name);
    });
  }
});
