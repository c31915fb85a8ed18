// A real Chromium is the citizen's browser, without JavaScript; axe-core judges the pages.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { launchChromium } from './lib/chromium.mjs';
import { demo, persona } from './lib/demo.mjs';
import { ON_PAGE } from './lib/journey.mjs';
import { RelyingParty } from './lib/relying-party.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const MOST_BYTES = 10_000;
const SMALL_SCREEN = { width: 320, height: 568 };
const AFI = persona('XA', 'Afi Mensah');

describe('Chromium as the citizen’s browser', () => {
  let chromium;
  let rp;
  before(async () => {
    chromium = await launchChromium();
    rp = await RelyingParty.discover('rp-openid-client');
  });
  after(() => chromium?.close());

  it('logs a citizen in without JavaScript: picker, national login, consent, and back to the relying party', async () => {
    const { url, checks } = await rp.begin();
    const page = await open(chromium, rp, { language: 'en', javaScriptEnabled: false });
    await page.goto(url.href);
    await toConsent(page);
    await page.click(ON_PAGE.answer('allow'));
    await page.waitForURL((at) => at.href.startsWith(rp.registration.redirect_uri));

    const tokens = await rp.finish(new URL(page.url()), checks);
    assert.equal((await rp.userinfo(tokens)).name, AFI.name);
    await page.context().close();
  });

  it('brings the citizen back to the relying party when the answer is no', async () => {
    const { url, checks } = await rp.begin();
    const page = await open(chromium, rp, { language: 'fr', javaScriptEnabled: false });
    await page.goto(url.href);
    await toConsent(page);
    await page.click(ON_PAGE.answer('deny'));
    await page.waitForURL((at) => at.href.startsWith(rp.registration.redirect_uri));

    await assert.rejects(rp.finish(new URL(page.url()), checks), { error: 'access_denied' });
    await page.context().close();
  });

  for (const language of ['en', 'fr', 'pt', 'ar']) {
    it(`shows picker, consent and error in "${language}": light, one request, no script, accessible, whole at 320 px`, async () => {
      const page = await open(chromium, rp, { language, javaScriptEnabled: true, viewport: SMALL_SCREEN });
      const { url } = await rp.begin();

      await judge(page, language, 'picker', () => page.goto(url.href));
      await judge(page, language, 'consent', () => toConsent(page));
      await judge(page, language, 'error', () => page.goto(`${demo.issuer}/authorize?client_id=nobody`));
      await page.context().close();
    });
  }
});

/** A fresh browser profile; what the relying party would serve is stood in for. */
async function open(chromium, rp, { language, ...options }) {
  const context = await chromium.browser.newContext({ locale: language, ...options });
  const page = await context.newPage();
  await page.route(`${rp.registration.redirect_uri}*`, (route) => route.fulfill({ body: 'the relying party' }));
  return page;
}

/** Picker and national login; ends on the consent page and returns its response. */
async function toConsent(page) {
  await page.click(ON_PAGE.country('XA'));
  const typed = page.locator(`form:has(${ON_PAGE.logIn}) input:not([type="hidden"])`);
  await typed.nth(0).fill(AFI.login);
  await typed.nth(1).fill(AFI.secret);
  await page.click(ON_PAGE.logIn);
  const consent = page.waitForResponse((each) => each.url().startsWith(demo.issuer) && each.status() === 200);
  await page.click(ON_PAGE.nationalConsent);
  await page.waitForSelector(ON_PAGE.answer('allow'));
  return consent;
}

/** Loads one page and holds it against everything that is promised of citizen pages. */
async function judge(page, language, name, load) {
  const requests = [];
  const note = (request) => requests.push(request);
  page.on('request', note);
  const response = await load();
  page.off('request', note);
  const say = (what) => `${name} in ${language}: ${what}`;

  const ofThePage = requests.filter((request) => request.resourceType() !== 'document');
  assert.deepEqual(ofThePage.map((request) => request.url()), [], say('requests besides the page itself'));
  const { responseBodySize } = await response.request().sizes();
  assert.ok(responseBodySize > 0 && responseBodySize <= MOST_BYTES, say(`${responseBodySize} bytes on the wire`));
  assert.match((await response.allHeaders())['content-encoding'] ?? '', /gzip|br/, say('compressed'));

  const facts = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    dir: document.documentElement.dir || 'ltr',
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
    smallButtons: [...document.querySelectorAll('button')].filter((e) => e.getBoundingClientRect().height < 48).length,
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  const dir = language === 'ar' ? 'rtl' : 'ltr';
  const none = { scripts: 0, handlers: 0, smallButtons: 0, tooWide: 0 };
  assert.deepEqual(facts, { lang: language, dir, ...none }, say('facts'));

  await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), WCAG);
  const found = violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(found, [], say('axe'));
}
