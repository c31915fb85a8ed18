// A country system built on npm `oauth4webapi`: tokens for itself, tokens for persons whose national ID token it brings, card checks.
import { importJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { demo, federationClient } from './demo.mjs';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

/** Discovers an authorization server, strictly. */
export async function discover(issuer) {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url));
}

/** What oauth4webapi wants of a client: its metadata and how it authenticates. */
export async function clientOf({ client_id, jwks }) {
  const [jwk] = jwks.keys;
  const key = { key: await importJWK(jwk, jwk.alg), kid: jwk.kid };
  const client = { client_id, id_token_signed_response_alg: 'ES256' };
  return { client, authentication: oauth.PrivateKeyJwt(key) };
}

export class CountrySystem {
  static async discover(clientId) {
    const registration = federationClient(clientId);
    const system = new CountrySystem();
    Object.assign(system, { registration, as: await discover(demo.issuer), ...(await clientOf(registration)) });
    return system;
  }

  /** RFC 6749 §4.4: a token for the system itself. */
  async clientCredentials(scope) {
    const { as, client, authentication } = this;
    const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, { scope });
    return oauth.processClientCredentialsResponse(as, client, response);
  }

  /** RFC 8693: a national ID token for a token of the hub. */
  async exchange(subjectToken, audience) {
    const { as, client, authentication } = this;
    const parameters = { subject_token: subjectToken, subject_token_type: ID_TOKEN, audience };
    const response = await oauth.genericTokenEndpointRequest(as, client, authentication, EXCHANGE, parameters);
    return oauth.processGenericTokenEndpointResponse(as, client, response);
  }

  /** Has the hub check the text of a card's QR code. */
  async verifyCard(country, credential) {
    const { access_token } = await this.clientCredentials('verify');
    const url = new URL(`${demo.issuer}/federation/v1/verify`);
    const body = JSON.stringify({ country, credential, purpose: this.registration.purposes[0] });
    const headers = new Headers({ 'content-type': 'application/json' });
    const response = await oauth.protectedResourceRequest(access_token, 'POST', url, headers, body);
    return { status: response.status, answer: await response.json() };
  }
}
