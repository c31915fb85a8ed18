// The way of a citizen through the hub: choose the country, log in at home, decide.
const MOST_PAGES = 10;

/** What the hub and the national providers promise about their pages. */
export const ON_PAGE = {
  country: (code) => `#country-${code}`,
  answer: (answer) => `#consent-${answer}`,
  logIn: '[data-testid="log-in"]',
  nationalConsent: '[data-testid="allow"]',
};

/**
 * Walks from `start` until the browser is sent to the relying party; returns that URL.
 * `seen` gets every page on the way; `answer` is `allow` or `deny`.
 */
export async function walk(browser, start, { country, persona, answer = 'allow', seen = [] }) {
  let here = await browser.open(start);
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    if (here instanceof URL) return here;
    seen.push(here);
    here = await step(browser, here, { country, persona, answer });
  }
  throw new Error(`no end after ${MOST_PAGES} pages: ${here.url}`);
}

function step(browser, page, { country, persona, answer }) {
  const press = (button, typed) => browser.press(page, button, typed);
  if (page.has(ON_PAGE.answer(answer))) return press(ON_PAGE.answer(answer));
  if (page.has(ON_PAGE.country(country))) return press(ON_PAGE.country(country));
  if (page.has(ON_PAGE.logIn)) return press(ON_PAGE.logIn, [persona.login, persona.secret]);
  if (page.has(ON_PAGE.nationalConsent)) return press(ON_PAGE.nationalConsent);
  throw new Error(`${page.status} at ${page.url} leads nowhere: ${page.text()}`);
}
