// npm `oauth4webapi` 3: every step of the protocol by hand, with all of its strict checks.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { FormBrowser } from './lib/browser.mjs';
import { CountrySystem, clientOf, discover } from './lib/country-system.mjs';
import { country, demo, federationClient, persona, relyingParty } from './lib/demo.mjs';
import { walk } from './lib/journey.mjs';

const AMINA = { country: 'XE', persona: persona('XE', 'Amina Mint Sidi') };

describe('oauth4webapi as a relying party', () => {
  let hub;
  before(async () => {
    hub = await discover(demo.issuer);
  });

  it('finds the same metadata under the OpenID and the OAuth well-known address (RFC 8414)', async () => {
    const issuer = new URL(demo.issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
    assert.deepEqual(await oauth.processDiscoveryResponse(issuer, response), hub);
  });

  it('logs a citizen in: every response passes its strict checks, the ID token its signature check', async () => {
    const registration = relyingParty('rp-oauth4webapi');
    const { client, authentication } = await clientOf(registration);
    const { request, checks } = await authorizationRequest(registration);
    const pushed = await oauth.processPushedAuthorizationResponse(
      hub,
      client,
      await oauth.pushedAuthorizationRequest(hub, client, authentication, request),
    );
    const { client_id } = client;
    const callback = await browse(hub, { client_id, request_uri: pushed.request_uri }, registration.redirect_uri);
    const { response, tokens } = await redeem(hub, client, authentication, callback, checks);
    await oauth.validateApplicationLevelSignature(hub, response);
    assert.equal(tokens.token_type, 'bearer');

    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const answer = await oauth.userInfoRequest(hub, client, tokens.access_token);
    const userinfo = await oauth.processUserInfoResponse(hub, client, sub, answer);
    assert.equal(userinfo.name, AMINA.persona.name);
  });
});

describe('oauth4webapi as a country system', () => {
  let fund;
  let audience;
  before(async () => {
    fund = await CountrySystem.discover('pension-xa');
    [audience] = fund.registration.audiences;
  });

  it('gets a token for itself by client credentials', async () => {
    const tokens = await fund.clientCredentials('verify');
    assert.deepEqual([tokens.token_type, tokens.scope], ['bearer', 'verify']);
  });

  it('is refused a scope that is for persons', async () => {
    await assert.rejects(fund.clientCredentials('openid'), { error: 'invalid_scope' });
  });

  it('exchanges an ID token of XE for a token of the hub, once, and only for its own audience', async () => {
    const idToken = await idTokenOfXe();
    await assert.rejects(fund.exchange(idToken, 'https://other.example'), { error: 'invalid_target' });

    const tokens = await fund.exchange(idToken, audience);
    assert.equal(tokens.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
    assert.equal(tokens.refresh_token, undefined);

    // RFC 8693 §2.2.2: a subject token that is not acceptable is an invalid_request.
    await assert.rejects(fund.exchange(idToken, audience), { error: 'invalid_request' });
  });
});

/** The fund is a client of XE's provider too, and sends its pensioners there. */
async function idTokenOfXe() {
  const { jwks } = federationClient('pension-xa');
  const registration = { ...demo.pension_at_xe, scope: 'openid', jwks };
  const xe = await discover(country('XE').issuer);
  const { client, authentication } = await clientOf(registration);
  const { request, checks } = await authorizationRequest(registration);
  const parameters = { ...Object.fromEntries(request), client_id: client.client_id };
  const callback = await browse(xe, parameters, registration.redirect_uri);
  return (await redeem(xe, client, authentication, callback, checks)).tokens.id_token;
}

async function authorizationRequest({ redirect_uri, scope, purposes = [] }) {
  const checks = {
    redirect_uri,
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  };
  const request = new URLSearchParams({
    response_type: 'code',
    redirect_uri,
    scope,
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
  });
  for (const purpose of purposes) request.set('purpose', purpose);
  return { request, checks };
}

async function browse(as, parameters, redirectUri) {
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams(parameters);
  const browser = new FormBrowser({ stopAt: redirectUri });
  try {
    return await walk(browser, url, AMINA);
  } finally {
    browser.close();
  }
}

async function redeem(as, client, authentication, callback, { redirect_uri, verifier, state, nonce }) {
  const parameters = oauth.validateAuthResponse(as, client, callback, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    parameters,
    redirect_uri,
    verifier,
  );
  const expected = { expectedNonce: nonce, requireIdToken: true };
  return { response, tokens: await oauth.processAuthorizationCodeResponse(as, client, response, expected) };
}
