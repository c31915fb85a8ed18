// npm `@mosip/pixelpass` 0.6: the code with which wallets of MOSIP countries write and read the QR codes of cards.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import pixelpass from '@mosip/pixelpass';
import { CountrySystem } from './lib/country-system.mjs';
import { country } from './lib/demo.mjs';

/** CWT tag 61 around COSE_Sign1 tag 18 (RFC 8392 §6), in hex. */
const TAGGED_CWT = /^d83dd284[0-9a-f]+$/;

/** The text of a card that XF's desk hands out, in the shape that Inji uses. */
async function cardOf(person) {
  const response = await fetch(`${country('XF').url}/cards/${person}?shape=C`);
  assert.equal(response.status, 200);
  return response.text();
}

describe('pixelpass', () => {
  let fund;
  let hex;
  before(async () => {
    fund = await CountrySystem.discover('pension-xa');
    hex = pixelpass.decode(await cardOf('thabo-mokoena'));
  });

  it('reads a card of XF as the hex of a tagged CWT', () => {
    assert.match(hex, TAGGED_CWT);
    assert.ok(Buffer.from(hex, 'hex').includes('Thabo Mokoena'));
  });

  it('writes a card that the hub accepts', async () => {
    const { status, answer } = await fund.verifyCard('XF', pixelpass.generateQRData(hex));
    assert.equal(status, 200);
    assert.equal(answer.verified, true, JSON.stringify(answer));
    assert.equal(answer.country, 'XF');
    assert.equal(answer.claims.name, 'Thabo Mokoena');
  });

  it('writes a card whose last signature byte is another, and the hub says that it is not authentic', async () => {
    const forged = hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0');
    const { status, answer } = await fund.verifyCard('XF', pixelpass.generateQRData(forged));
    assert.equal(status, 200);
    assert.deepEqual([answer.verified, answer.reason], [false, 'not_authentic']);
  });

  it('reads a card that XF never signed just as well, and only the hub tells the difference', async () => {
    const card = await cardOf('tau-letsie');
    assert.match(pixelpass.decode(card), TAGGED_CWT);
    const { answer } = await fund.verifyCard('XF', card);
    assert.deepEqual([answer.verified, answer.reason], [false, 'not_authentic']);
  });

  it('writes JSON as CBOR, which is no card: the hub says that it cannot be read', async () => {
    const { answer } = await fund.verifyCard('XF', pixelpass.generateQRData('{"name":"Thabo Mokoena"}'));
    assert.deepEqual([answer.verified, answer.reason], [false, 'malformed']);
  });
});
