// A browser that follows redirects, keeps cookies and submits forms, and runs no script: what a citizen's old phone can do.
// TLS is verified by Node itself against NODE_EXTRA_CA_CERTS.
import https from 'node:https';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

const MOST_REDIRECTS = 10;

/** One answer, rendered: status, headers, the bytes that crossed the wire, and the document. */
class Page {
  constructor(url, answer) {
    this.url = url;
    this.status = answer.status;
    this.headers = answer.headers;
    this.bytesOnTheWire = answer.body.length;
    this.html = decoded(answer).toString('utf8');
    this.document = parse(this.html);
  }

  has(selector) {
    return this.document.querySelector(selector) !== null;
  }

  text(selector = 'body') {
    return this.document.querySelector(selector)?.text.replace(/\s+/g, ' ').trim() ?? '';
  }

  /** The request that pressing `button` would send, with `typed` put into the visible inputs of its form, in their order. */
  press(button, typed = []) {
    const pressed = this.document.querySelector(button);
    const form = pressed?.closest('form');
    if (!form) throw new Error(`no button ${button} at ${this.url}: ${this.text()}`);
    const data = new URLSearchParams();
    const words = [...typed];
    for (const input of form.querySelectorAll('input')) {
      const type = input.getAttribute('type');
      if (['submit', 'button'].includes(type)) continue;
      if (['checkbox', 'radio'].includes(type) && !input.hasAttribute('checked')) continue;
      const preset = input.getAttribute('value') ?? '';
      data.append(input.getAttribute('name'), type === 'hidden' ? preset : (words.shift() ?? preset));
    }
    if (pressed.getAttribute('name')) data.append(pressed.getAttribute('name'), pressed.getAttribute('value') ?? '');
    const action = pressed.getAttribute('formaction') ?? form.getAttribute('action') ?? this.url.href;
    return { url: new URL(action, this.url), method: (form.getAttribute('method') ?? 'get').toUpperCase(), data };
  }
}

export class FormBrowser {
  #jar = new CookieJar();
  #agent = new https.Agent({ keepAlive: true });

  /** `stopAt`: redirects to addresses that start so are not followed; the journey ends there. */
  constructor({ language = 'en', stopAt }) {
    this.language = language;
    this.stopAt = stopAt;
  }

  /** Opens an address. Returns a `Page`, or the `URL` at which the journey ended. */
  async open(address) {
    return this.#follow({ url: new URL(address), method: 'GET' });
  }

  /** Presses a button of a page. */
  async press(page, button, typed) {
    return this.#follow(page.press(button, typed));
  }

  close() {
    this.#agent.destroy();
  }

  async #follow(request) {
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const answer = await this.#send(request);
      const location = answer.headers.location;
      if (answer.status < 300 || answer.status > 399 || !location) return new Page(request.url, answer);
      const next = new URL(location, request.url);
      if (this.stopAt && next.href.startsWith(this.stopAt)) return next;
      // A browser would repeat a POST with its credentials after 307 or 308: no party here may ask for that.
      if (answer.status > 303) throw new Error(`${answer.status} from ${request.url} repeats the request elsewhere`);
      request = { url: next, method: 'GET' };
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects`);
  }

  async #send({ url, method, data }) {
    if (method === 'GET' && data) url = new URL(`${url.pathname}?${data}`, url);
    const headers = { 'accept-language': this.language, 'accept-encoding': 'gzip, br', accept: 'text/html' };
    const cookies = await this.#jar.getCookieString(url.href);
    if (cookies) headers.cookie = cookies;
    const body = method === 'POST' ? data.toString() : undefined;
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const answer = await exchange(url, { method, headers, agent: this.#agent }, body);
    for (const cookie of answer.headers['set-cookie'] ?? []) await this.#jar.setCookie(cookie, url.href);
    return answer;
  }
}

function exchange(url, options, body) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function decoded({ headers, body }) {
  switch (headers['content-encoding']) {
    case undefined:
      return body;
    case 'gzip':
      return gunzipSync(body);
    case 'br':
      return brotliDecompressSync(body);
    default:
      throw new Error(`content-encoding ${headers['content-encoding']} was not asked for`);
  }
}
